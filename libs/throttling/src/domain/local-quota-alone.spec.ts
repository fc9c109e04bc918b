import { describe, expect, it } from 'vitest';
import { DecisionTable } from './decision-table.js';
import { LocalQuota, type QuotaLevel } from './local-quota.js';

const start = Date.parse('2026-01-05T10:32:00Z');
const end = start + 60_000;

function level(key: string, quota: number, more: Partial<QuotaLevel> = {}): QuotaLevel {
  return { key, quota, unitTime: 1, timeUnit: 'min', enforced: true, shared: true, ...more };
}
function admitted(local: LocalQuota, one: QuotaLevel, times: number): number {
  let count = 0;
  for (let i = 0; i < times; i++) if (local.admit([one], start)?.admitted !== false) count++;
  return count;
}

describe('a quota while no traffic manager can be reached', () => {
  it.each([
    [10, 1, 10],
    [10, 3, 4],
    [1, 5, 1],
    [0, 2, 0],
  ])('of %d with %d live gateways is %d here', (quota, liveGateways, share) => {
    const local = new LocalQuota(new DecisionTable());
    local.setCluster({ isReached: false, liveGateways });
    expect(admitted(local, level('k', quota), 20)).toBe(share);
  });

  it('still keeps to what the cluster had counted before', () => {
    const decisions = new DecisionTable();
    const local = new LocalQuota(decisions);
    const known = { throttleKey: 'k', level: 'api', isThrottled: false, expiryTimeStamp: end, count: 9 } as const;
    decisions.apply(known, start);
    local.setCluster({ isReached: false, liveGateways: 2 });
    expect(admitted(local, level('k', 10), 20)).toBe(1);
  });

  it('is not kept by open policies, lets nobody pass by closed ones, and leaves local limits alone', () => {
    const local = new LocalQuota(new DecisionTable());
    local.setCluster({ isReached: false, liveGateways: 2 });
    expect(admitted(local, level('open', 1, { degradedMode: 'open' }), 20)).toBe(20);
    const closed = level('closed', 100, { degradedMode: 'closed' });
    expect(local.admit([closed], start)).toEqual({ admitted: false, level: 0, untilMs: start + 10_000 });
    expect(local.admit([closed], end - 1_000)).toEqual({ admitted: false, level: 0, untilMs: end });
    expect(admitted(local, level('burst', 4, { shared: false, degradedMode: 'closed' }), 20)).toBe(4);
  });
});

describe('a quota of bytes', () => {
  it('is used by what was added, not by requests, and the one that crosses it has passed', () => {
    const local = new LocalQuota(new DecisionTable());
    const bytes = level('b', 100, { countsBytes: true });
    expect(admitted(local, bytes, 50)).toBe(50);
    local.addBytes(bytes, 99, start);
    expect(local.admit([bytes], start)).toBeNull();
    local.addBytes(bytes, 500, start);
    expect(local.admit([bytes], start)).toEqual({ admitted: false, level: 0, untilMs: end });
    expect(local.admit([bytes], end)).toBeNull();
  });
});
