import { shownUserName } from '@tollgate/base';
import { hideEndpointSecrets } from '@tollgate/api/domain';
import type { Api, ApiView } from '@tollgate/api/server';
import type { ApiInfoAnswer } from '../schemas/api.js';
import { attachedPolicies } from './operation-policy.mapper.js';

/** The whole API as the contract shows it. Absent values are left out. */
export function apiAnswer(api: Api): object {
  const { body } = api;
  const { keyManagers, operations, apiPolicies, isDefaultVersion: _stored, clientCertificates: _own, ...shown } = body;
  return {
    id: api.uuid,
    name: api.name,
    context: api.context,
    version: api.version,
    provider: shownUserName(api.provider, api.organization),
    lifeCycleStatus: api.state,
    ...shown,
    ...(body.endpointConfig ? { endpointConfig: hideEndpointSecrets(body.endpointConfig) } : {}),
    isDefaultVersion: api.defaultOf !== null,
    isRevision: false,
    hasThumbnail: false,
    operations: operations.map((operation) => ({
      id: '',
      ...operation,
      usedProductIds: [],
      operationPolicies: attachedPolicies(operation.operationPolicies),
    })),
    ...(apiPolicies ? { apiPolicies: attachedPolicies(apiPolicies) } : {}),
    additionalPropertiesMap: Object.fromEntries(body.additionalProperties.map((property) => [property.name, property])),
    // The contract calls it an object, its clients send and read a list: the default is left out to suit both.
    ...(keyManagers.length === 1 && keyManagers[0] === 'all' ? {} : { keyManagers }),
    workflowStatus: 'APPROVED',
    createdTime: String(api.createdAt),
    lastUpdatedTimestamp: String(api.updatedAt),
    lastUpdatedTime: new Date(api.updatedAt).toISOString(),
  };
}

export function apiInfoAnswer(api: ApiView): ApiInfoAnswer {
  return {
    id: api.uuid,
    name: api.name,
    ...(api.description === undefined ? {} : { description: api.description }),
    context: api.context,
    version: api.version,
    provider: shownUserName(api.provider, api.organization),
    type: api.type,
    lifeCycleStatus: api.lifecycleState,
    ...(api.audience === undefined ? {} : { audience: api.audience }),
    audiences: api.audiences,
    hasThumbnail: false,
    securityScheme: api.securityScheme,
    additionalProperties: api.additionalProperties,
    createdTime: String(api.createdAt),
    updatedTime: String(api.updatedAt),
  };
}
