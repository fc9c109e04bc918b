import { listOf, pageQuery } from '@tollgate/http';
import { z } from 'zod';

export const apiQuery = pageQuery.extend({ query: z.string().max(500).optional() });
export type ApiQuery = z.output<typeof apiQuery>;
export const definitionQuery = z.object({ environmentName: z.string().max(190).optional() });

export const businessInformation = z.object({
  businessOwner: z.string(),
  businessOwnerEmail: z.string(),
  technicalOwner: z.string(),
  technicalOwnerEmail: z.string(),
});

export const apiInfoAnswer = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  context: z.string(),
  version: z.string(),
  type: z.string(),
  createdTime: z.string(),
  provider: z.string(),
  lifeCycleStatus: z.string(),
  avgRating: z.string(),
  throttlingPolicies: z.array(z.string()),
  businessInformation: businessInformation.partial(),
  isSubscriptionAvailable: z.boolean(),
});
export type ApiInfoAnswer = z.output<typeof apiInfoAnswer>;
export const apiListAnswer = listOf(apiInfoAnswer);

const url = z.string().optional();
const urls = z.object({ http: url, https: url, ws: url, wss: url });

export const apiAnswer = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  context: z.string(),
  version: z.string(),
  provider: z.string(),
  apiDefinition: z.string(),
  lifeCycleStatus: z.string(),
  isDefaultVersion: z.boolean(),
  type: z.string(),
  transport: z.array(z.string()),
  operations: z.array(z.object({ id: z.string(), target: z.string(), verb: z.string() })),
  authorizationHeader: z.string(),
  securityScheme: z.array(z.string()),
  tags: z.array(z.string()),
  tiers: z.array(z.object({ tierName: z.string(), tierPlan: z.string() })),
  hasThumbnail: z.boolean(),
  additionalProperties: z.array(z.object({ name: z.string(), value: z.string(), display: z.boolean() })),
  endpointURLs: z.array(
    z.object({
      environmentName: z.string(),
      environmentDisplayName: z.string(),
      environmentType: z.string(),
      URLs: urls,
      defaultVersionURLs: urls,
    }),
  ),
  businessInformation: businessInformation.partial(),
  environmentList: z.array(z.string()),
  scopes: z.array(z.object({ key: z.string(), name: z.string(), roles: z.array(z.string()), description: z.string() })),
  avgRating: z.string(),
  isSubscriptionAvailable: z.boolean(),
  categories: z.array(z.string()),
  createdTime: z.string(),
  lastUpdatedTime: z.string(),
  gatewayVendor: z.string(),
});
export type ApiAnswer = z.output<typeof apiAnswer>;

/** `APISearchResult` of the contract. */
export const apiFoundAnswer = z.object({
  id: z.string(),
  name: z.string(),
  type: z.literal('API'),
  transportType: z.string(),
  description: z.string(),
  context: z.string(),
  version: z.string(),
  provider: z.string(),
  status: z.string(),
  businessInformation: businessInformation.partial(),
  avgRating: z.string(),
});
export type ApiFoundAnswer = z.output<typeof apiFoundAnswer>;
export const searchAnswer = listOf(apiFoundAnswer);

export const tagListAnswer = listOf(z.object({ value: z.string(), count: z.number().int() }));
