import { safeMessage, StartupError, type Logger } from '@tollgate/base';
import { Queue, type JobsOptions } from 'bullmq';
import { Redis } from 'ioredis';
import type { Job } from './job.entity.js';

/** The same job moved to Redis twice within this time is known there and not run again. */
const rememberDoneSeconds = 3_600;
/** Type of backoff that workers compute themselves (`backoff.ts`). */
export const ownBackoff = 'tollgate';

/** What is asked of jobs that are made here, one-off and recurring. */
export const commonJobOptions = {
  backoff: { type: ownBackoff },
  removeOnComplete: { age: rememberDoneSeconds },
  removeOnFail: false, // kept with their error until somebody looked at them
} satisfies JobsOptions;

/** One BullMQ queue a kind, made when it is first needed, so that a process takes only kinds that it can run. */
export class BullmqQueues {
  private readonly queues = new Map<string, Queue>();
  /** Fails a command after one reconnection: what was not taken over stays in the table and is tried again. */
  readonly connection: Redis;

  constructor(
    redisUrl: string,
    private readonly prefix: string,
    private readonly log: Logger,
  ) {
    this.connection = new Redis(redisUrl, {
      maxRetriesPerRequest: 1,
      connectTimeout: 3_000,
      retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
    });
    this.connection.on('error', (error) =>
      log.warn(
        { event: 'jobs.redis_error', reason: safeMessage(error) },
        'Redis does not answer; jobs wait in the database',
      ),
    );
  }

  /** @throws StartupError with the cure */
  async checkReachable(): Promise<void> {
    try {
      await this.connection.ping();
    } catch (error) {
      const { host, port } = this.connection.options;
      throw new StartupError([
        `Cannot reach the Redis of the job queues at ${host}:${port}: ${safeMessage(error)}. Check that it runs and that [tollgate.jobs] redis_url is its address, or leave redis_url out to keep jobs in the database.`,
      ]);
    }
  }

  get(kind: string): Queue {
    const known = this.queues.get(kind);
    if (known) return known;
    const queue = new Queue(kind, { connection: this.connection, prefix: this.prefix, skipWaitingForReady: true });
    queue.on('error', (error) =>
      this.log.warn({ event: 'jobs.queue_error', kind, reason: safeMessage(error) }, 'A job queue reports an error'),
    );
    this.queues.set(kind, queue);
    return queue;
  }

  /** Every kind that this process has put jobs into or runs. */
  all(): Queue[] {
    return [...this.queues.values()];
  }

  /** Adding a job that is already there changes nothing. */
  async takeOver(rows: readonly Job[], nowMs: number): Promise<void> {
    for (const row of rows) {
      const options: JobsOptions = {
        ...commonJobOptions,
        jobId: row.id,
        attempts: row.maxAttempts,
        delay: Math.max(0, row.runAt - nowMs),
        ...(row.key === null ? {} : { deduplication: { id: row.key } }),
      };
      await this.get(row.kind).add(row.kind, row.payload, options);
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.all().map((queue) => queue.close()));
    this.connection.disconnect();
  }
}
