import type { ApiRecord, DeploymentRecord, OperationRecord } from '@tollgate/api/contract';
import type { ApplicationRecord, KeyMappingRecord, SubscriptionRecord } from '@tollgate/application/contract';
import { residentKeyManager, type KeyManagerRecord } from '@tollgate/oauth/contract';
import type { ThrottlePolicyRecord } from '@tollgate/throttling/contract';
import type { RuntimeChange } from '../src/index.js';

export const issuer = 'https://cp.test:9443/oauth2/token';
export const organization = 'carbon.super';

export function apiRecord(over: Partial<ApiRecord> = {}): ApiRecord {
  return {
    id: 1,
    uuid: 'api-1',
    name: 'PizzaShack',
    provider: 'admin',
    context: '/pizzashack',
    version: '1.0.0',
    basePath: '/pizzashack/1.0.0',
    isDefaultVersion: false,
    lifecycleState: 'PUBLISHED',
    organization,
    ...over,
  };
}

export function operation(over: Partial<OperationRecord> = {}): OperationRecord {
  return { target: '/*', verb: 'GET', authType: 'Any', throttlingPolicy: 'Unlimited', scopes: [], ...over };
}

export function deploymentRecord(over: Partial<DeploymentRecord> = {}): DeploymentRecord {
  return {
    apiUuid: 'api-1',
    environment: 'Default',
    vhost: 'localhost',
    revisionId: 'rev-1',
    revisionNumber: 1,
    operations: ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'].map((verb) =>
      operation({ verb: verb as OperationRecord['verb'] }),
    ),
    apiThrottlingPolicy: null,
    policies: ['Unlimited'],
    productionEndpoints: [],
    sandboxEndpoints: [],
    endpointTimeoutMs: 5_000,
    securityScheme: ['oauth2', 'api_key'],
    authorizationHeader: 'Authorization',
    apiKeyHeader: 'apikey',
    transport: ['http', 'https'],
    cors: {
      corsConfigurationEnabled: false,
      accessControlAllowOrigins: ['*'],
      accessControlAllowCredentials: false,
      accessControlAllowHeaders: ['authorization', 'Content-Type'],
      accessControlAllowMethods: ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS'],
    },
    maxTps: { production: null, sandbox: null },
    keyManagers: ['all'],
    audiences: [],
    ...over,
  };
}

export function applicationRecord(over: Partial<ApplicationRecord> = {}): ApplicationRecord {
  return {
    id: 7,
    uuid: 'app-1',
    name: 'Orders',
    owner: 'alice',
    organization,
    tier: 'Unlimited',
    quotaResets: [],
    ...over,
  };
}

export function keyMappingRecord(over: Partial<KeyMappingRecord> = {}): KeyMappingRecord {
  return {
    consumerKey: 'client-1',
    keyManager: residentKeyManager,
    applicationUuid: 'app-1',
    keyType: 'PRODUCTION',
    ...over,
  };
}

export function subscriptionRecord(over: Partial<SubscriptionRecord> = {}): SubscriptionRecord {
  return {
    id: 3,
    uuid: 'sub-1',
    apiUuid: 'api-1',
    applicationUuid: 'app-1',
    tier: 'Unlimited',
    state: 'UNBLOCKED',
    ...over,
  };
}

export function keyManagerRecord(
  jwks: KeyManagerRecord['jwks'],
  over: Partial<KeyManagerRecord> = {},
): KeyManagerRecord {
  return {
    name: residentKeyManager,
    organization,
    issuer,
    enabled: true,
    jwks,
    consumerKeyClaim: 'azp',
    scopesClaim: 'scope',
    userClaim: 'sub',
    isExternal: false,
    claimMapping: [],
    ...over,
  };
}

export function policyRecord(
  over: Partial<ThrottlePolicyRecord> & Pick<ThrottlePolicyRecord, 'level' | 'name'>,
): ThrottlePolicyRecord {
  return {
    uuid: `${over.level}-${over.name}`,
    organization,
    displayName: over.name,
    limit: { type: 'REQUESTCOUNTLIMIT', requestCount: 2, unitTime: 1, timeUnit: 'min' },
    stopOnQuotaReach: true,
    burst: null,
    applicableLevel: 'apiLevel',
    conditionGroups: [],
    degradedMode: 'local-share',
    strict: false,
    ...over,
  };
}

/** Changes as the hub brings them. */
export const change = {
  api: (record: ApiRecord): RuntimeChange => ({ kind: 'api', id: record.uuid, value: record }),
  deployment: (record: DeploymentRecord): RuntimeChange => ({
    kind: 'deployment',
    id: `${record.apiUuid}:${record.environment}`,
    value: record,
  }),
  application: (record: ApplicationRecord): RuntimeChange => ({ kind: 'application', id: record.uuid, value: record }),
  keyMapping: (record: KeyMappingRecord): RuntimeChange => ({
    kind: 'key-mapping',
    id: `${record.keyManager}:${record.consumerKey}`,
    value: record,
  }),
  subscription: (record: SubscriptionRecord): RuntimeChange => ({
    kind: 'subscription',
    id: record.uuid,
    value: record,
  }),
  keyManager: (record: KeyManagerRecord): RuntimeChange => ({
    kind: 'key-manager',
    id: `${record.organization}:${record.name}`,
    value: record,
  }),
  policy: (record: ThrottlePolicyRecord): RuntimeChange => ({
    kind: 'throttle-policy',
    id: `${record.organization}:${record.level}:${record.name}`,
    value: record,
  }),
  gone: (kind: RuntimeChange['kind'], id: string): RuntimeChange => ({ kind, id, value: null }),
};
