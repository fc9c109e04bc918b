export { applicationStatuses, requireSettled, requireUsable } from './application-status.js';
export type { ApplicationStatus } from './application-status.js';
export { chooseGrantTypes } from './grant-types.js';
export type { GrantChoice } from './grant-types.js';
export { restrictionProblems, tidyRestrictions } from './key-restrictions.js';
export type { KeyRestrictions } from './key-restrictions.js';
export {
  blockStates,
  requireOfferedPlan,
  requireOpenForSubscription,
  requireSwitchable,
} from './subscription-rules.js';
export type { BlockState, SubscribableApi } from './subscription-rules.js';
