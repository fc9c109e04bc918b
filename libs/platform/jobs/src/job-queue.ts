import type { Transaction } from '@tollgate/database';

/** Work to be done once, outside the request that asks for it. */
export interface JobRequest {
  /** Names the handler: lower-case words joined by dots, for example `mail.send`. */
  readonly kind: string;
  /** Any JSON value; the handler gets an equal one. */
  readonly payload: unknown;
  /** Milliseconds since the epoch before which it does not run; by default now. */
  readonly runAtMs?: number;
  /** How often it is tried before it counts as failed; default 5. */
  readonly maxAttempts?: number;
  /** While a job of this kind and key waits, another one is not added. Running jobs no longer wait. */
  readonly key?: string;
}

/** What a handler knows about its run. */
export interface JobRun {
  readonly id: string;
  readonly kind: string;
  /** 1 at the first try. */
  readonly attempt: number;
  /** Aborted when the process stops or lost its lock: give up soon, the job is run again. */
  readonly signal: AbortSignal;
}

/**
 * May run more than once for one job, as every process can die after the work and before the note of it: it must be
 * harmless to repeat. Throw to have it tried again, `JobRefusedError` when trying again is useless.
 */
export type JobHandler = (payload: unknown, run: JobRun) => Promise<void>;

export interface FailedJob {
  readonly id: string;
  readonly kind: string;
  readonly attempts: number;
  readonly lastError: string;
  readonly failedAtMs: number;
}

export interface JobCounts {
  /** Due now or later, recurring ones among them. */
  readonly waiting: number;
  readonly running: number;
  /** Given up; kept with their error. */
  readonly failed: number;
}

/** How one run ended. `retried`: it threw and is tried again. */
export type JobOutcome = 'done' | 'retried' | 'failed';

/** Told after each run: for metrics. */
export type JobObserver = (kind: string, outcome: JobOutcome, durationMs: number) => void;

/** The job will fail each time, so it is not tried again. */
export class JobRefusedError extends Error {
  override readonly name = 'JobRefusedError';
}

/** Port of background work; the adapters keep one contract (`job-queue-contract.ts`). */
export abstract class JobQueue {
  /** Runs jobs of this kind in this process. One handler a kind. */
  abstract register(kind: string, handler: JobHandler): void;
  /** Runs the kind again and again, never twice at a time in all processes together. The payload is `null`. */
  abstract every(kind: string, intervalMs: number): void;
  /**
   * Keeps a job. With a transaction it exists exactly when that commits; without one when this resolves.
   * @throws Error when the request itself is malformed
   */
  abstract enqueue(tx: Transaction | null, request: JobRequest): Promise<void>;
  abstract counts(): Promise<JobCounts>;
  /** The newest first. */
  abstract failed(limit: number): Promise<FailedJob[]>;
  abstract start(): Promise<void>;
  /** Takes no new jobs and waits for the running ones, at most `drainMs`; those left are run again by another process. */
  abstract stop(drainMs: number): Promise<void>;
}

const kindForm = /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)*$/;

/** @throws Error saying what is wrong: a fault of the calling code, not of a user */
export function checkKind(kind: string): void {
  if (kind.length > 80 || !kindForm.test(kind))
    throw new Error(`Job kind "${kind}" must be lower-case words joined by dots, at most 80 characters`);
}
