export { TrafficManager } from './traffic-manager.js';
export type { ReceivedBatch, TrafficManagerOptions, TrafficManagerStats } from './traffic-manager.js';
export type { PolicyLookup } from './increments.js';
export { noRuleStates, ruleStatesSchema } from './rule-states.js';
export type { RuleState, RuleStates } from './rule-states.js';
