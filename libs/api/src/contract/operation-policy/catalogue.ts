import { answerPolicies } from './answer-policies.js';
import { bodyPolicies } from './body-policies.js';
import { headerPolicies } from './header-policies.js';
import { limitPolicies } from './limit-policies.js';
import { requestLinePolicies } from './request-line-policies.js';
import type { PolicyAttribute, PolicySpecification } from './specification.js';

/** Every policy that gateways carry out. What is not here does not exist: the publisher lists and takes exactly these. */
export const operationPolicies = {
  ...headerPolicies,
  ...requestLinePolicies,
  ...answerPolicies,
  ...limitPolicies,
  ...bodyPolicies,
} as const satisfies Record<string, PolicySpecification>;

export type PolicyName = keyof typeof operationPolicies;

/** In the order in which they are offered. */
export const policyNames = Object.keys(operationPolicies) as PolicyName[];

export function isPolicyName(name: string): name is PolicyName {
  return Object.hasOwn(operationPolicies, name);
}

export function policySpecification(name: PolicyName): PolicySpecification {
  return operationPolicies[name];
}

export type PolicyValue = string | number | boolean;

type AttributeOf<N extends PolicyName> = (typeof operationPolicies)[N]['attributes'][number];
type ValueOf<A extends PolicyAttribute> = A['type'] extends 'Integer'
  ? number
  : A['type'] extends 'Boolean'
    ? boolean
    : string;

/** Settings of one use of a policy, complete: defaults filled in, texts that were not given empty. */
export type ParametersOf<N extends PolicyName> = {
  readonly [A in AttributeOf<N> as A['name']]: ValueOf<A>;
};
