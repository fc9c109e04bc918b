import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@tollgate/base';
import { FallbackCounterStore, MemoryCounterStore, type CounterStore } from '@tollgate/throttling/counters';
import type { ReceivedBatch } from '@tollgate/throttling/traffic-manager';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ParkedBatches } from './parked-batches.js';

const log = createLogger({ level: 'silent', node: 'spec' });
let dir: string;
let isAway = false;
let shared: MemoryCounterStore;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tollgate-parked-'));
  isAway = false;
  shared = new MemoryCounterStore();
});
afterEach(() => rmSync(dir, { recursive: true }));

const increment = { key: 'k', by: 1, windowStartMs: 0, windowEndMs: 9e15 };
const batch = (seq: number): ReceivedBatch => ({ publisher: 'g', seq, data: { events: [], handedOn: false } });
const files = (): number => {
  try {
    return readdirSync(join(dir, 'parked')).length;
  } catch {
    return 0;
  }
};

/** A manager over a store that others share and that outlives it. */
function manager(generation?: number) {
  let nowMs = 1_000;
  const link: CounterStore = {
    add: (part, increments) => (isAway ? Promise.reject(new Error('away')) : shared.add(part, increments)),
    sweep: () => undefined,
    close: () => Promise.resolve(),
  };
  const store = new FallbackCounterStore(link, { clock: { nowMs: () => (nowMs += 1_000) }, log });
  const parked = new ParkedBatches(dir, { store, log, ...(generation === undefined ? {} : { generation }) });
  const count = async ({ publisher, seq }: ReceivedBatch): Promise<void> => {
    await store.add({ publisher, seq, part: 0 }, [increment]);
  };
  const take = async (seq: number): Promise<void> => {
    await count(batch(seq));
    await parked.keep(batch(seq));
  };
  return { store, parked, count, take };
}
const countedIn = async (): Promise<number | undefined> =>
  (await shared.add({ publisher: 'asks', seq: Math.random(), part: 0 }, [{ ...increment, by: 0 }])).counts[0];

it('a kill while the store is away loses nothing: the next process hands it in, each batch once', async () => {
  const first = manager();
  await first.take(1);
  isAway = true;
  for (const seq of [2, 3, 4]) await first.take(seq);
  const second = manager(); // the first one is killed; the store is still away
  await second.parked.replay(second.count);
  await second.take(4); // the broker had not heard of it
  await second.take(5);
  expect(await countedIn()).toBe(1);
  isAway = false;
  await second.take(6);
  expect(await countedIn()).toBe(6);
  await second.parked.tidy();
  expect(files()).toBe(0);
});

it('writes nothing while the store is there, and keeps what waits until it has arrived', async () => {
  const { take, parked } = manager();
  await take(1);
  await parked.tidy();
  expect(files()).toBe(0);
  isAway = true;
  await take(2);
  await parked.tidy();
  expect(files()).toBe(1);
  isAway = false;
  await take(3);
  await parked.tidy();
  expect(files()).toBe(0);
});

it('holds no more on disk than two generations', async () => {
  isAway = true;
  const { take, parked } = manager(10);
  for (let seq = 1; seq <= 95; seq++) await take(seq);
  expect(files()).toBeLessThanOrEqual(3);
  await parked.close();
  const found: number[] = [];
  await manager().parked.replay(async ({ seq }) => void found.push(seq));
  expect(found.at(-1)).toBe(95);
  expect(found.length).toBeGreaterThanOrEqual(10);
  expect(found.length).toBeLessThanOrEqual(30);
});
