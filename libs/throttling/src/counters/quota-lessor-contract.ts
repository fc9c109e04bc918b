import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DecisionTable, LeaseBook, LocalQuota, type LeaseRequest, type QuotaLessor } from '../domain/index.js';
import { counterGraceMs, type CounterStore } from './counter-store.js';

/** What every lessor does, whatever keeps its counters. Called by the specs of the adapters. */
export function keepsTheQuotaLessorContract(name: string, open: () => Promise<CounterStore & QuotaLessor>): void {
  describe(`${name} as a lessor of quotas`, () => {
    let store: CounterStore & QuotaLessor;
    let keys = 0;
    const windowStartMs = Math.floor(Date.now() / 3_600_000) * 3_600_000;
    const window = { windowStartMs, windowEndMs: windowStartMs + 3_600_000 };
    const freshKey = () => `key ${++keys} {of} "everything":%`;
    const ask = (key: string, more: Partial<LeaseRequest> = {}) =>
      store.lease({ holder: 'a', key, ...window, quota: 100, granted: 0, returned: 0, used: 0, want: 0, ...more });
    const add = async (key: string, by: number) =>
      (await store.add({ publisher: randomUUID(), seq: 1, part: 0 }, [{ key, ...window, by }])).counts[0];

    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store.close());

    it('counts permits in the counter of ordinary requests, when they are granted', async () => {
      const key = freshKey();
      expect(await add(key, 3)).toBe(3);
      expect(await ask(key, { want: 20 })).toEqual({ granted: 20, left: 77, outstanding: 0 });
      expect(await add(key, 2)).toBe(25);
    });

    it('grants much while much is left, one at a time near the limit, and never more than is left', async () => {
      const key = freshKey();
      const grants: number[] = [];
      let granted = 0;
      for (let last = -1; last !== 0; grants.push(last)) {
        const answer = await ask(key, { granted, want: 1_000 });
        last = answer.granted - granted;
        granted = answer.granted;
      }
      expect(grants).toEqual([50, 25, 12, 6, 3, 2, 1, 1, 0]);
      expect(await add(key, 0)).toBe(100);
    });

    it('shares what is left between the holders, also with an ordinary count that is over the quota', async () => {
      const key = freshKey();
      expect((await ask(key, { want: 1_000 })).granted).toBe(50);
      expect((await ask(key, { holder: 'b', want: 1_000 })).granted).toBe(12);
      await add(key, 60);
      expect(await ask(key, { holder: 'c', want: 1 })).toEqual({ granted: 0, left: 0, outstanding: 62 });
    });

    it('grants once what is asked for twice, and tells it again', async () => {
      const key = freshKey();
      expect((await ask(key, { want: 10 })).granted).toBe(10);
      expect((await ask(key, { want: 10 })).granted).toBe(10);
      expect(await add(key, 0)).toBe(10);
      expect((await ask(key, { granted: 10, want: 10 })).granted).toBe(20);
    });

    it('takes back what was not used, once, and tells others what may still come back', async () => {
      const key = freshKey();
      const quota = 10;
      await ask(key, { quota, want: 5 });
      await ask(key, { quota, granted: 5, want: 5 });
      await add(key, 3);
      expect(await ask(key, { quota, holder: 'b', want: 1 })).toEqual({ granted: 0, left: 0, outstanding: 7 });
      for (let twice = 0; twice < 2; twice++) {
        const told = await ask(key, { quota, granted: 7, used: 4, returned: 2 });
        expect(told).toEqual({ granted: 7, left: 2, outstanding: 0 });
      }
      expect(await add(key, 0)).toBe(8);
      expect(await ask(key, { quota, holder: 'b', want: 2 })).toEqual({ granted: 1, left: 1, outstanding: 1 });
    });

    it('is told again what it has forgotten', async () => {
      const key = freshKey();
      expect(await ask(key, { granted: 40, used: 30, returned: 2 })).toEqual({ granted: 40, left: 62, outstanding: 0 });
      expect(await ask(key, { holder: 'b' })).toEqual({ granted: 0, left: 62, outstanding: 8 });
    });

    it('grants nothing of a window that may be forgotten already', async () => {
      const windowEndMs = Date.now() - counterGraceMs - 1;
      const over = { windowStartMs: windowEndMs - 60_000, windowEndMs, granted: 4, want: 5 };
      store.sweep(Date.now());
      expect(await ask(freshKey(), over)).toEqual({ granted: 4, left: 0, outstanding: 0 });
    });

    it('grants exactly the quota to many that ask at the same time', async () => {
      const key = freshKey();
      const totals = Array.from({ length: 20 }, () => 0);
      for (let rounds = 0; rounds < 40; rounds++) {
        const asks = totals.map((granted, i) => ask(key, { holder: `h${i}`, granted, used: granted, want: 7 }));
        (await Promise.all(asks)).forEach(({ granted }, i) => (totals[i] = granted));
      }
      expect(totals.reduce((sum, each) => sum + each)).toBe(100);
    });

    it('lets three gateways with any demand admit exactly the quota, also when only one still has some', async () => {
      const key = freshKey();
      const nowMs = () => Date.now();
      const level = {
        key,
        leaseKey: key,
        quota: 100,
        unitTime: 1,
        timeUnit: 'hour',
        enforced: true,
        shared: true,
      } as const;
      const gateways = Array.from({ length: 3 }, () => {
        const book = new LeaseBook({ lessor: store, holder: randomUUID(), nowMs, answerWithinMs: 2_000 });
        return { book, quota: new LocalQuota(new DecisionTable(), { leases: book }) };
      });
      let admitted = 0;
      const request = async ({ quota }: (typeof gateways)[number]): Promise<void> => {
        const over = quota.admit([level], windowStartMs + 1);
        if (over === null) admitted++;
        if (over?.asked) await over.asked.then(() => request({ quota } as (typeof gateways)[number]));
      };
      const timer = setInterval(() => gateways.forEach(({ book }) => book.tick()), 20);
      await Promise.all(gateways.flatMap((gateway) => Array.from({ length: 25 }, () => request(gateway))));
      expect(admitted).toBe(75);
      await vi.waitFor(
        async () => {
          await request(gateways[0] as (typeof gateways)[number]);
          expect(admitted).toBe(100);
        },
        { timeout: 10_000, interval: 10 },
      );
      await Promise.all(gateways.flatMap((gateway) => Array.from({ length: 25 }, () => request(gateway))));
      clearInterval(timer);
      expect(admitted).toBe(100);
      expect(await add(key, 0)).toBe(100);
    });
  });
}
