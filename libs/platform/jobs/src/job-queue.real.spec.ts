import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { StartupError, systemClock } from '@tollgate/base';
import { freshMysqlDatabase, redisUrl } from '@tollgate/testing';
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { describe, expect, it, vi } from 'vitest';
import { BullmqJobQueue } from './bullmq-job-queue.js';
import { contractSettings, keepsTheJobQueueContract, type JobQueueRig } from './job-queue-contract.js';
import { databaseRig, openJobDatabase, quiet } from './job-queue-rig.js';

async function mariadbRig(): Promise<JobQueueRig> {
  const fresh = await freshMysqlDatabase();
  return databaseRig({ type: 'mariadb', url: fresh.url, poolSize: 6 }, () => fresh.drop());
}

async function deleteKeys(prefix: string): Promise<void> {
  const redis = new Redis(redisUrl());
  const keys = await redis.keys(`${prefix}*`);
  if (keys.length > 0) await redis.del(keys);
  redis.disconnect();
}

async function redisRig(): Promise<JobQueueRig> {
  const db = await openJobDatabase({ type: 'sqlite', file: ':memory:' });
  const prefix = `{spec-${randomUUID()}}`;
  const url = redisUrl();
  const made: BullmqJobQueue[] = [];
  const process = (): BullmqJobQueue => {
    const queue = new BullmqJobQueue(db, {
      ...contractSettings,
      redisUrl: url,
      prefix,
      clock: systemClock,
      log: quiet,
    });
    made.push(queue);
    return queue;
  };
  return {
    db,
    process,
    async takeAndDie(kind) {
      const mover = process();
      await mover.start(); // without a handler it only moves jobs to Redis
      const connection = new Redis(url, { maxRetriesPerRequest: null });
      const worker = new Worker(kind, undefined, {
        connection,
        prefix,
        autorun: false,
        skipLockRenewal: true,
        lockDuration: contractSettings.lockMs,
      });
      await vi.waitFor(async () => expect(await worker.getNextJob('dead', { block: false })).toBeTruthy());
      await worker.close(true);
      connection.disconnect();
    },
    async close() {
      await Promise.all(made.map((queue) => queue.stop(1_000)));
      await db.dataSource.destroy();
      await deleteKeys(prefix);
    },
  };
}

keepsTheJobQueueContract('the database adapter on MariaDB', mariadbRig);
keepsTheJobQueueContract('the BullMQ adapter on Redis', redisRig);

/** A way to Redis that can be cut. */
async function cuttablePath(target: URL): Promise<{ url: string; cut(on: boolean): void; close(): void }> {
  const open = new Set<Socket>();
  let refusing = false;
  const server = createServer((near) => {
    if (refusing) return void near.destroy();
    const far = connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => socket.destroy()); // a reset is what this path is for
      socket.on('close', () => open.delete(socket));
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const destroy = (): void => open.forEach((socket) => socket.destroy());
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut(on) {
      refusing = on;
      if (on) destroy();
    },
    close() {
      destroy();
      server.close();
    },
  };
}

describe('the BullMQ adapter without Redis', () => {
  const base = { ...contractSettings, clock: systemClock, log: quiet };

  it('does not start, says what to do, and stops in time', async () => {
    const db = await openJobDatabase({ type: 'sqlite', file: ':memory:' });
    const away = new BullmqJobQueue(db, { ...base, redisUrl: 'redis://:geheim@127.0.0.1:1' });
    const failure = await away.start().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StartupError);
    expect((failure as StartupError).problems[0]).toMatch(
      /^Cannot reach the Redis of the job queues at 127.0.0.1:1: .*redis_url/,
    );
    expect((failure as StartupError).message).not.toContain('geheim');
    const startedMs = performance.now();
    await away.stop(500);
    expect(performance.now() - startedMs).toBeLessThan(3_000);
    await db.dataSource.destroy();
  });

  it('goes on by itself when Redis comes back, and has lost nothing that was committed meanwhile', async () => {
    const db = await openJobDatabase({ type: 'sqlite', file: ':memory:' });
    const prefix = `{spec-${randomUUID()}}`;
    const path = await cuttablePath(new URL(redisUrl()));
    const queue = new BullmqJobQueue(db, { ...base, redisUrl: path.url, prefix });
    const seen: unknown[] = [];
    queue.register('spec.kept', async (payload) => void seen.push(payload));
    await queue.start();
    path.cut(true);
    await queue.enqueue(null, { kind: 'spec.kept', payload: 'meanwhile' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(seen).toEqual([]);
    path.cut(false);
    await vi.waitFor(() => expect(seen).toEqual(['meanwhile']), { timeout: 15_000 });
    await queue.stop(1_000);
    path.close();
    await db.dataSource.destroy();
    await deleteKeys(prefix);
  });
});
