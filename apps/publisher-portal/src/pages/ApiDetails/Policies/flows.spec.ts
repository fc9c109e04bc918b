import { describe, expect, it } from 'vitest';
import type { PolicyFlows } from '../../../types';
import { fieldOf, flowsOf, insert, move, remove, withFlows } from './flows';

const policy = (policyName: string) => ({ policyName, parameters: {} });
const flows: PolicyFlows = { request: ['a', 'b', 'c'].map(policy), response: [policy('d')], fault: [] };
const names = (of: PolicyFlows) =>
  [of.request, of.response, of.fault].map((flow) => flow.map((one) => one.policyName).join(''));

describe('the flows of an API', () => {
  it.each([
    [0, 2, 'bac'],
    [0, 3, 'bca'],
    [2, 0, 'cab'],
    [1, 1, 'abc'],
    [1, 2, 'abc'],
  ])('take the policy %i before %i', (from, to, expected) => {
    const moved = move(flows, { flow: 'request', index: from }, { flow: 'request', index: to });
    expect(names(moved)).toEqual([expected, 'd', '']);
  });

  it('take a policy to another flow, add one and let one go', () => {
    expect(names(move(flows, { flow: 'request', index: 1 }, { flow: 'response', index: 0 }))).toEqual(['ac', 'bd', '']);
    expect(names(insert(flows, { flow: 'fault', index: 0 }, policy('x')))).toEqual(['abc', 'd', 'x']);
    expect(names(remove(flows, { flow: 'request', index: 0 }))).toEqual(['bc', 'd', '']);
  });

  it('belong to the whole API or to one operation, and keep the rest of it', () => {
    const operation = { verb: 'GET', target: '/a', authType: 'Any', throttlingPolicy: 'Unlimited', scopes: [] };
    const api = { operations: [operation, { ...operation, target: '/b' }] };
    expect(withFlows(api, 'api', flows)).toEqual({ apiPolicies: flows });
    const changed = withFlows(api, 1, flows);
    expect(changed).toEqual({ operations: [operation, { ...operation, target: '/b', operationPolicies: flows }] });
    expect(names(flowsOf({ ...api, ...changed }, 1))).toEqual(['abc', 'd', '']);
    expect(names(flowsOf(api, 'api'))).toEqual(['', '', '']);
    expect(fieldOf(1, { flow: 'fault', index: 0 })).toBe('operations[1].operationPolicies.fault[0]');
  });
});
