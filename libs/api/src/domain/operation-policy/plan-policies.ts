import type { PolicyFlow, PolicyFlows, PolicyName, PolicyUse } from '../../contract/index.js';
import { exampleOf } from '../openapi/example.js';
import type { AttachedFlows, AttachedPolicy } from './policy-input.js';
import { completeParameters } from './policy-parameters.js';

/** One operation with what is attached to it and to its API. */
export interface PoliciedOperation {
  readonly verb: string;
  readonly target: string;
  readonly operationPolicies?: AttachedFlows | undefined;
}

/**
 * Flows of one operation as gateways get them. The policies of the whole API stand around those of the operation: first
 * on the way to the back end, last on the way back. `undefined` when there are none.
 * @param definition JSON of the OpenAPI definition, read only for examples
 * @throws Error saying what cannot be planned
 */
export function planPolicies(
  apiPolicies: AttachedFlows | undefined,
  operation: PoliciedOperation,
  definition: () => unknown,
): PolicyFlows | undefined {
  const { operationPolicies: own } = operation;
  if (!apiPolicies && !own) return undefined;
  const plan = (flow: PolicyFlow): PolicyUse[] => {
    const [outer, inner] = [apiPolicies?.[flow] ?? [], own?.[flow] ?? []];
    const uses = flow === 'request' ? [...outer, ...inner] : [...inner, ...outer];
    return uses.map((use) => planUse(use, operation, definition));
  };
  return { request: plan('request'), response: plan('response'), fault: plan('fault') };
}

function planUse(use: AttachedPolicy, operation: PoliciedOperation, definition: () => unknown): PolicyUse {
  const name = use.policyName as PolicyName;
  const complete = completeParameters(name, use.parameters);
  if ('problems' in complete) throw new Error(`${name}: ${complete.problems.map(({ message }) => message).join(' ')}`);
  const { parameters } = complete;
  if (name !== 'respondWithExample') return { name, parameters };
  const example = exampleOf(definition(), operation, String(parameters['statusCode']));
  if ('problem' in example) throw new Error(example.problem);
  return { name: 'respond', parameters: { ...example } };
}
