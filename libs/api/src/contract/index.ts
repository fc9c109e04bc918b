export {
  balancingOrders,
  balancingRecordSchema,
  breakerRecordSchema,
  endpointRecordSchema,
  endpointRulesSchema,
  hashSources,
  healthCheckRecordSchema,
} from './endpoint-record.js';
export type {
  BalancingRecord,
  BreakerRecord,
  EndpointRecord,
  EndpointRules,
  HealthCheckRecord,
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
