import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CounterStore, Increment } from './counter-store.js';

/** What every counter store does, whatever keeps its counters. Called by the specs of the adapters. */
export function keepsTheCounterStoreContract(name: string, open: () => Promise<CounterStore>): void {
  describe(`${name} as a counter store`, () => {
    let store: CounterStore;
    let publisher: string;
    let seq = 0;
    const hour = Math.floor(Date.now() / 3_600_000) * 3_600_000;
    const one = (key: string, by = 1, windowStartMs = hour): Increment => ({
      key,
      by,
      windowStartMs,
      windowEndMs: windowStartMs + 3_600_000,
    });
    const add = (increments: Increment[]) => store.add({ publisher, seq: ++seq, part: 0 }, increments);
    const countOf = async (key: string) => (await add([one(key, 0)])).counts[0];

    beforeAll(async () => {
      store = await open();
      publisher = randomUUID();
    });
    afterAll(() => store.close());

    it('adds many counters at once and answers in their order', async () => {
      expect(await add([one('a', 3), one('b', 5)])).toEqual({ counts: [3, 5], duplicate: false });
      expect((await add([one('b'), one('a')])).counts).toEqual([6, 4]);
    });

    it('counts a part once, and other parts, numbers and publishers by themselves', async () => {
      const part = { publisher, seq: ++seq, part: 0 };
      expect(await store.add(part, [one('once', 7)])).toEqual({ counts: [7], duplicate: false });
      expect(await store.add(part, [one('once', 7)])).toEqual({ counts: [7], duplicate: true });
      expect((await store.add({ ...part, part: 1 }, [one('once', 1)])).counts).toEqual([8]);
      expect((await store.add({ ...part, publisher: 'other' + publisher }, [one('once', 1)])).counts).toEqual([9]);
      expect((await store.add({ ...part, seq: ++seq }, [one('once', 1)])).counts).toEqual([10]);
    });

    it('keeps windows of one key apart', async () => {
      await add([one('w', 4)]);
      expect((await add([one('w', 1, hour + 3_600_000)])).counts).toEqual([1]);
      expect(await countOf('w')).toBe(4);
    });

    it('takes any text as a key and keeps keys apart', async () => {
      const keys = ['x', 'x:y', '"},"payloadData":{', 'x}{y', 'line\nbreak', 'ä', '%3A'];
      for (const [i, key] of keys.entries()) await add([one(key, i + 1)]);
      for (const [i, key] of keys.entries()) expect(await countOf(key)).toBe(i + 1);
    });

    it('adds up what many hand in at the same time, each part twice', async () => {
      const parts = Array.from({ length: 200 }, () => ({ publisher, seq: ++seq, part: 0 }));
      await Promise.all([...parts, ...parts].map((part) => store.add(part, [one('busy', 2)])));
      expect(await countOf('busy')).toBe(400);
    });
  });
}
