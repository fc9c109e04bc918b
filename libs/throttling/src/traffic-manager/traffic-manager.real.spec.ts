import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLogger } from '@tollgate/base';
import { redisUrl } from '@tollgate/testing';
import type { Decision, RequestEvent, ThrottlePolicyRecord } from '../contract/index.js';
import { MemoryCounterStore, RedisCounterStore, serverOfUrl, type CounterStore } from '../counters/index.js';
import { TrafficManager, type ReceivedBatch } from './index.js';

const log = createLogger({ level: 'silent', node: 'spec' });
const startMs = Date.parse('2026-01-05T10:32:00Z');
const org = 'carbon.super';

function policy(level: ThrottlePolicyRecord['level'], name: string, requestCount: number): ThrottlePolicyRecord {
  const limit = { type: 'REQUESTCOUNTLIMIT', requestCount, unitTime: 1, timeUnit: 'min' } as const;
  const common = { uuid: name, organization: org, displayName: name, stopOnQuotaReach: true, burst: null };
  return {
    ...common,
    level,
    name,
    limit,
    applicableLevel: 'apiLevel',
    conditionGroups: [],
    degradedMode: 'local-share',
    strict: false,
  };
}

function event(more: Partial<RequestEvent> = {}): RequestEvent {
  const names = { apiContext: '/p/1', apiVersion: '1', apiName: 'P', appId: '1', userId: 'bob@carbon.super' };
  const keys = { appKey: '1:bob@carbon.super', subscriptionKey: '1:/p/1:1:Gold', apiKey: '', resourceKey: '' };
  const tiers = { appTier: 'App', subscriptionTier: 'Gold', apiTier: '', resourceTier: '', matchedConditions: '' };
  return {
    ...names,
    ...keys,
    ...tiers,
    apiTenant: org,
    appTenant: org,
    windowStart: startMs,
    count: 1,
    bytes: 0,
    ...more,
  };
}

/** Managers wired as peers of each other, with one clock and one set of policies. */
function cluster(size: number, store?: CounterStore) {
  const policies = new Map<string, ThrottlePolicyRecord>();
  const put = (record: ThrottlePolicyRecord) => policies.set(`${record.level}:${record.name}`, record);
  put(policy('application', 'App', 1_000_000));
  put(policy('subscription', 'Gold', 1_000_000));
  const state = { nowMs: startMs + 10, put, policies, decisions: [] as Decision[] };
  const managers: TrafficManager[] = [];
  const alive = Array.from({ length: size }, () => true);
  for (let i = 0; i < size; i++) {
    managers.push(
      new TrafficManager({
        store: store ?? new MemoryCounterStore(),
        storeIsShared: store !== undefined,
        policyOf: (organization, level, name) => (organization === org ? policies.get(`${level}:${name}`) : undefined),
        handOn: async (batch) => {
          for (const [peer, manager] of managers.entries()) if (peer !== i && alive[peer]) await manager.receive(batch);
        },
        publishDecisions: (decisions) => state.decisions.push(...decisions),
        clock: { nowMs: () => state.nowMs },
        log,
      }),
    );
  }
  return { managers, alive, isShared: store !== undefined, ...state, state };
}

/** The count a manager has: a last request that passes the quota makes it say so. */
async function countAt(group: ReturnType<typeof cluster>, manager: number): Promise<number> {
  group.put(policy('application', 'App', 1));
  group.decisions.length = 0;
  // With a shared store the first receiver alone counts; without one nobody else shall hear of this request.
  const handedOn = !group.isShared;
  const batch = { publisher: randomUUID(), seq: 1, data: { events: [event({ subscriptionKey: '' })], handedOn } };
  await (group.managers[manager] as TrafficManager).receive(batch);
  group.put(policy('application', 'App', 1_000_000));
  return (group.decisions.find((one) => one.level === 'application')?.count ?? 0) - 1;
}

/** 1000 requests of two publishers, cut into batches by chance. */
const thousandRequests = fc
  .array(fc.integer({ min: 1, max: 60 }), { minLength: 60, maxLength: 60 })
  .map((sizes): ReceivedBatch[] => {
    const batches: ReceivedBatch[] = [];
    let left = 1_000;
    for (const [i, size] of [...sizes, 1_000].entries()) {
      const count = Math.min(size, left);
      if (count === 0) break;
      left -= count;
      const events = count > 1 ? [event({ count: count - 1 }), event()] : [event()];
      batches.push({ publisher: `gateway-${i % 2}`, seq: Math.floor(i / 2) + 1, data: { events, handedOn: false } });
    }
    return batches;
  });
const withChoices = fc.record({
  batches: thousandRequests,
  choices: fc.infiniteStream(fc.nat(1_000)),
});

describe('R-61 V-61 1000 requests count as exactly 1000', () => {
  it('at one manager, with batches delivered again', () =>
    fc.assert(
      fc.asyncProperty(withChoices, async ({ batches, choices }) => {
        const group = cluster(1);
        for (const batch of batches) {
          await group.managers[0]?.receive(batch);
          if (next(choices) % 3 === 0) await group.managers[0]?.receive(batch);
        }
        expect(await countAt(group, 0)).toBe(1_000);
      }),
      { numRuns: 50 },
    ));

  it('at both of two managers in one load-balanced group without a shared store', () =>
    fc.assert(
      fc.asyncProperty(withChoices, async ({ batches, choices }) => {
        const group = cluster(2);
        for (const batch of batches) {
          await group.managers[next(choices) % 2]?.receive(batch);
          if (next(choices) % 3 === 0) await group.managers[next(choices) % 2]?.receive(batch);
        }
        expect([await countAt(group, 0), await countAt(group, 1)]).toEqual([1_000, 1_000]);
      }),
      { numRuns: 50 },
    ));

  it('V-39 at the manager that is left when the other one dies', () =>
    fc.assert(
      fc.asyncProperty(withChoices, fc.nat(30), async ({ batches, choices }, diesAfter) => {
        const group = cluster(2);
        for (const [i, batch] of batches.entries()) {
          if (i === diesAfter) group.alive[0] = false;
          await group.managers[group.alive[0] ? next(choices) % 2 : 1]?.receive(batch);
        }
        expect(await countAt(group, 1)).toBe(1_000);
      }),
      { numRuns: 50 },
    ));

  it('V-39 in one store shared by two managers, also when one dies in the middle of a batch and it is delivered again', () =>
    fc.assert(
      fc.asyncProperty(withChoices, async ({ batches, choices }) => {
        const group = cluster(2, new MemoryCounterStore());
        for (const batch of batches) {
          await group.managers[next(choices) % 2]?.receive(batch);
          if (next(choices) % 3 === 0) await group.managers[next(choices) % 2]?.receive(batch);
        }
        expect(await countAt(group, 0)).toBe(1_000);
      }),
      { numRuns: 50 },
    ));

  it('in Redis, with both managers working at the same time and every batch delivered to both', async () => {
    const store = new RedisCounterStore({
      servers: serverOfUrl(redisUrl()),
      keyPrefix: `spec-${randomUUID()}`,
      commandTimeoutMs: 5_000,
    });
    expect(await store.ready(5_000)).toBe(true);
    const group = cluster(2, store);
    const [batches] = fc.sample(thousandRequests, { numRuns: 1, seed: 7 });
    await Promise.all((batches ?? []).flatMap((batch) => group.managers.map((manager) => manager.receive(batch))));
    expect(await countAt(group, 1)).toBe(1_000);
    await store.close();
  });
});

describe('TrafficManager', () => {
  it('says at once that a key has used its quota, and tells the counts of keys near it with the next flush', async () => {
    const group = cluster(1);
    group.put(policy('application', 'App', 10));
    const [manager] = group.managers as [TrafficManager];
    const send = send1(manager);
    await send(event({ count: 7 }));
    manager.flush();
    expect(group.decisions).toEqual([]);
    await send(event({ count: 1 }));
    manager.flush();
    const known = { level: 'application', throttleKey: '1:bob@carbon.super', expiryTimeStamp: startMs + 60_000 };
    expect(group.decisions).toEqual([{ ...known, isThrottled: false, count: 8 }]);
    await send(event({ count: 3 }));
    expect(group.decisions.at(-1)).toEqual({ ...known, isThrottled: true, count: 11 });
    await send(event({ count: 1 }));
    expect(group.decisions).toHaveLength(2);
    manager.flush();
    expect(group.decisions.at(-1)?.count).toBe(12);
  });

  it('frees a key when its quota is raised, throttles it again when lowered, and keeps every count', async () => {
    const group = cluster(1);
    group.put(policy('application', 'App', 10));
    const [manager] = group.managers as [TrafficManager];
    await send1(manager)(event({ count: 12 }));
    group.put(policy('application', 'App', 100));
    manager.policiesChanged();
    group.put(policy('application', 'App', 12));
    manager.policiesChanged();
    expect(group.decisions.map(({ isThrottled, count }) => [isThrottled, count])).toEqual([
      [true, 12],
      [false, 12],
      [true, 12],
    ]);
  });

  it('R-64 counts in the window of the event, never in a later one, and not at all when that is long over', async () => {
    const group = cluster(1);
    group.put(policy('application', 'App', 10));
    const [manager] = group.managers as [TrafficManager];
    group.state.nowMs = startMs + 75_000;
    await send1(manager)(event({ count: 50, windowStart: startMs + 59_999 }));
    expect(group.decisions.map((one) => one.expiryTimeStamp)).toEqual([startMs + 60_000]);
    group.state.nowMs = startMs + 600_000;
    await send1(manager)(event({ appTier: '', subscriptionTier: '', windowStart: startMs + 600_000 })); // most gateways are there
    await send1(manager)(event({ count: 50, windowStart: startMs }));
    await send1(manager)(event({ count: 50, windowStart: startMs + 1e12 }));
    expect(group.decisions).toHaveLength(1);
    expect(manager.stats()).toMatchObject({ countedRequests: 151, lateRequests: 200 });
  });

  it.each([90_000, -90_000])(
    'F-26c counts in the windows of the gateways with a clock that is %i ms off',
    async (off) => {
      const group = cluster(1);
      group.put(policy('application', 'App', 3));
      const [manager] = group.managers as [TrafficManager];
      const send = send1(manager);
      for (let atMs = 0; atMs < 240_000; atMs += 10_000) {
        group.state.nowMs = startMs + atMs + off + 100;
        await send(event({ windowStart: startMs + atMs }));
        manager.flush();
        manager.sweep();
      }
      expect(manager.stats()).toMatchObject({ countedRequests: 24, lateRequests: 0 });
      const throttled = group.decisions.filter(({ isThrottled }) => isThrottled);
      const minutes = throttled.map(
        ({ expiryTimeStamp, count }) => `${(expiryTimeStamp - startMs) / 60_000}: ${count}`,
      );
      expect(new Set(minutes)).toEqual(
        new Set([1, 2, 3, 4].flatMap((minute) => [3, 4, 5, 6].map((n) => `${minute}: ${n}`))),
      );
    },
  );

  it('tells requests that concern no counter once too, however often their batch comes', async () => {
    const group = cluster(2);
    const opened = event({ appTier: 'Later', subscriptionKey: '', count: 3 }); // as the opening of a stream
    const batch = { publisher: 'gateway', seq: 1, data: { events: [opened], handedOn: false } };
    for (const manager of group.managers) await manager.receive(batch); // one group per manager, and they hand on
    group.put(policy('application', 'Later', 100));
    for (const manager of group.managers) await manager.receive(batch);
    expect(group.managers.map((manager) => manager.stats().countedRequests)).toEqual([3, 3]);
  });

  it('counts at every level that has a limit, once where the API and resource keys are equal', async () => {
    const group = cluster(1);
    for (const level of ['advanced', 'subscription', 'application'] as const) group.put(policy(level, 'Two', 2));
    const tiers = { apiTier: 'Two', resourceTier: 'Two', subscriptionTier: 'Two', appTier: 'Two' };
    const [manager] = group.managers as [TrafficManager];
    await send1(manager)(event({ ...tiers, apiKey: 'r', resourceKey: 'r', count: 2 }));
    await send1(manager)(event({ ...tiers, resourceKey: 's', appKey: '', subscriptionTier: 'Unlimited', count: 2 }));
    expect(group.decisions.map(({ level, throttleKey, count }) => `${level} ${throttleKey} ${count}`)).toEqual([
      'api r 2',
      'subscription 1:/p/1:1:Gold 2',
      'application 1:bob@carbon.super 2',
      'resource s 2',
    ]);
  });

  it('agrees with a list of all requests over any events, keys and times', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ user: fc.constantFrom('a', 'b'), atMs: fc.nat(200_000), count: fc.integer({ min: 1, max: 9 }) }),
        ),
        async (requests) => {
          const group = cluster(1);
          group.put(policy('application', 'App', 1));
          const send = send1(group.managers[0] as TrafficManager);
          const model = new Map<string, number>();
          for (const { user, atMs, count } of requests) {
            const key = `${user}@${Math.floor(atMs / 60_000)}`;
            model.set(key, (model.get(key) ?? 0) + count);
            await send(event({ appKey: user, subscriptionKey: '', windowStart: startMs + atMs, count }));
          }
          group.managers[0]?.flush();
          const said = new Map<string, number>();
          for (const { throttleKey, expiryTimeStamp, count } of group.decisions) {
            said.set(`${throttleKey}@${(expiryTimeStamp - startMs) / 60_000 - 1}`, count);
          }
          expect(said).toEqual(model);
        },
      ),
    ));
});

function send1(manager: TrafficManager): (one: RequestEvent) => Promise<void> {
  const publisher = randomUUID();
  let seq = 0;
  return (one) => manager.receive({ publisher, seq: ++seq, data: { events: [one], handedOn: false } });
}

function next(choices: Iterator<number>): number {
  return choices.next().value as number;
}
