export {
  balancingOrders,
  balancingRecordSchema,
  breakerRecordSchema,
  endpointRecordSchema,
  endpointRulesSchema,
  endpointSecretPurpose,
  endpointSecurityRecordSchema,
  hashSources,
  healthCheckRecordSchema,
  sealedSecretSchema,
} from './endpoint-record.js';
export type {
  BalancingRecord,
  BreakerRecord,
  EndpointRecord,
  EndpointRules,
  EndpointSecurityRecord,
  HealthCheckRecord,
  SealedSecret,
} from './endpoint-record.js';
export {
  apiRecordSchema,
  authTypes,
  corsRecordSchema,
  deploymentRecordSchema,
  httpVerbs,
  lifecycleStates,
  operationRecordSchema,
} from './record.js';
export type { ApiRecord, DeploymentRecord, LifecycleState, OperationRecord } from './record.js';
