import { describe, expect, it } from 'vitest';
import type { Decision } from '../contract/index.js';
import { CustomDecisions } from './index.js';

const said = (isThrottled: boolean, expiryTimeStamp: number, count: number, ruleId = 'r1'): Decision => {
  return { level: 'custom', ruleId, throttleKey: 'bob', isThrottled, expiryTimeStamp, count };
};

describe('CustomDecisions', () => {
  it('lets the last word about a key count, in whatever order words arrive and whatever their windows', () => {
    const decisions = new CustomDecisions();
    const words = [said(true, 900, 1), said(false, 950, 2), said(true, 990, 3)];
    for (const order of [words, [...words].reverse(), [...words, ...words]]) {
      for (const word of order) decisions.apply(word, 100);
      expect(decisions.blockedUntilMs('r1', 'bob', 100)).toBe(990);
    }
    decisions.apply(said(false, 1_000, 4), 100);
    decisions.apply(said(true, 990, 3), 100);
    expect(decisions.blockedUntilMs('r1', 'bob', 100)).toBe(0);
  });

  it('keeps rules apart, forgets what is over, and is bounded', () => {
    const decisions = new CustomDecisions(2);
    for (const rule of ['r1', 'r2', 'r3']) decisions.apply(said(true, 500, 1, rule), 100);
    expect(['r1', 'r2', 'r3'].map((rule) => decisions.blockedUntilMs(rule, 'bob', 100))).toEqual([500, 500, 0]);
    expect(decisions.stats()).toEqual({ keys: 2, dropped: 1 });
    expect(decisions.blockedUntilMs('r1', 'bob', 500)).toBe(0);
    decisions.sweep(500);
    expect(decisions.stats().keys).toBe(0);
    decisions.apply(said(true, 400, 2), 500);
    expect(decisions.stats().keys).toBe(0);
  });
});
