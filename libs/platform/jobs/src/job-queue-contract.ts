import type { Database } from '@tollgate/database';
import { systemContext } from '@tollgate/database';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { JobRefusedError, type JobQueue, type JobRun } from './job-queue.js';

/** What an adapter gives the suite. */
export interface JobQueueRig {
  readonly db: Database;
  /** A queue as another process on the same database would have it; not started. */
  process(): JobQueue;
  /** Takes one waiting job of the kind as a process that is killed at once. */
  takeAndDie(kind: string): Promise<void>;
  close(): Promise<void>;
}

/** Settings that the suite's processes run with. */
export const contractSettings = { pollMs: 20, lockMs: 600, concurrency: 4, backoff: { firstMs: 20, maxMs: 80 } };

const within = { timeout: 10_000, interval: 10 };
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The behaviour that every JobQueue keeps, wherever the jobs are. */
export function keepsTheJobQueueContract(name: string, open: () => Promise<JobQueueRig>): void {
  describe(`${name} keeps the job queue contract`, () => {
    let rig: JobQueueRig;
    let queue: JobQueue;
    let started: JobQueue[];
    beforeEach(async () => {
      rig = await open();
      started = [];
      queue = rig.process();
    });
    afterEach(async () => {
      await Promise.all(started.map((one) => one.stop(2_000)));
      await rig.close();
    });
    const start = async (...queues: JobQueue[]): Promise<void> => {
      started.push(...queues);
      await Promise.all(queues.map((one) => one.start()));
    };
    const settled = async (state: 'waiting' | 'failed', count: number): Promise<void> => {
      await vi.waitFor(async () => expect((await queue.counts())[state]).toBe(count), within);
    };

    it('runs a job once, with an equal payload, and forgets it', async () => {
      const seen: unknown[] = [];
      queue.register('spec.echo', async (payload, run) => void seen.push([payload, run.kind, run.attempt]));
      await start(queue);
      await queue.enqueue(null, { kind: 'spec.echo', payload: { text: 'ü', list: [1, null] } });
      await vi.waitFor(() => expect(seen).toHaveLength(1), within);
      await pause(100);
      expect(seen).toEqual([[{ text: 'ü', list: [1, null] }, 'spec.echo', 1]]);
      expect(await queue.counts()).toEqual({ waiting: 0, running: 0, failed: 0 });
    });

    it('has the job exactly when the transaction commits', async () => {
      const seen: unknown[] = [];
      queue.register('spec.tx', async (payload) => void seen.push(payload));
      await start(queue);
      const ctx = systemContext('carbon.super');
      const failing = rig.db.transaction(ctx, async (tx) => {
        await queue.enqueue(tx, { kind: 'spec.tx', payload: 'rolled back' });
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      await rig.db.transaction(ctx, async (tx) => {
        await queue.enqueue(tx, { kind: 'spec.tx', payload: 'committed' });
        await pause(60);
        expect(seen).toEqual([]);
      });
      await vi.waitFor(() => expect(seen).toEqual(['committed']), within);
      await pause(100);
      expect(seen).toEqual(['committed']);
    });

    it('shares 120 jobs between two processes, each run once', async () => {
      const other = rig.process();
      const runs: number[] = [];
      const handler = async (payload: unknown): Promise<void> => {
        runs.push(payload as number);
        await pause(2);
      };
      queue.register('spec.share', handler);
      other.register('spec.share', handler);
      await rig.db.transaction(systemContext('carbon.super'), async (tx) => {
        for (let n = 0; n < 120; n++) await queue.enqueue(tx, { kind: 'spec.share', payload: n });
      });
      await start(queue, other);
      await vi.waitFor(() => expect(runs.length).toBeGreaterThanOrEqual(120), within);
      await pause(100);
      expect(runs.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 120 }, (_, n) => n));
    });

    it('tries a failing job again, each time later, until it succeeds', async () => {
      const attempts: number[] = [];
      const times: number[] = [];
      queue.register('spec.flaky', async (_, run) => {
        attempts.push(run.attempt);
        times.push(performance.now());
        if (run.attempt < 3) throw new Error('not yet');
      });
      await start(queue);
      await queue.enqueue(null, { kind: 'spec.flaky', payload: null });
      await vi.waitFor(() => expect(attempts).toEqual([1, 2, 3]), within);
      await settled('waiting', 0);
      expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(18);
      expect((times[2] ?? 0) - (times[1] ?? 0)).toBeGreaterThanOrEqual(36);
      expect((await queue.counts()).failed).toBe(0);
    });

    it('keeps a job that failed for good, with its error', async () => {
      let runs = 0;
      queue.register('spec.broken', async () => {
        runs++;
        throw new Error('mysql://app:geheim@db went away');
      });
      await start(queue);
      await queue.enqueue(null, { kind: 'spec.broken', payload: 1, maxAttempts: 2 });
      await settled('failed', 1);
      expect(runs).toBe(2);
      const [failed] = await queue.failed(10);
      expect(failed).toMatchObject({ kind: 'spec.broken', attempts: 2, lastError: 'mysql://app:***@db went away' });
    });

    it('does not try a refused job again', async () => {
      let runs = 0;
      queue.register('spec.refused', async () => {
        runs++;
        throw new JobRefusedError('never');
      });
      await start(queue);
      await queue.enqueue(null, { kind: 'spec.refused', payload: 1 });
      await settled('failed', 1);
      await pause(150);
      expect(runs).toBe(1);
    });

    it('adds a keyed job once while it waits, and again once it runs', async () => {
      const seen: unknown[] = [];
      let release = (): void => undefined;
      const gate = new Promise<void>((resolve) => (release = resolve));
      queue.register('spec.key', async (payload) => {
        seen.push(payload);
        if (payload === 'a') await gate;
      });
      for (const payload of ['a', 'b']) await queue.enqueue(null, { kind: 'spec.key', payload, key: 'one' });
      await start(queue);
      await vi.waitFor(() => expect(seen).toEqual(['a']), within);
      await queue.enqueue(null, { kind: 'spec.key', payload: 'c', key: 'one' });
      await vi.waitFor(() => expect(seen).toEqual(['a', 'c']), within);
      release();
      await pause(100);
      expect(seen).toEqual(['a', 'c']);
    });

    it('waits for the time of a job', async () => {
      const askedAt = Date.now();
      const ranAt: number[] = [];
      queue.register('spec.later', async () => void ranAt.push(Date.now()));
      await start(queue);
      await queue.enqueue(null, { kind: 'spec.later', payload: 1, runAtMs: askedAt + 300 });
      await vi.waitFor(() => expect(ranAt).toHaveLength(1), within);
      expect((ranAt[0] ?? 0) - askedAt).toBeGreaterThanOrEqual(299);
    });

    it('leaves kinds without a handler to a process that has one', async () => {
      const other = rig.process();
      const seen: unknown[] = [];
      other.register('spec.theirs', async (payload) => void seen.push(payload));
      await start(queue);
      await queue.enqueue(null, { kind: 'spec.theirs', payload: 7 });
      await pause(80);
      expect((await queue.counts()).waiting).toBe(1);
      await start(other);
      await vi.waitFor(() => expect(seen).toEqual([7]), within);
    });

    it('repeats a recurring job, never twice at a time in two processes, also after it failed', async () => {
      const other = rig.process();
      let running = 0;
      let most = 0;
      let runs = 0;
      for (const one of [queue, other]) {
        one.register('spec.tick', async () => {
          most = Math.max(most, ++running);
          await pause(50); // longer than the interval
          running--;
          if (++runs === 1) throw new Error('first');
        });
        one.every('spec.tick', 25);
      }
      await start(queue, other);
      await vi.waitFor(() => expect(runs).toBeGreaterThanOrEqual(4), within);
      expect(most).toBe(1);
    });

    it('takes over the job of a killed process when its lock ended, and not before', async () => {
      const runs: JobRun[] = [];
      await queue.enqueue(null, { kind: 'spec.orphan', payload: 1 });
      const takenAt = performance.now();
      await rig.takeAndDie('spec.orphan');
      const other = rig.process();
      other.register('spec.orphan', async (_, run) => void runs.push(run));
      await start(other);
      await vi.waitFor(() => expect(runs).toHaveLength(1), within);
      expect(performance.now() - takenAt).toBeGreaterThanOrEqual(contractSettings.lockMs * 0.9);
      await settled('waiting', 0);
    });

    it('keeps its lock for as long as a job runs', async () => {
      const other = rig.process();
      let runs = 0;
      for (const one of [queue, other])
        one.register('spec.long', async () => {
          runs++;
          await pause(contractSettings.lockMs * 3);
        });
      await start(queue, other);
      await queue.enqueue(null, { kind: 'spec.long', payload: 1 });
      await pause(contractSettings.lockMs * 3.3);
      await settled('waiting', 0);
      expect(runs).toBe(1);
    });

    it('finishes what runs when it stops, and leaves the rest to others', async () => {
      const done: number[] = [];
      const other = rig.process();
      const handler = async (payload: unknown): Promise<void> => {
        await pause(150);
        done.push(payload as number);
      };
      queue.register('spec.drain', handler);
      other.register('spec.drain', handler);
      for (let n = 0; n < 6; n++) await queue.enqueue(null, { kind: 'spec.drain', payload: n });
      await start(queue);
      await vi.waitFor(async () => expect((await queue.counts()).running).toBe(4), within);
      await queue.stop(2_000);
      started = started.filter((one) => one !== queue);
      expect(done).toHaveLength(4);
      await pause(50);
      expect(done).toHaveLength(4);
      await start(other);
      await vi.waitFor(() => expect(done.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]), within);
    });

    it('refuses a malformed kind and a second handler', async () => {
      await expect(queue.enqueue(null, { kind: 'Bad Kind', payload: 1 })).rejects.toThrow('lower-case words');
      queue.register('spec.once', async () => undefined);
      expect(() => queue.register('spec.once', async () => undefined)).toThrow('already has a handler');
    });
  });
}
