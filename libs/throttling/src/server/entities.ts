import { CustomRule } from './custom-rule.entity.js';
import { DenyCondition } from './deny-condition.entity.js';
import { GivenPolicies } from './given-policies.entity.js';
import { ThrottlePolicy } from './throttle-policy.entity.js';

export const throttlingEntities = [ThrottlePolicy, DenyCondition, CustomRule, GivenPolicies] as const;
