export { endpointCertificateRecordSchema } from './endpoint-certificate-record.js';
export type { EndpointCertificateRecord } from './endpoint-certificate-record.js';
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
  apiTypes,
  authTypes,
  corsRecordSchema,
  deploymentRecordSchema,
  httpVerbs,
  lifecycleStates,
  operationRecordSchema,
  topicVerbs,
} from './record.js';
export type { ApiRecord, ApiType, DeploymentRecord, LifecycleState, OperationRecord } from './record.js';
