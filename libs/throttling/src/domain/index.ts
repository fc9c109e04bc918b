export { parseTimeUnit, windowOf } from './time-window.js';
export type { TimeWindow, WindowLength } from './time-window.js';
export {
  apiKey,
  applicationKey,
  burstKey,
  conditionKey,
  hardLimitKey,
  resetKey,
  resourceKey,
  subscriptionKey,
  userLevelKey,
} from './throttle-key.js';
export { DecisionTable } from './decision-table.js';
export type { KnownDecision } from './decision-table.js';
export { LeaseBook } from './lease-book.js';
export type { LeaseBookOptions, LeaseStats } from './lease-book.js';
export { grantOf } from './quota-lessor.js';
export type { LeaseAnswer, LeaseRequest, QuotaLessor } from './quota-lessor.js';
export { LocalQuota } from './local-quota.js';
export type { Cluster, OverQuota, QuotaLevel } from './local-quota.js';
export { RequestEventAggregator } from './request-event-aggregator.js';
export type { RequestAttributes } from './request-event-aggregator.js';
export { compileIpMatcher, IpConditionError, parseIp } from './ip-match.js';
export type { IpAddress, IpCondition, IpMatcher } from './ip-match.js';
export {
  deniedDescription,
  hardLimitDescription,
  nextAccessTime,
  quotaDescription,
  retryAfter,
  throttleRefusals,
} from './refusal-text.js';
export type { ThrottleReason } from './refusal-text.js';
export { amountOf, countsBytes, countsEvents, limitKey, quotaOf } from './limit.js';
export { compileGroup, compilePattern, isSwitchedOn, maxPatternLength, PatternError } from './condition-matcher.js';
export type { ConditionSwitches, GroupMatcher, RequestFacts } from './condition-matcher.js';
export {
  addressKey,
  addressNumbers,
  KeyTemplateError,
  keyVariables,
  parseKeyTemplate,
  resolveKey,
} from './key-template.js';
export type { KeyTemplate, KeyVariable } from './key-template.js';
export { CustomDecisions } from './custom-decisions.js';
