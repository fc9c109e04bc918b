export { compileRule } from './check-rule.js';
export type { CompiledRule } from './check-rule.js';
export { RuleError } from './problem.js';
export type { RuleProblem } from './problem.js';
export { RunningRule } from './run-rule.js';
export type { RuleResult, RuleRunOptions, RuleRunStats } from './run-rule.js';
export { requestAttributes } from './streams.js';
export type { RequestAttribute } from './streams.js';
export type { PropertyMap, Row, Value } from './value.js';
