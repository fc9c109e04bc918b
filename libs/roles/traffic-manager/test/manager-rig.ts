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
import { afterEach, expect, vi } from 'vitest';
import type { PolicyReplica } from '../src/policy-replica.js';
import type { TrafficManagerSettings } from '../src/settings.js';
import { TrafficManagerNode } from '../src/traffic-manager.node.js';

const log = createLogger({ level: 'silent', node: 'spec' });
export const org = 'carbon.super';

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
  strict: false,
};
const policies: PolicyReplica = {
  customRules: () => [],
  rejected: () => [],
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

export function requests(count: number, appKey = '1:bob@carbon.super'): RequestEvent {
  const keys = { appKey, subscriptionKey: '', apiKey: '', resourceKey: '' };
  const tiers = { appTier: 'Thousand', subscriptionTier: '', apiTier: '', resourceTier: '', matchedConditions: '' };
  const names = { userId: 'bob@carbon.super', apiContext: '/p/1', apiVersion: '1', apiName: 'P', appId: '1' };
  return { ...keys, ...tiers, ...names, apiTenant: org, appTenant: org, windowStart: Date.now(), count, bytes: 0 };
}

export const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A process of its own: its connections to the brokers. */
export function connections(prefix: string): Transports {
  const transports = createTransports({ prefix, credentials: { username: 'guest', password: 'guest' }, log });
  closing.push(() => transports.closeAll());
  return transports;
}

export async function startManager(
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
export async function listen(prefix: string, endpoints: string[], onlyFrom?: string): Promise<Decision[][]> {
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
export async function sendThousand(prefix: string, urls: string[]): Promise<void> {
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

export const highest = (decisions: Decision[]) => Math.max(0, ...decisions.map((one) => one.count));
