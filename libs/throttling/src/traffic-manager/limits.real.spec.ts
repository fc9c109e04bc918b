import { createLogger } from '@tollgate/base';
import { randomPrefix, redisUrl } from '@tollgate/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  throttlePolicyRecordSchema,
  type Decision,
  type RequestEvent,
  type ThrottleLimit,
  type ThrottlePolicyRecord,
} from '../contract/index.js';
import { MemoryCounterStore, RedisCounterStore, serverOfUrl, type CounterStore } from '../counters/index.js';
import { TrafficManager } from './index.js';

const log = createLogger({ level: 'silent', node: 'spec' });
const startMs = Math.floor(Date.now() / 3_600_000) * 3_600_000;
const org = 'carbon.super';
const perHour = (requestCount: number): ThrottleLimit => {
  return { type: 'REQUESTCOUNTLIMIT', requestCount, unitTime: 1, timeUnit: 'hour' };
};
const kilobytes = (dataAmount: number): ThrottleLimit => {
  return { type: 'BANDWIDTHLIMIT', dataAmount, dataUnit: 'KB', unitTime: 1, timeUnit: 'hour' };
};

describe.each(['memory', 'redis'])('two managers that count in one store (%s)', (kind) => {
  let store: CounterStore;
  let policy: ThrottlePolicyRecord;
  let decisions: Decision[];
  let managers: readonly TrafficManager[];
  let seq = 0;

  beforeEach(async () => {
    decisions = [];
    store = kind === 'memory' ? new MemoryCounterStore() : await redisStore();
    managers = [0, 1].map(
      () =>
        new TrafficManager({
          store,
          storeIsShared: true,
          policyOf: () => policy,
          handOn: () => Promise.resolve(),
          publishDecisions: (some) => decisions.push(...some),
          clock: { nowMs: () => startMs + 10 },
          log,
        }),
    );
  });
  afterEach(() => store.close());

  async function redisStore(): Promise<CounterStore> {
    const redis = new RedisCounterStore({
      servers: serverOfUrl(redisUrl()),
      keyPrefix: randomPrefix(),
      commandTimeoutMs: 2_000,
    });
    expect(await redis.ready(5_000)).toBe(true);
    return redis;
  }

  /** By one manager after the other, each in a batch of its own. */
  async function send(...events: Partial<RequestEvent>[]): Promise<void> {
    for (const one of events) {
      const batch = { events: [{ ...apiEvent, ...one }], handedOn: false };
      await (managers[++seq % 2] as TrafficManager).receive({ publisher: kind, seq, data: batch });
    }
    for (const manager of managers) manager.flush();
  }
  const throttled = (): Record<string, number> =>
    Object.fromEntries(
      decisions.filter(({ isThrottled }) => isThrottled).map(({ throttleKey, count }) => [throttleKey, count]),
    );

  it('add up the bytes of a bandwidth limit, and count no request for it', async () => {
    policy = policyOf({ limit: kilobytes(2) });
    await send({ count: 9_999, bytes: 0 }, { count: 0, bytes: 1_500 }, { count: 0, bytes: 500 });
    expect(throttled()).toEqual({});
    await send({ count: 0, bytes: 48 });
    expect(throttled()).toEqual({ 'key%bytes': 2_048 });
  });

  it('count each group that a request is in, by its own limit, and the rest by that of the policy', async () => {
    policy = policyOf({
      limit: perHour(100),
      conditionGroups: [group(perHour(3)), group(kilobytes(1)), group(perHour(2))],
    });
    await send(
      { matchedConditions: '0,2', count: 2 },
      { matchedConditions: '1', count: 50, bytes: 1_024 },
      { matchedConditions: 'default', count: 99 },
    );
    expect(throttled()).toEqual({ key_condition_2: 2, 'key_condition_1%bytes': 1_024 });
    await send({ matchedConditions: '0' }, { matchedConditions: 'default' });
    expect(throttled()).toMatchObject({ key_condition_0: 3, key_default: 100 });
  });

  it('mix nothing when a limit turns from requests to bytes, and leave out groups that are gone', async () => {
    policy = policyOf({ limit: perHour(5), conditionGroups: [group(perHour(1))] });
    await send({ matchedConditions: '', count: 5 });
    expect(throttled()).toEqual({ key: 5 });
    policy = policyOf({ limit: kilobytes(1) });
    for (const manager of managers) manager.policiesChanged();
    expect(decisions.at(-1)).toMatchObject({ throttleKey: 'key', isThrottled: false });
    decisions.length = 0;
    await send({ bytes: 10 }, { matchedConditions: '0', count: 7 });
    expect(throttled()).toEqual({});
  });
});

const noOtherLevels = {
  appKey: '',
  appTier: '',
  subscriptionKey: '',
  subscriptionTier: '',
  resourceKey: '',
  resourceTier: '',
};
const who = { userId: 'bob@carbon.super', apiContext: '/p/1', apiVersion: '1', apiName: 'P', appId: '1' };
const apiEvent: RequestEvent = {
  ...noOtherLevels,
  ...who,
  apiKey: 'key',
  apiTier: 'P',
  apiTenant: org,
  appTenant: org,
  matchedConditions: '',
  windowStart: startMs,
  count: 1,
  bytes: 0,
};

function policyOf(more: Partial<ThrottlePolicyRecord>): ThrottlePolicyRecord {
  const common = { uuid: 'p', organization: org, level: 'advanced', name: 'P', displayName: 'P', limit: null };
  const rest = { stopOnQuotaReach: true, burst: null, applicableLevel: 'apiLevel' };
  return throttlePolicyRecordSchema.parse({ ...common, ...rest, ...more });
}

function group(limit: ThrottleLimit): ThrottlePolicyRecord['conditionGroups'][number] {
  return { conditions: [{ type: 'HEADERCONDITION', invert: false, name: 'k', pattern: 'a' }], limit };
}
