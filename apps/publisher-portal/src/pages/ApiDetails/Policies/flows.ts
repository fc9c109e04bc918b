import type { ApiOperation, AttachedPolicy, FlowName, PolicyFlows } from '../../../types';

export const flowNames = ['request', 'response', 'fault'] as const;
const none: PolicyFlows = { request: [], response: [], fault: [] };

/** Whose flows are shown: those of the whole API, or of the operation at this place. */
export type Level = 'api' | number;

interface Policied {
  readonly apiPolicies?: PolicyFlows;
  readonly operations: readonly ApiOperation[];
}

export function flowsOf(api: Policied, level: Level): PolicyFlows {
  return (level === 'api' ? api.apiPolicies : api.operations[level]?.operationPolicies) ?? none;
}

/** What of the API changes when these flows do. */
export function withFlows(api: Policied, level: Level, flows: PolicyFlows): Partial<Policied> {
  if (level === 'api') return { apiPolicies: flows };
  return {
    operations: api.operations.map((operation, i) =>
      i === level ? { ...operation, operationPolicies: flows } : operation,
    ),
  };
}

/** Where a policy stands. */
export interface Place {
  readonly flow: FlowName;
  readonly index: number;
}

export function insert(flows: PolicyFlows, { flow, index }: Place, policy: AttachedPolicy): PolicyFlows {
  return { ...flows, [flow]: flows[flow].toSpliced(index, 0, policy) };
}

export function remove(flows: PolicyFlows, { flow, index }: Place): PolicyFlows {
  return { ...flows, [flow]: flows[flow].toSpliced(index, 1) };
}

export function replace(flows: PolicyFlows, { flow, index }: Place, policy: AttachedPolicy): PolicyFlows {
  return { ...flows, [flow]: flows[flow].with(index, policy) };
}

/** Takes a policy before the one that stands at `to` now, or behind the last. */
export function move(flows: PolicyFlows, from: Place, to: Place): PolicyFlows {
  const policy = flows[from.flow][from.index];
  if (!policy) return flows;
  const isFurtherDown = from.flow === to.flow && from.index < to.index;
  return insert(remove(flows, from), { ...to, index: isFurtherDown ? to.index - 1 : to.index }, policy);
}

/** The field of the API's body in which the server finds something wrong with the policy at this place. */
export function fieldOf(level: Level, { flow, index }: Place): string {
  const base = level === 'api' ? 'apiPolicies' : `operations[${level}].operationPolicies`;
  return `${base}.${flow}[${index}]`;
}
