import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@tollgate/base';
import { startRedisCluster, startRedisSentinels, type PrivateServer } from '@tollgate/services';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { keepsTheCounterStoreContract } from './counter-store-contract.js';
import { FallbackCounterStore } from './fallback-counter-store.js';
import { keepsTheQuotaLessorContract } from './quota-lessor-contract.js';
import { RedisCounterStore } from './redis-counter-store.js';
import type { RedisServers } from './redis-servers.js';

const log = createLogger({ level: 'silent', node: 'spec' });
const folder = mkdtempSync(join(tmpdir(), 'redis-groups-'));
const ends: (() => Promise<void>)[] = [];
let sentinel: RedisServers;
let cluster: RedisServers;
let master: PrivateServer;
let clusterNodes: readonly PrivateServer[];

const addressOf = ({ port }: PrivateServer) => ({ host: '127.0.0.1', port });

beforeAll(async () => {
  const [watched, group] = await Promise.all([
    startRedisSentinels(join(folder, 'sentinel')),
    startRedisCluster(join(folder, 'cluster')),
  ]);
  ends.push(
    () => watched.stop(),
    () => group.stop(),
  );
  master = watched.master;
  clusterNodes = group.nodes;
  sentinel = { kind: 'sentinel', sentinels: watched.sentinels.map(addressOf), masterName: watched.masterName };
  cluster = { kind: 'cluster', nodes: group.nodes.slice(0, 2).map(addressOf) };
}, 60_000);
afterAll(async () => {
  await Promise.all(ends.map((end) => end()));
  rmSync(folder, { recursive: true });
});

async function open(servers: RedisServers, commandTimeoutMs = 2_000): Promise<RedisCounterStore> {
  const store = new RedisCounterStore({ servers, commandTimeoutMs, log });
  expect(await store.ready(10_000)).toBe(true);
  return store;
}

keepsTheCounterStoreContract('Redis behind sentinels', () => open(sentinel));
keepsTheCounterStoreContract('Redis Cluster of three masters', () => open(cluster));
keepsTheQuotaLessorContract('Redis behind sentinels', () => open(sentinel));
keepsTheQuotaLessorContract('Redis Cluster of three masters', () => open(cluster));

/** One request after the other for as long as the test wants, each on one of 60 keys. */
function counting(store: FallbackCounterStore) {
  const windowStartMs = Math.floor(Date.now() / 86_400_000) * 86_400_000;
  const keys = Array.from({ length: 60 }, (_, i) => `key-${i}-${windowStartMs}`);
  const window = { windowStartMs, windowEndMs: windowStartMs + 86_400_000 };
  let seq = 0;
  const addAll = (by: number) =>
    store.add(
      { publisher: 'p', seq: ++seq, part: 0 },
      keys.map((key) => ({ key, by, ...window })),
    );
  return { addAll, size: keys.length };
}

describe.each([
  ['behind sentinels, the master killed for good', () => sentinel, () => master, false],
  ['in a cluster, one master killed and back', () => cluster, () => clusterNodes[1] as PrivateServer, true],
] as const)('shared counters %s', (_name, servers, victim, comesBack) => {
  it('go on without an error, and no count is missing or double afterwards', async () => {
    const store = new FallbackCounterStore(await open(servers(), 200), { clock: { nowMs: () => Date.now() }, log });
    const { addAll, size } = counting(store);
    for (let i = 0; i < 5; i++) await addAll(1);
    await new Promise((resolve) => setTimeout(resolve, 200)); // replication to the second server is not waited for
    await victim().kill();
    const duringTheGap = await addAll(1);
    expect(duringTheGap.counts).toEqual(Array.from({ length: size }, () => 6)); // from what this manager has seen itself
    expect(store.stats().away).toBe(true);
    if (comesBack) await victim().again();
    let added = 6;
    await vi.waitFor(
      async () => {
        added++;
        await addAll(1);
        expect(store.stats()).toMatchObject({ away: false, parkedParts: 0, droppedParts: 0 });
      },
      { timeout: 25_000, interval: 200 },
    );
    expect((await addAll(0)).counts).toEqual(Array.from({ length: size }, () => added));
    await store.close();
  }, 40_000);
});
