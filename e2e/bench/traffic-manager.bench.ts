import { createLogger } from '@tollgate/base';
import { requestBatchSchema, type RequestEvent, type ThrottlePolicyRecord } from '@tollgate/throttling/contract';
import { MemoryCounterStore } from '@tollgate/throttling/counters';
import { TrafficManager } from '@tollgate/throttling/traffic-manager';
import { afterAll, expect, it } from 'vitest';
import { markdownTable, writeSection } from '../support/document.js';

const minuteMs = 60_000;
const startMs = Math.floor(Date.now() / minuteMs) * minuteMs;
const org = 'carbon.super';
const policy: ThrottlePolicyRecord = {
  uuid: 'p',
  organization: org,
  level: 'application',
  name: 'Minute',
  displayName: 'Minute',
  limit: { type: 'REQUESTCOUNTLIMIT', requestCount: 1_000_000_000, unitTime: 1, timeUnit: 'min' },
  stopOnQuotaReach: true,
  burst: null,
  applicableLevel: 'apiLevel',
  conditionGroups: [],
  degradedMode: 'local-share',
  strict: false,
};
const rows: string[][] = [];

function event(appKey: string, more: Partial<RequestEvent> = {}): RequestEvent {
  return {
    appKey,
    appTier: policy.name,
    subscriptionKey: '',
    subscriptionTier: '',
    apiKey: '',
    apiTier: '',
    resourceKey: '',
    resourceTier: '',
    matchedConditions: '',
    userId: 'bob@carbon.super',
    apiContext: '/pizza/1.0.0',
    apiVersion: '1.0.0',
    apiTenant: org,
    appTenant: org,
    appId: '1',
    apiName: 'Pizza',
    windowStart: startMs + 100,
    count: 1,
    bytes: 0,
    ...more,
  };
}

function manager(clock: { nowMs: () => number }): { engine: TrafficManager; store: MemoryCounterStore } {
  const store = new MemoryCounterStore();
  const engine = new TrafficManager({
    store,
    storeIsShared: false,
    policyOf: (_, level, name) => (name === policy.name ? { ...policy, level } : undefined),
    handOn: async () => undefined,
    publishDecisions: () => undefined,
    clock,
    log: createLogger({ level: 'silent', node: 'bench' }),
  });
  return { engine, store };
}

function heapMb(): number {
  if (!globalThis.gc) throw new Error('Run it with --expose-gc, as npm run bench:throttle does.');
  globalThis.gc();
  return process.memoryUsage().heapUsed / 1024 / 1024;
}

it('a million keys of one window stay under 300 MB and are gone two windows later', async () => {
  const keys = 1_000_000;
  let nowMs = startMs + 200;
  const { engine, store } = manager({ nowMs: () => nowMs });
  const before = heapMb();
  for (let seq = 1; seq <= keys / 1000; seq++) {
    const events = Array.from({ length: 1000 }, (_, i) => event(`1:10.${seq >> 8}.${seq & 255}.${i}@carbon.super`));
    await engine.receive({ publisher: 'bench', seq, data: { events, handedOn: false } });
  }
  expect(store.stats()).toEqual({ counters: keys, dropped: 0 });
  const full = heapMb() - before;
  nowMs += 2 * minuteMs;
  engine.sweep();
  expect(store.stats().counters).toBe(0);
  const left = heapMb() - before;
  rows.push(
    ['memory of 1,000,000 distinct keys of one window', `${full.toFixed(0)} MB (budget 300 MB)`],
    ['what is left of it two windows later', `${Math.max(0, left).toFixed(0)} MB`],
  );
  expect(full).toBeLessThan(300);
  expect(left).toBeLessThan(20);
});

it('accounts every request of folded events', async () => {
  const { engine } = manager({ nowMs: () => startMs + 200 });
  const [perBatch, batches, requestsPerEvent] = [500, 2_000, 20];
  const tiers = { subscriptionTier: policy.name, apiTier: policy.name, resourceTier: policy.name };
  const events = Array.from({ length: perBatch }, (_, i) => {
    const keys = { subscriptionKey: `${i}:/pizza:1.0.0`, apiKey: '/pizza/1.0.0', resourceKey: `/pizza/1.0.0/${i}:GET` };
    return event(`${i}:bob@carbon.super`, { ...tiers, ...keys, count: requestsPerEvent });
  });
  const wire = Buffer.from(JSON.stringify({ events, handedOn: false }));
  const begunMs = performance.now();
  for (let seq = 1; seq <= batches; seq++) {
    const data = requestBatchSchema.parse(JSON.parse(wire.toString()));
    await engine.receive({ publisher: 'bench', seq, data });
  }
  const seconds = (performance.now() - begunMs) / 1000;
  expect(engine.stats().countedRequests).toBe(perBatch * batches * requestsPerEvent);
  const eventsPerSecond = (perBatch * batches) / seconds;
  const requests = eventsPerSecond * requestsPerEvent;
  const text = (value: number): string => Math.round(value).toLocaleString('en');
  rows.push(
    ['events a second through one manager, four levels each, parsed and checked', text(eventsPerSecond)],
    [
      `requests a second so accounted, ${requestsPerEvent} folded into an event`,
      `${text(requests)} (budget 1,000,000)`,
    ],
  );
});

afterAll(() => {
  if (rows.length === 4) writeSection('docs/performance.md', 'manager', markdownTable(['what', 'measured'], rows));
});
