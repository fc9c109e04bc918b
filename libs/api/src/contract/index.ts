export {
  apiRecordSchema,
  authTypes,
  corsRecordSchema,
  deploymentRecordSchema,
  endpointRecordSchema,
  httpVerbs,
  lifecycleStates,
  operationRecordSchema,
} from './record.js';
export type { ApiRecord, DeploymentRecord, LifecycleState, OperationRecord } from './record.js';
