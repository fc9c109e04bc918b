export {
  decisionSchema,
  decisionsSchema,
  denyConditionRecordSchema,
  denyConditionTypes,
  policyLevels,
  requestBatchSchema,
  requestCountLimitSchema,
  requestEventSchema,
  throttlePolicyRecordSchema,
  timeUnits,
  unlimitedPolicy,
} from './record.js';
export type {
  Decision,
  DenyConditionRecord,
  PolicyLevel,
  RequestBatch,
  RequestCountLimit,
  RequestEvent,
  ThrottlePolicyRecord,
  TimeUnit,
} from './record.js';
