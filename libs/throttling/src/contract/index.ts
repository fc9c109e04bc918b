export {
  decisionSchema,
  decisionsSchema,
  degradedModes,
  denyConditionRecordSchema,
  denyConditionTypes,
  policyLevels,
  requestBatchSchema,
  requestEventSchema,
  throttlePolicyRecordSchema,
  unlimitedPolicy,
} from './record.js';
export type {
  Decision,
  DegradedMode,
  DenyConditionRecord,
  PolicyLevel,
  RequestBatch,
  RequestEvent,
  ThrottlePolicyRecord,
} from './record.js';
export { customRuleRecordSchema } from './custom-rule.js';
export type { CustomRuleRecord } from './custom-rule.js';
export { throttleConditionSchema } from './condition.js';
export type { ThrottleCondition } from './condition.js';
export {
  bandwidthLimitSchema,
  dataUnits,
  eventCountLimitSchema,
  limitThatRefuses,
  requestCountLimitSchema,
  throttleLimitSchema,
  timeUnits,
  unlimitedCount,
} from './limit.js';
export type { RequestCountLimit, ThrottleLimit, TimeUnit } from './limit.js';
