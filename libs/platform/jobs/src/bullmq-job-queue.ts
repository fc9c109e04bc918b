import { safeMessage, type Clock, type Logger } from '@tollgate/base';
import { Database, systemContext, type Transaction } from '@tollgate/database';
import { UnrecoverableError, Worker, type Job as RedisJob } from 'bullmq';
import { Redis } from 'ioredis';
import { IsNull } from 'typeorm';
import { backoffMs, defaultBackoff, type Backoff } from './backoff.js';
import { BullmqQueues, commonJobOptions } from './bullmq-queues.js';
import { afterAbortMs, endsWithin } from './ends-within.js';
import { moveJobs } from './job-outbox.js';
import {
  checkKind,
  JobQueue,
  JobRefusedError,
  type FailedJob,
  type JobCounts,
  type JobHandler,
  type JobObserver,
  type JobRequest,
} from './job-queue.js';
import { insertJob } from './job-writer.js';
import { Job } from './job.entity.js';
import { Pump } from './pump.js';

export interface BullmqJobQueueOptions {
  readonly redisUrl: string;
  /** Begins every key; the braces keep a queue's keys on one node of a Redis Cluster. */
  readonly prefix?: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** How often committed jobs are looked for that another process left behind; own ones are moved at once. */
  readonly pollMs?: number;
  readonly lockMs?: number;
  /** Jobs of one kind at a time in this process. */
  readonly concurrency?: number;
  readonly backoff?: Backoff;
  readonly observe?: JobObserver;
}

/** Jobs are shared by all processes through Redis. The table is their outbox: what was committed reaches Redis. */
export class BullmqJobQueue extends JobQueue {
  private readonly handlers = new Map<string, JobHandler>();
  private readonly recurring = new Map<string, number>();
  private readonly queues: BullmqQueues;
  private readonly workers: Worker[] = [];
  private readonly workerConnections: Redis[] = [];
  private readonly stopping = new AbortController();
  private readonly pump: Pump;
  private readonly prefix: string;

  constructor(
    private readonly db: Database,
    private readonly options: BullmqJobQueueOptions,
  ) {
    super();
    this.prefix = options.prefix ?? '{tollgate-jobs}';
    this.queues = new BullmqQueues(options.redisUrl, this.prefix, options.log);
    this.pump = new Pump(() => this.move(), {
      intervalMs: options.pollMs ?? 1_000,
      log: options.log,
      event: 'jobs.move_failed',
    });
  }

  override register(kind: string, handler: JobHandler): void {
    checkKind(kind);
    if (this.handlers.has(kind)) throw new Error(`Job kind "${kind}" already has a handler`);
    this.handlers.set(kind, handler);
  }

  override every(kind: string, intervalMs: number): void {
    checkKind(kind);
    this.recurring.set(kind, intervalMs);
  }

  override async enqueue(tx: Transaction | null, request: JobRequest): Promise<void> {
    const write = async (into: Transaction): Promise<void> => {
      await insertJob(into.manager, request, this.options.clock.nowMs());
      into.afterCommit(() => this.pump.wake());
    };
    await (tx ? write(tx) : this.db.transaction(systemContext('', 'jobs'), write));
  }

  /** @throws StartupError when Redis does not answer; later it may come and go */
  override async start(): Promise<void> {
    await this.queues.checkReachable();
    for (const [kind, every] of this.recurring) {
      const queue = this.queues.get(kind);
      await queue.setGlobalConcurrency(1); // a run that is longer than its interval is not overtaken
      await queue.upsertJobScheduler(
        'recurring',
        { every },
        { name: kind, data: 'null', opts: { ...commonJobOptions, attempts: 1 } },
      );
    }
    for (const [kind, handler] of this.handlers) this.workers.push(this.work(kind, handler));
    this.pump.start();
  }

  private async move(): Promise<void> {
    const more = await moveJobs(this.db, (rows) => this.queues.takeOver(rows, this.options.clock.nowMs()));
    if (more) this.pump.wake();
  }

  private work(kind: string, handler: JobHandler): Worker {
    const { log } = this.options;
    const connection = new Redis(this.options.redisUrl, { maxRetriesPerRequest: null });
    connection.on('error', (error) =>
      log.warn({ event: 'jobs.redis_error', kind, reason: safeMessage(error) }, 'Redis does not answer; jobs wait'),
    );
    this.workerConnections.push(connection);
    const lockDuration = this.options.lockMs ?? 30_000;
    const worker = new Worker(kind, (job) => this.run(kind, handler, job), {
      connection,
      prefix: this.prefix,
      concurrency: this.options.concurrency ?? 4,
      lockDuration,
      stalledInterval: lockDuration,
      maxStalledCount: 3,
      settings: { backoffStrategy: (attempt) => backoffMs(attempt, this.options.backoff ?? defaultBackoff) },
    });
    worker.on('error', (error) =>
      log.warn({ event: 'jobs.worker_error', kind, reason: safeMessage(error) }, 'A job worker reports an error'),
    );
    return worker;
  }

  private async run(kind: string, handler: JobHandler, job: RedisJob): Promise<void> {
    const startedMs = performance.now();
    const attempt = job.attemptsMade + 1;
    // Its key is free from here on: whoever asks now may mean a state that this run no longer sees.
    if (job.deduplicationId) await job.removeDeduplicationKey();
    try {
      await handler(JSON.parse(job.data as string), { id: job.id ?? '', kind, attempt, signal: this.stopping.signal });
      this.options.observe?.(kind, 'done', performance.now() - startedMs);
    } catch (error) {
      const final = error instanceof JobRefusedError || attempt >= (job.opts.attempts ?? 1);
      this.report(job, kind, attempt, error, final);
      this.options.observe?.(kind, final ? 'failed' : 'retried', performance.now() - startedMs);
      const reason = safeMessage(error).slice(0, 2_000);
      throw error instanceof JobRefusedError ? new UnrecoverableError(reason) : new Error(reason, { cause: error });
    }
  }

  private report(job: RedisJob, kind: string, attempt: number, error: unknown, final: boolean): void {
    const fields = {
      event: final ? 'job.failed' : 'job.retried',
      jobId: job.id,
      kind,
      attempt,
      reason: safeMessage(error),
    };
    this.options.log[final ? 'error' : 'warn'](
      fields,
      final ? 'A job failed for good' : 'A job failed and is tried again',
    );
  }

  override async counts(): Promise<JobCounts> {
    const counts = await Promise.all(
      this.kinds().map((kind) =>
        this.queues.get(kind).getJobCounts('wait', 'delayed', 'prioritized', 'active', 'failed'),
      ),
    );
    const sum = (state: string): number => counts.reduce((total, count) => total + (count[state] ?? 0), 0);
    const inTable = await this.db.manager.countBy(Job, { failedAt: IsNull(), intervalMs: IsNull() });
    return {
      waiting: sum('wait') + sum('delayed') + sum('prioritized') + inTable,
      running: sum('active'),
      failed: sum('failed'),
    };
  }

  override async failed(limit: number): Promise<FailedJob[]> {
    const found = await Promise.all(this.kinds().map((kind) => this.queues.get(kind).getFailed(0, limit - 1)));
    return found
      .flat()
      .map((job) => ({
        id: job.id ?? '',
        kind: job.name,
        attempts: job.attemptsMade,
        lastError: job.failedReason ?? '',
        failedAtMs: job.finishedOn ?? 0,
      }))
      .sort((a, b) => b.failedAtMs - a.failedAtMs)
      .slice(0, limit);
  }

  private kinds(): string[] {
    return [...new Set([...this.handlers.keys(), ...this.queues.all().map((queue) => queue.name)])];
  }

  override async stop(drainMs: number): Promise<void> {
    await this.pump.stop();
    const closed = Promise.allSettled(this.workers.map((worker) => worker.close()));
    if (!(await endsWithin(closed, drainMs))) {
      this.stopping.abort(new Error('The process stops'));
      await endsWithin(closed, afterAbortMs); // one that still goes on is found stalled and run by another process
    }
    for (const connection of this.workerConnections) connection.disconnect();
    await endsWithin(this.queues.close(), afterAbortMs);
  }
}
