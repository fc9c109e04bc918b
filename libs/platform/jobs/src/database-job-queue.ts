import { safeMessage, type Clock, type Logger } from '@tollgate/base';
import { Database, systemContext, type Transaction } from '@tollgate/database';
import { IsNull, MoreThanOrEqual, Not } from 'typeorm';
import { defaultBackoff, type Backoff } from './backoff.js';
import { failedJobs } from './failed-jobs.js';
import { JobClaims, type Claim } from './job-claims.js';
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
import { insertJob, insertRecurring } from './job-writer.js';
import { afterAbortMs, endsWithin } from './ends-within.js';
import { Job } from './job.entity.js';
import { Pump } from './pump.js';

export interface DatabaseJobQueueOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** How often the table is looked at; jobs of this process are seen at once. */
  readonly pollMs?: number;
  /** How long a worker that died keeps its job from the others. Clocks of the processes must agree better than this. */
  readonly lockMs?: number;
  /** Jobs at a time in this process. */
  readonly concurrency?: number;
  readonly backoff?: Backoff;
  readonly observe?: JobObserver;
}

/** Jobs run in this process and are kept in the database; several processes on one database share the work. */
export class DatabaseJobQueue extends JobQueue {
  private readonly handlers = new Map<string, JobHandler>();
  private readonly recurring = new Map<string, number>();
  private readonly running = new Map<Promise<void>, AbortController>();
  private readonly claims: JobClaims;
  private readonly pump: Pump;
  private readonly lockMs: number;
  private readonly concurrency: number;

  constructor(
    private readonly db: Database,
    private readonly options: DatabaseJobQueueOptions,
  ) {
    super();
    this.lockMs = options.lockMs ?? 30_000;
    this.concurrency = options.concurrency ?? 4;
    this.claims = new JobClaims(db, this.lockMs, options.backoff ?? defaultBackoff);
    this.pump = new Pump(() => this.takeDue(), {
      intervalMs: options.pollMs ?? 1_000,
      log: options.log,
      event: 'jobs.claim_failed',
    });
  }

  override register(kind: string, handler: JobHandler): void {
    checkKind(kind);
    if (this.handlers.has(kind)) throw new Error(`Job kind "${kind}" already has a handler`);
    this.handlers.set(kind, handler);
  }

  override every(kind: string, intervalMs: number): void {
    this.recurring.set(kind, intervalMs);
  }

  override async enqueue(tx: Transaction | null, request: JobRequest): Promise<void> {
    const write = async (into: Transaction): Promise<void> => {
      await insertJob(into.manager, request, this.options.clock.nowMs());
      into.afterCommit(() => this.pump.wake());
    };
    await (tx ? write(tx) : this.db.transaction(systemContext('', 'jobs'), write));
  }

  override async start(): Promise<void> {
    for (const [kind, intervalMs] of this.recurring)
      await insertRecurring(this.db.manager, kind, intervalMs, this.options.clock.nowMs());
    this.pump.start();
  }

  override async stop(drainMs: number): Promise<void> {
    await this.pump.stop();
    const ended = Promise.allSettled(this.running.keys());
    if (await endsWithin(ended, drainMs)) return;
    this.running.forEach((controller) => controller.abort(new Error('The process stops')));
    await endsWithin(ended, afterAbortMs); // one that still goes on keeps its lock until that ends
  }

  override async counts(): Promise<JobCounts> {
    const nowMs = this.options.clock.nowMs();
    const failed = await this.db.manager.countBy(Job, { failedAt: Not(IsNull()) });
    const running = await this.db.manager.countBy(Job, { failedAt: IsNull(), lockedUntil: MoreThanOrEqual(nowMs) });
    return { failed, running, waiting: (await this.db.manager.countBy(Job, { failedAt: IsNull() })) - running };
  }

  override failed(limit: number): Promise<FailedJob[]> {
    return failedJobs(this.db, limit);
  }

  private async takeDue(): Promise<void> {
    const room = this.concurrency - this.running.size;
    const claims = await this.claims.claim([...this.handlers.keys()], room, this.options.clock.nowMs());
    for (const claim of claims) this.launch(claim);
    if (claims.length === room && room > 0) this.pump.wake(); // there may be more; a full house is woken by the next end
  }

  private launch(claim: Claim): void {
    const controller = new AbortController();
    const run = this.run(claim, controller).finally(() => {
      this.running.delete(run);
      this.pump.wake();
    });
    this.running.set(run, controller);
  }

  /** Never rejects: the outcome is written to the row, or the row is taken over when its lock ends. */
  private async run(claim: Claim, controller: AbortController): Promise<void> {
    const { clock, log, observe } = this.options;
    const startedMs = performance.now();
    const renewal = setInterval(() => void this.renew(claim, controller), this.lockMs / 3);
    const error = await this.handle(claim, controller.signal);
    clearInterval(renewal);
    try {
      if (controller.signal.aborted && error) return void (await this.claims.giveBack(claim));
      const outcome = await this.conclude(claim, error, clock.nowMs());
      observe?.(claim.job.kind, outcome, performance.now() - startedMs);
    } catch (failure) {
      log.warn(
        { event: 'jobs.outcome_lost', jobId: claim.job.id, kind: claim.job.kind, reason: safeMessage(failure) },
        'The outcome of a job could not be kept; it runs again when its lock ends',
      );
    }
  }

  /** @returns what the handler threw */
  private async handle({ job }: Claim, signal: AbortSignal): Promise<Error | null> {
    const handler = this.handlers.get(job.kind);
    if (!handler) return new JobRefusedError(`No handler for "${job.kind}"`);
    // Begun more often than allowed: the processes that ran it died. One more try would perhaps end this one too.
    if (job.intervalMs === null && job.attempts > job.maxAttempts)
      return new JobRefusedError(job.lastError ?? 'Each process that ran it ended before it was done');
    try {
      await handler(JSON.parse(job.payload), { id: job.id, kind: job.kind, attempt: job.attempts, signal });
      return null;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  private async conclude(claim: Claim, error: Error | null, nowMs: number): Promise<'done' | 'retried' | 'failed'> {
    const { job } = claim;
    const { log } = this.options;
    if (!error) {
      if (!(await this.claims.done(claim, nowMs)))
        log.warn(
          { event: 'jobs.lock_lost', jobId: job.id, kind: job.kind },
          'A job took longer than its lock and may have run twice',
        );
      return 'done';
    }
    const reason = safeMessage(error).slice(0, 2_000);
    const final = job.intervalMs === null && (error instanceof JobRefusedError || job.attempts >= job.maxAttempts);
    await (final ? this.claims.giveUp(claim, reason, nowMs) : this.claims.retry(claim, reason, nowMs));
    log[final ? 'error' : 'warn'](
      { event: final ? 'job.failed' : 'job.retried', jobId: job.id, kind: job.kind, attempt: job.attempts, reason },
      final ? 'A job failed for good' : 'A job failed and is tried again',
    );
    return final ? 'failed' : 'retried';
  }

  private async renew(claim: Claim, controller: AbortController): Promise<void> {
    try {
      if (!(await this.claims.renew(claim, this.options.clock.nowMs())))
        controller.abort(new Error('The lock of the job was lost'));
    } catch (error) {
      this.options.log.warn(
        { event: 'jobs.renew_failed', jobId: claim.job.id, reason: safeMessage(error) },
        'The lock of a job could not be renewed',
      );
    }
  }
}
