import { describe, expect, it } from 'vitest';
import { lifecycleStates } from '../contract/index.js';
import { displayState, lifecycleActions, nextState, readChecklist, transitionsFrom } from './lifecycle.js';

const api = (state: (typeof lifecycleStates)[number], policies = ['Unlimited']) => ({
  name: 'Pizza',
  version: '1.0.0',
  state,
  policies,
});

describe('a lifecycle action', () => {
  it.each([
    ['CREATED', 'Publish', 'PUBLISHED'],
    ['CREATED', 'Deploy as a Prototype', 'PROTOTYPED'],
    ['PROTOTYPED', 'Publish', 'PUBLISHED'],
    ['PROTOTYPED', 'Demote to Created', 'CREATED'],
    ['PUBLISHED', 'Block', 'BLOCKED'],
    ['PUBLISHED', 'Deploy as a Prototype', 'PROTOTYPED'],
    ['PUBLISHED', 'Demote to Created', 'CREATED'],
    ['PUBLISHED', 'Deprecate', 'DEPRECATED'],
    ['BLOCKED', 'Re-Publish', 'PUBLISHED'],
    ['BLOCKED', 'Deprecate', 'DEPRECATED'],
    ['DEPRECATED', 'Retire', 'RETIRED'],
  ] as const)('leads from %s by %s to %s', (from, action, to) => {
    expect(nextState(api(from), action)).toBe(to);
  });

  it('is refused everywhere else, naming what is possible', () => {
    const refused = lifecycleStates.flatMap((state) =>
      lifecycleActions
        .filter((action) => !transitionsFrom(state).some((transition) => transition.event === action))
        .map((action) => [state, action] as const),
    );
    expect(refused).toHaveLength(6 * 7 - 11);
    for (const [state, action] of refused)
      expect(() => nextState(api(state), action)).toThrow(`"${action}" is not possible while the API is ${state}`);
  });

  it('does not publish an API without a business plan (code 903224)', () => {
    expect(() => nextState(api('CREATED', []), 'Publish')).toThrow(
      expect.objectContaining({ status: 400, wireCode: 903224 }),
    );
    expect(nextState(api('CREATED', []), 'Deploy as a Prototype')).toBe('PROTOTYPED');
  });
});

describe('the publish checklist', () => {
  it('reads ticks and treats nothing as not ticked', () => {
    expect(readChecklist(undefined)).toEqual({ deprecateOldVersions: false });
    expect(readChecklist('Deprecate old versions after publishing the API:true')).toEqual({
      deprecateOldVersions: true,
    });
  });

  it('refuses an item it does not have', () => {
    expect(() => readChecklist('Send flowers:true')).toThrow('is no item of the lifecycle checklist');
  });
});

it('spells states as the contract does', () => {
  expect(displayState('PUBLISHED')).toBe('Published');
});
