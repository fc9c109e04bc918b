import { describe, expect, it } from 'vitest';
import type { Decision } from '../contract/index.js';
import { DecisionTable } from './decision-table.js';

function decision(more: Partial<Decision>): Decision {
  return { throttleKey: 'k', level: 'application', isThrottled: true, expiryTimeStamp: 60_000, count: 10, ...more };
}

describe('DecisionTable', () => {
  it('blocks a key until its window ends', () => {
    const table = new DecisionTable();
    table.apply(decision({}), 1_000);
    expect(table.blockedUntilMs('k', 59_999)).toBe(60_000);
    expect(table.blockedUntilMs('k', 60_000)).toBe(0);
    expect(table.blockedUntilMs('other', 1_000)).toBe(0);
  });

  it('changes nothing when a decision comes again, late, expired or out of order', () => {
    const table = new DecisionTable();
    expect(table.apply(decision({}), 1_000)).toBe(true);
    expect(table.apply(decision({}), 1_000)).toBe(false);
    expect(table.apply(decision({ isThrottled: false, count: 8 }), 1_000)).toBe(false);
    expect(table.apply(decision({ throttleKey: 'late', expiryTimeStamp: 900 }), 1_000)).toBe(false);
    expect(table.blockedUntilMs('k', 1_000)).toBe(60_000);
    expect(table.stats()).toEqual({ keys: 1, ignored: 3, dropped: 0 });
  });

  it('releases a key when its policy was raised', () => {
    const table = new DecisionTable();
    table.apply(decision({}), 1_000);
    expect(table.apply(decision({ isThrottled: false }), 1_000)).toBe(true);
    expect(table.blockedUntilMs('k', 1_000)).toBe(0);
  });

  it('keeps windows of two lengths apart while a policy changes from one to the other', () => {
    const table = new DecisionTable();
    table.apply(decision({ expiryTimeStamp: 3_600_000 }), 1_000);
    table.apply(decision({ isThrottled: false, count: 8 }), 1_000);
    expect(table.known('k', 60_000)?.count).toBe(8);
    expect(table.blockedUntilMs('k', 1_000)).toBe(3_600_000);
    table.apply(decision({ expiryTimeStamp: 3_600_000, isThrottled: false }), 1_000);
    expect(table.blockedUntilMs('k', 1_000)).toBe(0);
  });

  it('is bounded, counts what it drops, and makes room when windows end', () => {
    const table = new DecisionTable({ maxKeys: 2 });
    for (const throttleKey of ['a', 'b', 'c']) table.apply(decision({ throttleKey }), 1_000);
    expect(table.stats()).toMatchObject({ keys: 2, dropped: 1 });
    expect(table.apply(decision({ throttleKey: 'c', expiryTimeStamp: 120_000 }), 60_000)).toBe(true);
    expect(table.stats().keys).toBe(1);
  });
});
