import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DecisionTable } from './decision-table.js';
import { LocalQuota, type QuotaLevel } from './local-quota.js';

const minuteStart = Date.parse('2026-01-05T10:32:00Z');
const minuteEnd = minuteStart + 60_000;

function level(key: string, quota: number, more: Partial<QuotaLevel> = {}): QuotaLevel {
  return { key, quota, unitTime: 1, timeUnit: 'min', enforced: true, shared: true, ...more };
}

function admitMany(local: LocalQuota, levels: QuotaLevel[], times: number, atMs = minuteStart): number {
  let admitted = 0;
  for (let i = 0; i < times; i++) if (local.admit(levels, atMs)?.admitted !== false) admitted++;
  return admitted;
}

describe('LocalQuota', () => {
  it('admits exactly the quota in a window, and again in the next one', () => {
    const local = new LocalQuota(new DecisionTable());
    expect(admitMany(local, [level('k', 10)], 25)).toBe(10);
    expect(local.admit([level('k', 10)], minuteEnd - 1)).toEqual({ admitted: false, level: 0, untilMs: minuteEnd });
    expect(admitMany(local, [level('k', 10)], 25, minuteEnd)).toBe(10);
  });

  it('counts a refused request at no level', () => {
    const local = new LocalQuota(new DecisionTable());
    const [wide, narrow] = [level('wide', 100), level('narrow', 3)];
    expect(admitMany(local, [wide, narrow], 50)).toBe(3);
    expect(local.remaining(wide, minuteStart)).toBe(97);
  });

  it('names the first level that refuses, in the order given', () => {
    const local = new LocalQuota(new DecisionTable());
    const levels = [level('a', 5), level('b', 0), level('c', 0)];
    expect(local.admit(levels, minuteStart)).toEqual({ admitted: false, level: 1, untilMs: minuteEnd });
  });

  it('lets a request pass a level that is not enforced, marks it, and still checks and counts the others', () => {
    const local = new LocalQuota(new DecisionTable());
    const levels = [level('plan', 1, { enforced: false }), level('app', 3)];
    expect(local.admit(levels, minuteStart)).toBeNull();
    expect(local.admit(levels, minuteStart)).toEqual({ admitted: true, level: 0, untilMs: minuteEnd });
    expect(local.admit(levels, minuteStart)?.admitted).toBe(true);
    expect(local.admit(levels, minuteStart)).toEqual({ admitted: false, level: 1, untilMs: minuteEnd });
  });

  it('adds what it admits itself to the last count of the cluster', () => {
    const decisions = new DecisionTable();
    const local = new LocalQuota(decisions);
    admitMany(local, [level('k', 10)], 2);
    hear(decisions, { count: 7 });
    expect(admitMany(local, [level('k', 10)], 20)).toBe(3);
  });

  it('refuses once the cluster has used the quota, in that window only', () => {
    const decisions = new DecisionTable();
    const local = new LocalQuota(decisions);
    hear(decisions, { count: 10, isThrottled: true });
    expect(admitMany(local, [level('k', 10)], 5)).toBe(0);
    expect(admitMany(local, [level('k', 10)], 15, minuteEnd)).toBe(10);
  });

  it('keeps burst limits away from what the cluster says', () => {
    const decisions = new DecisionTable();
    const local = new LocalQuota(decisions);
    hear(decisions, { count: 10, isThrottled: true });
    expect(admitMany(local, [level('k', 10, { shared: false })], 15)).toBe(10);
  });

  it('applies a raised quota at once and keeps the count', () => {
    const local = new LocalQuota(new DecisionTable());
    expect(admitMany(local, [level('k', 10)], 20)).toBe(10);
    expect(admitMany(local, [level('k', 15)], 20)).toBe(5);
  });

  it('does not give a quota twice when the clock steps back over the edge of a window', () => {
    const local = new LocalQuota(new DecisionTable());
    expect(admitMany(local, [level('k', 10)], 20, minuteEnd)).toBe(10);
    expect(admitMany(local, [level('k', 10)], 20, minuteEnd - 1_000)).toBe(0);
  });

  it('is bounded: gives up the oldest counter, counts that, and forgets expired windows', () => {
    const local = new LocalQuota(new DecisionTable(), { maxKeys: 3 });
    for (const key of ['a', 'b', 'c', 'd']) local.admit([level(key, 1)], minuteStart);
    expect(local.stats()).toEqual({ keys: 3, evicted: 1 });
    expect(local.sweep(minuteEnd)).toBe(3);
    expect(local.stats().keys).toBe(0);
  });

  it('agrees with a list of admitted requests over any sequence of levels and times', () => {
    const request = fc.record({ keys: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd')), stepMs: fc.nat(20_000) });
    const quotas: Record<string, number> = { a: 3, b: 1, c: 7, d: 2 };
    fc.assert(
      fc.property(fc.array(request, { maxLength: 80 }), (requests) => {
        const local = new LocalQuota(new DecisionTable());
        const admitted: { key: string; minute: number }[] = [];
        let nowMs = minuteStart;
        for (const { keys, stepMs } of requests) {
          nowMs += stepMs;
          const minute = Math.floor(nowMs / 60_000);
          const fits = (key: string) =>
            admitted.filter((one) => one.key === key && one.minute === minute).length < (quotas[key] as number);
          const expected = keys.every(fits);
          const levels = keys.map((key) => level(key, quotas[key] as number));
          expect(local.admit(levels, nowMs) === null).toBe(expected);
          if (expected) admitted.push(...keys.map((key) => ({ key, minute })));
        }
      }),
    );
  });
});

function hear(decisions: DecisionTable, said: { count: number; isThrottled?: boolean }): void {
  const decision = { isThrottled: false, throttleKey: 'k', level: 'application', expiryTimeStamp: minuteEnd, ...said };
  expect(decisions.apply(decision as Parameters<DecisionTable['apply']>[0], minuteStart)).toBe(true);
}
