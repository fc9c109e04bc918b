import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, systemClock } from '@tollgate/base';
import { createTransports, GroupPublisher, topologyOf, type HubMessage, type Transports } from '@tollgate/event-hub';
import {
  decisionsSchema,
  type Decision,
  type RequestEvent,
  type ThrottlePolicyRecord,
} from '@tollgate/throttling/contract';
import { serverOfUrl } from '@tollgate/throttling/counters';
import { metricsRegistry } from '@tollgate/observability';
import { amqpUrls, redisUrl, startTcpProxy } from '@tollgate/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { PolicyReplica } from './policy-replica.js';
import type { TrafficManagerSettings } from './settings.js';
import { TrafficManagerNode } from './traffic-manager.node.js';

const log = createLogger({ level: 'silent', node: 'spec' });
const brokers = amqpUrls();
const org = 'carbon.super';

const quota: ThrottlePolicyRecord = {
  uuid: 'u',
  organization: org,
  level: 'application',
  name: 'Thousand',
  displayName: 'Thousand',
  limit: { type: 'REQUESTCOUNTLIMIT', requestCount: 1_000, unitTime: 1, timeUnit: 'day' },
  stopOnQuotaReach: true,
  burst: null,
  applicableLevel: 'apiLevel',
  conditionGroups: [],
  degradedMode: 'local-share',
};
const policies: PolicyReplica = {
  policyOf: (organization, level, name) =>
    name === quota.name && level === quota.level && organization === org ? quota : undefined,
  onChange: () => undefined,
  start: () => Promise.resolve(),
  whenReady: () => Promise.resolve(),
  status: () => ({
    ready: true,
    stale: false,
    source: 'control-plane',
    seq: 1,
    digest: '',
    lastError: '',
    healedGaps: 0,
    rejectedRecords: 0,
  }),
  stop: () => Promise.resolve(),
};

function requests(count: number): RequestEvent {
  const keys = { appKey: '1:bob@carbon.super', subscriptionKey: '', apiKey: '', resourceKey: '' };
  const tiers = { appTier: 'Thousand', subscriptionTier: '', apiTier: '', resourceTier: '', matchedConditions: '' };
  const names = { userId: 'bob@carbon.super', apiContext: '/p/1', apiVersion: '1', apiName: 'P', appId: '1' };
  return { ...keys, ...tiers, ...names, apiTenant: org, appTenant: org, windowStart: Date.now(), count, bytes: 0 };
}

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A process of its own: its connections to the brokers. */
function connections(prefix: string): Transports {
  const transports = createTransports({ prefix, credentials: { username: 'guest', password: 'guest' }, log });
  closing.push(() => transports.closeAll());
  return transports;
}

async function startManager(
  prefix: string,
  wiring: { own: string; peers: string[] },
  shared?: string,
  nodeId = `tm-${randomUUID()}`,
) {
  const transports = connections(prefix);
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-tm-'));
  closing.push(() => rm(folder, { recursive: true }));
  const settings: TrafficManagerSettings = {
    nodeId,
    topology: topologyOf({
      roles: ['traffic-manager'],
      eventHub: { listeningEndpoints: [wiring.own], duplicateUrls: [], publishGroups: [] },
      throttling: { urlGroups: [], decisionEndpoints: [wiring.own], duplicateUrls: wiring.peers },
    }),
    controlPlane: {
      url: 'https://127.0.0.1:9443',
      caFile: undefined,
      credentials: { username: 'guest', password: 'guest' },
    },
    compareEveryMs: 3_000,
    diskDir: folder,
    store: shared === undefined ? undefined : serverOfUrl(shared),
    redisKeyPrefix: prefix,
  };
  const node = new TrafficManagerNode({ settings, policies, transports, clock: systemClock, log });
  closing.push(() => node.stop());
  await node.start();
  await vi.waitFor(() => expect(node.health().state).toBe('ok'), { timeout: 10_000 });
  return node;
}

/** What a gateway hears at each decision endpoint. */
async function listen(prefix: string, endpoints: string[], onlyFrom?: string): Promise<Decision[][]> {
  const transports = connections(prefix);
  return Promise.all(
    endpoints.map(async (endpoint) => {
      const heard: Decision[] = [];
      const onMessage = (message: HubMessage): void => {
        if (onlyFrom !== undefined && message.publisher !== onlyFrom) return;
        heard.push(...decisionsSchema.parse(message.data).decisions);
      };
      await transports
        .get(endpoint)
        .subscribe({ subscriber: randomUUID(), topics: ['throttleData'], keepForMs: 0, onMessage });
      return heard;
    }),
  );
}

/** 1000 requests in 100 batches, published to one load-balanced group. */
async function sendThousand(prefix: string, urls: string[]): Promise<void> {
  const transports = connections(prefix);
  const groups = [{ mode: 'loadbalance' as const, urls }];
  const publisher = new GroupPublisher({ groups, transportOf: (url) => transports.get(url), log });
  const name = randomUUID();
  for (let seq = 1; seq <= 100; seq++) {
    const data = { events: [requests(10)], handedOn: false };
    publisher.publish('requestEvents', {
      id: `${name}/${seq}`,
      seq,
      type: 'REQUEST_BATCH',
      organization: org,
      at: Date.now(),
      publisher: name,
      data,
    });
  }
  expect(await publisher.flush(10_000)).toBe(true);
  await publisher.close();
}

const highest = (decisions: Decision[]) => Math.max(0, ...decisions.map((one) => one.count));

describe('two traffic managers in one load-balanced group, each with its own broker', () => {
  it('count 1000 requests as 1000 at both, and say so at both brokers', async () => {
    const prefix = `spec-${randomUUID()}`;
    const [a = '', b = ''] = brokers;
    const first = await startManager(prefix, { own: a, peers: [b] });
    const second = await startManager(prefix, { own: b, peers: [a] });
    const heard = await listen(prefix, [a, b]);
    await sendThousand(prefix, [a, b]);
    await vi.waitFor(() => expect(heard.map(highest)).toEqual([1_000, 1_000]), { timeout: 10_000 });
    await vi.waitFor(() => expect([first, second].map((node) => node.stats().countedRequests)).toEqual([1_000, 1_000]));
    expect(heard.every((decisions) => decisions.some((one) => one.isThrottled && one.count === 1_000))).toBe(true);
    expect(heard.flat().every((one) => one.isThrottled === one.count >= 1_000)).toBe(true);
  });

  it('count 1000 requests as 1000 in one Redis', async () => {
    const prefix = `spec-${randomUUID()}`;
    const [a = '', b = ''] = brokers;
    const nodes = [
      await startManager(prefix, { own: a, peers: [b] }, redisUrl()),
      await startManager(prefix, { own: b, peers: [a] }, redisUrl()),
    ];
    const heard = await listen(prefix, [a]);
    await sendThousand(prefix, [a, b]);
    await vi.waitFor(() => expect(heard.map(highest)).toEqual([1_000]), { timeout: 10_000 });
    const counted = nodes.map((node) => node.stats().countedRequests);
    expect(counted[0]! + counted[1]!).toBe(1_000);
    expect(Math.min(...counted)).toBeGreaterThan(0);
  });
});

describe('a peer whose broker cannot be reached', () => {
  it('gets every batch when it is back, although nobody restarts', async () => {
    const prefix = `spec-${randomUUID()}`;
    const [a = '', b = ''] = brokers;
    const direct = new URL(b);
    const line = await startTcpProxy({ host: direct.hostname, port: Number(direct.port) });
    closing.push(() => line.close());
    const throughLine = new URL(b);
    throughLine.port = String(line.port);
    const counting = await startManager(prefix, { own: a, peers: [throughLine.href] });
    const peer = await startManager(prefix, { own: b, peers: [a] });
    line.refuse(true);
    line.cut();
    await sendThousand(prefix, [a]);
    await vi.waitFor(() => expect(counting.stats().countedRequests).toBe(1_000), { timeout: 10_000 });
    expect(peer.stats().countedRequests).toBe(0);
    line.refuse(false);
    await vi.waitFor(() => expect(peer.stats().countedRequests).toBe(1_000), { timeout: 10_000 });
    expect(peer.stats().duplicateBatches).toBe(0);
  });
});

describe('a traffic manager that joins', () => {
  it.each([
    [
      'brokers of their own',
      (a: string, b: string) =>
        [
          { own: a, peers: [b] },
          { own: b, peers: [a] },
        ] as const,
    ],
    [
      'one broker for all',
      (a: string) =>
        [
          { own: a, peers: [] },
          { own: a, peers: [] },
        ] as const,
    ],
  ])('goes on with the counts of its peer, with %s', async (_, wire) => {
    const prefix = `spec-${randomUUID()}`;
    const [a = '', b = ''] = brokers;
    const [wiring, joiningWiring] = wire(a, b);
    await startManager(prefix, wiring);
    await sendThousand(prefix, [wiring.own]);
    const heard = await listen(prefix, [joiningWiring.own], 'joining');
    const joining = await startManager(prefix, joiningWiring, undefined, 'joining');
    await sendThousand(prefix, [joiningWiring.own]);
    await vi.waitFor(() => expect(heard.map(highest)).toEqual([2_000]), { timeout: 10_000 });
    expect(joining.stats().countedRequests).toBe(1_000);
  });
});

describe('a malformed batch', () => {
  it('is dead-lettered and the stream goes on', async () => {
    const prefix = `spec-${randomUUID()}`;
    const [a = ''] = brokers;
    const node = await startManager(prefix, { own: a, peers: [] });
    const transport = connections(prefix).get(a);
    const bad = { organization: org, at: Date.now(), type: 'REQUEST_BATCH', publisher: 'p' };
    await vi.waitFor(() => expect(transport.status().connected).toBe(true), { timeout: 10_000 });
    await transport.publish('requestEvents', [
      { ...bad, id: '1', seq: 1, data: { events: 'none' } },
      { ...bad, id: '2', seq: 2, data: { events: [{ ...requests(1), count: -5 }], handedOn: false } },
      { ...bad, id: '3', seq: 3, data: { events: [requests(7)], handedOn: false } },
    ]);
    await vi.waitFor(() => expect(node.stats().countedRequests).toBe(7), { timeout: 10_000 });
    expect(node.stats().batches).toBe(1);
    await vi.waitFor(
      async () => expect(await metricsRegistry.metrics()).toMatch(/^tollgate_tm_requests_total [1-9]/m),
      {
        timeout: 5_000,
      },
    );
  });
});
