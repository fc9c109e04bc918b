import { DenyCondition } from './deny-condition.entity.js';
import { ThrottlePolicy } from './throttle-policy.entity.js';

export const throttlingEntities = [ThrottlePolicy, DenyCondition] as const;
