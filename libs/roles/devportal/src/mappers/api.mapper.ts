import type { ApiBody } from '@tollgate/api/domain';
import type { ApiView } from '@tollgate/api/server';
import { shownUserName } from '@tollgate/base';
import type { ThrottlePolicy } from '@tollgate/throttling/server';
import type { ApiAnswer, ApiFoundAnswer, ApiInfoAnswer } from '../schemas/api.js';
import type { EndpointUrls } from './endpoint-urls.js';

const openStates: readonly string[] = ['PUBLISHED', 'PROTOTYPED'];

/** Whether somebody may subscribe now. */
function isSubscriptionAvailable(api: ApiView): boolean {
  return openStates.includes(api.lifecycleState) && api.policies.length > 0;
}

/** Only what is set: the contract's fields are text. */
function businessInformation(api: ApiView): ApiInfoAnswer['businessInformation'] {
  const { businessOwner, businessOwnerEmail, technicalOwner, technicalOwnerEmail } = api.businessInformation;
  const all = { businessOwner, businessOwnerEmail, technicalOwner, technicalOwnerEmail };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** As the contract writes an average of stars: `4.5`; `0.0` when nobody rated. */
export function averageRating(average = 0): string {
  return average.toFixed(1);
}

/** @param average of its ratings */
export function apiInfo(api: ApiView, average: number | undefined): ApiInfoAnswer {
  return {
    id: api.uuid,
    name: api.name,
    description: api.description ?? '',
    context: api.context,
    version: api.version,
    type: api.type,
    createdTime: String(api.createdAt),
    provider: shownUserName(api.provider, api.organization),
    lifeCycleStatus: api.lifecycleState,
    avgRating: averageRating(average),
    throttlingPolicies: [...api.policies],
    businessInformation: businessInformation(api),
    isSubscriptionAvailable: isSubscriptionAvailable(api),
  };
}

/** An API as a search finds it. */
export function apiFound(api: ApiView, average: number | undefined): ApiFoundAnswer {
  const { id, name, description, context, version, type, provider, lifeCycleStatus, ...rest } = apiInfo(api, average);
  const { businessInformation: contacts, avgRating } = rest;
  return {
    id,
    name,
    type: 'API',
    transportType: type,
    description,
    context,
    version,
    provider,
    status: lifeCycleStatus,
    businessInformation: contacts,
    avgRating,
  };
}

export interface ApiParts {
  readonly body: ApiBody;
  readonly definition: string;
  readonly urls: readonly EndpointUrls[];
  /** The plans it offers, those that exist. */
  readonly plans: readonly ThrottlePolicy[];
  /** Of its ratings. */
  readonly average: number | undefined;
}

export function apiBodyOf(api: ApiView, { body, definition, urls, plans, average }: ApiParts): ApiAnswer {
  return {
    id: api.uuid,
    name: api.name,
    description: api.description ?? '',
    context: api.context,
    version: api.version,
    provider: shownUserName(api.provider, api.organization),
    apiDefinition: definition,
    lifeCycleStatus: api.lifecycleState,
    isDefaultVersion: api.isDefaultVersion,
    type: api.type,
    transport: [...api.transport],
    operations: body.operations.map(({ target, verb }) => ({ id: '', target, verb })),
    authorizationHeader: api.authorizationHeader || 'Authorization',
    securityScheme: [...api.securityScheme],
    tags: [...api.tags],
    tiers: plans.map((plan) => ({ tierName: plan.name, tierPlan: plan.details.billingPlan })),
    hasThumbnail: false,
    // Properties that are not for display stay with the publisher.
    additionalProperties: api.additionalProperties.filter((property) => property.display),
    endpointURLs: urls.map(({ environment, URLs, defaultVersionURLs }) => ({
      environmentName: environment.name,
      environmentDisplayName: environment.displayName,
      environmentType: environment.type,
      URLs,
      defaultVersionURLs,
    })),
    businessInformation: businessInformation(api),
    environmentList: urls.map(({ environment }) => environment.name),
    scopes: body.scopes.map(({ scope }) => ({
      key: scope.name,
      name: scope.displayName ?? scope.name,
      roles: [...scope.bindings],
      description: scope.description ?? '',
    })),
    avgRating: averageRating(average),
    isSubscriptionAvailable: isSubscriptionAvailable(api),
    categories: [...body.categories],
    createdTime: new Date(api.createdAt).toISOString(),
    lastUpdatedTime: new Date(api.updatedAt).toISOString(),
    gatewayVendor: 'tollgate',
  };
}
