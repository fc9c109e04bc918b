import { randomUUID } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { createLogger } from '@tollgate/base';
import { redisUrl } from '@tollgate/testing';
import { keepsTheCounterStoreContract } from './counter-store-contract.js';
import { CounterStoreUnavailableError } from './counter-store.js';
import { FallbackCounterStore } from './fallback-counter-store.js';
import { keepsTheQuotaLessorContract } from './quota-lessor-contract.js';
import { RedisCounterStore } from './redis-counter-store.js';
import { serverOfUrl } from './redis-servers.js';

const url = redisUrl();
const prefix = `spec-${randomUUID()}`;
const watcher = new Redis(url);

async function open(shards: number, at = url): Promise<RedisCounterStore> {
  // A machine that runs all specs at once may pause for longer than the 50 ms of production.
  const store = new RedisCounterStore({
    servers: serverOfUrl(at),
    keyPrefix: `${prefix}-${shards}`,
    shards,
    commandTimeoutMs: 2_000,
  });
  expect(await store.ready(5_000)).toBe(true);
  return store;
}

async function keysOf(pattern: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const page of watcher.scanStream({ match: pattern, count: 1_000 })) keys.push(...(page as string[]));
  return keys;
}

afterAll(async () => {
  const keys = await keysOf(`*${prefix}*`);
  if (keys.length > 0) await watcher.del(...keys);
  await watcher.quit();
});

keepsTheCounterStoreContract('Redis', () => open(1));
keepsTheCounterStoreContract('Redis with counters in 16 hash slots', () => open(16));
keepsTheQuotaLessorContract('Redis', () => open(1));

describe('RedisCounterStore', () => {
  it('leaves no key without expiry, and lets a counter live through its window', async () => {
    const store = await open(3);
    const windowStartMs = Date.now();
    const increments = ['a', 'b', 'c', 'd'].map((key) => ({
      key,
      by: 1,
      windowStartMs,
      windowEndMs: windowStartMs + 600_000,
    }));
    await store.add({ publisher: 'p', seq: 1, part: 0 }, increments);
    const asked = { holder: 'h', granted: 0, returned: 0, used: 0, want: 2, quota: 9 };
    await store.lease({ ...asked, key: 'a', windowStartMs, windowEndMs: windowStartMs + 600_000 });
    await store.lease({ ...asked, key: 'leased', windowStartMs, windowEndMs: windowStartMs + 600_000 });
    const keys = await keysOf(`{${prefix}-3:*`);
    expect(keys.length).toBeGreaterThanOrEqual(8);
    for (const key of keys) expect(await watcher.pttl(key), key).toBeGreaterThan(600_000);
    await store.close();
  });

  it('fails within 100 ms when the server is gone, and when it hangs', async () => {
    const gone = new RedisCounterStore({ servers: serverOfUrl('redis://127.0.0.1:1') });
    const hung = await hangingServer();
    const stuck = new RedisCounterStore({ servers: serverOfUrl(hung.url) });
    await new Promise((resolve) => setTimeout(resolve, 100));
    for (const store of [gone, stuck]) {
      const startedMs = Date.now();
      await expect(
        store.add({ publisher: 'p', seq: 1, part: 0 }, [{ key: 'k', by: 1, windowStartMs: 0, windowEndMs: 1 }]),
      ).rejects.toBeInstanceOf(CounterStoreUnavailableError);
      expect(Date.now() - startedMs).toBeLessThan(1_000);
      await store.close();
    }
    await hung.close();
  });
});

describe('FallbackCounterStore', () => {
  it('counts locally while the store is away, and everything once in the store afterwards', async () => {
    const link = await cuttableLink(new URL(url));
    let nowMs = Date.now();
    const shared = await open(2, link.url);
    const log = createLogger({ level: 'silent', node: 'spec' });
    const store = new FallbackCounterStore(shared, { clock: { nowMs: () => nowMs }, log });
    const windowStartMs = Math.floor(nowMs / 3_600_000) * 3_600_000;
    const increment = { key: 'k', by: 1, windowStartMs, windowEndMs: windowStartMs + 3_600_000 };
    let seq = 0;
    const add = async () => (await store.add({ publisher: 'p', seq: ++seq, part: 0 }, [increment])).counts[0];

    expect([await add(), await add()]).toEqual([1, 2]);
    link.cut();
    expect([await add(), await add(), await add()]).toEqual([3, 4, 5]);
    expect(store.stats()).toEqual({ away: true, parkedParts: 3, droppedParts: 0 });
    link.mend();
    nowMs += 1_000;
    expect(await shared.ready(5_000)).toBe(true);
    expect(await add()).toBe(6);
    expect(store.stats()).toEqual({ away: false, parkedParts: 0, droppedParts: 0 });

    link.cut();
    expect(await add()).toBe(7);
    link.mend();
    const isBack = () => expect(store.stats()).toEqual({ away: false, parkedParts: 0, droppedParts: 0 });
    await vi.waitFor(isBack, { timeout: 10_000 }); // although nothing more is counted
    const other = await open(2, url);
    expect(await other.add({ publisher: 'q', seq: 1, part: 0 }, [increment])).toEqual({
      counts: [8],
      duplicate: false,
    });
    await store.close();
    await link.close();
  });
});

async function hangingServer(): Promise<{ url: string; close(): Promise<void> }> {
  return listen(() => undefined);
}

async function cuttableLink(target: URL) {
  let open = true;
  const sockets = new Set<Socket>();
  const { connect } = await import('node:net');
  const server = await listen((socket) => {
    if (!open) return void socket.destroy();
    const upstream = connect(Number(target.port), target.hostname);
    for (const end of [socket, upstream]) {
      sockets.add(end);
      end.on('error', () => end.destroy());
    }
    socket.pipe(upstream).pipe(socket);
  });
  return {
    ...server,
    cut: () => {
      open = false;
      for (const socket of sockets) socket.destroy();
    },
    mend: () => (open = true),
  };
}

async function listen(onConnection: (socket: Socket) => void): Promise<{ url: string; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const close = () =>
    new Promise<void>((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    });
  return { url: `redis://127.0.0.1:${port}`, close };
}
