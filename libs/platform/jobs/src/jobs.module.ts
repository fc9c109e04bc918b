import {
  Global,
  Inject,
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { safeMessage, tollgateClock, type Clock, type Logger } from '@tollgate/base';
import { Database } from '@tollgate/database';
import { createCounter, createGauge, createHistogram } from '@tollgate/observability';
import { BullmqJobQueue } from './bullmq-job-queue.js';
import { DatabaseJobQueue } from './database-job-queue.js';
import { JobQueue, type JobObserver } from './job-queue.js';

/** The part of the configuration that jobs read. */
export interface JobsConfig {
  readonly tollgate: {
    /** `redis_url` chooses BullMQ; without it jobs run from the database. */
    readonly jobs: { readonly redis_url?: string | undefined };
    readonly shutdown: { readonly timeout_ms: number };
  };
}

const drainMs = Symbol('tollgate.jobs.drain_ms');

/** Gives every module the `JobQueue`. Handlers are registered in `onModuleInit`; running begins after all of them. */
@Global()
@Module({})
export class JobsModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly queue: JobQueue,
    @Inject(drainMs) private readonly drain: number,
  ) {}

  static forRoot(config: JobsConfig, log: Logger): DynamicModule {
    const queue = {
      provide: JobQueue,
      useFactory: (db: Database, clock: Clock): JobQueue => withGauge(openQueue(config, db, clock, log), log),
      inject: [Database, tollgateClock],
    };
    // Half of the time that the process has: requests and flushes need the rest.
    const drain = { provide: drainMs, useValue: config.tollgate.shutdown.timeout_ms / 2 };
    return { module: JobsModule, providers: [queue, drain], exports: [JobQueue] };
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.queue.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.queue.stop(this.drain);
  }
}

function openQueue(config: JobsConfig, db: Database, clock: Clock, log: Logger): JobQueue {
  const options = { clock, log, observe: observer() };
  const redisUrl = config.tollgate.jobs.redis_url;
  return redisUrl === undefined ? new DatabaseJobQueue(db, options) : new BullmqJobQueue(db, { ...options, redisUrl });
}

function observer(): JobObserver {
  const runs = createCounter('tollgate_job_runs_total', 'Runs of background jobs by how they ended.', [
    'kind',
    'outcome',
  ]);
  const seconds = createHistogram('tollgate_job_run_seconds', 'Duration of a run of a background job.', ['kind']);
  return (kind, outcome, durationMs) => {
    runs.inc({ kind, outcome });
    seconds.observe({ kind }, durationMs / 1_000);
  };
}

/** Asked when the metrics are read, so that jobs which other processes added count too. */
function withGauge(queue: JobQueue, log: Logger): JobQueue {
  const help = 'Background jobs by state; failed ones are kept until somebody looked at them.';
  createGauge('tollgate_jobs', help, ['state'], async (gauge) => {
    try {
      for (const [state, count] of Object.entries(await queue.counts())) gauge.set({ state }, count);
    } catch (error) {
      // The other metrics are what an operator needs when the database is away.
      log.warn({ event: 'jobs.count_failed', reason: safeMessage(error) }, 'Jobs cannot be counted');
    }
  });
  return queue;
}
