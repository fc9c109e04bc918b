import { randomUUID } from 'node:crypto';
import type { Database } from '@tollgate/database';
import { In, IsNull, LessThan, LessThanOrEqual, type FindOptionsWhere } from 'typeorm';
import { backoffMs, type Backoff } from './backoff.js';
import { Job } from './job.entity.js';

export interface Claim {
  readonly job: Job;
  /** Proof that the lock is ours. */
  readonly lockedBy: string;
}

/** Takes, keeps, ends and gives back jobs of the table by single atomic statements, so that processes never share one. */
export class JobClaims {
  constructor(
    private readonly db: Database,
    private readonly lockMs: number,
    private readonly backoff: Backoff,
  ) {}

  /** Jobs that are due and free, the longest waiting first; each is claimed for `lockMs`. */
  async claim(kinds: readonly string[], limit: number, nowMs: number): Promise<Claim[]> {
    if (kinds.length === 0 || limit <= 0) return [];
    const due = { kind: In([...kinds]), failedAt: IsNull(), runAt: LessThanOrEqual(nowMs) };
    const candidates = await this.db.manager.find(Job, {
      where: [
        { ...due, lockedUntil: IsNull() },
        { ...due, lockedUntil: LessThan(nowMs) },
      ],
      order: { runAt: 'ASC' },
      take: limit,
    });
    const claims: Claim[] = [];
    for (const job of candidates) {
      const claim = await this.take(job, nowMs);
      if (claim) claims.push(claim);
    }
    return claims;
  }

  /** Nobody else changed the row since it was read: who held the lock is part of the condition. */
  private async take(job: Job, nowMs: number): Promise<Claim | null> {
    const lockedBy = randomUUID();
    const unchanged: FindOptionsWhere<Job> = {
      id: job.id,
      attempts: job.attempts,
      runAt: job.runAt,
      failedAt: IsNull(),
      lockedBy: job.lockedBy === null ? IsNull() : job.lockedBy,
      lockedUntil: job.lockedUntil === null ? IsNull() : job.lockedUntil,
    };
    const changes = {
      lockedBy,
      lockedUntil: nowMs + this.lockMs,
      attempts: job.attempts + 1,
      ...(job.intervalMs === null ? { key: null } : {}),
    };
    const taken = await this.db.manager.update(Job, unchanged, changes);
    return taken.affected === 1 ? { job: Object.assign(job, changes), lockedBy } : null;
  }

  /** @returns false when the lock was lost */
  renew(claim: Claim, nowMs: number): Promise<boolean> {
    return this.change(claim, { lockedUntil: nowMs + this.lockMs });
  }

  /** Deletes it, or lets a recurring one wait for its next time. */
  async done(claim: Claim, nowMs: number): Promise<boolean> {
    if (claim.job.intervalMs !== null)
      return this.change(claim, { ...free, attempts: 0, lastError: null, runAt: nowMs + claim.job.intervalMs });
    const deleted = await this.db.manager.delete(Job, { id: claim.job.id, lockedBy: claim.lockedBy });
    return deleted.affected === 1;
  }

  /** Tries it again later. A recurring one waits at most its interval, however often it failed. */
  retry(claim: Claim, lastError: string, nowMs: number): Promise<boolean> {
    const waitMs = backoffMs(claim.job.attempts, this.backoff);
    return this.change(claim, { ...free, lastError, runAt: nowMs + Math.min(waitMs, claim.job.intervalMs ?? waitMs) });
  }

  giveUp(claim: Claim, lastError: string, nowMs: number): Promise<boolean> {
    return this.change(claim, { ...free, lastError, failedAt: nowMs });
  }

  /** As if it had not been claimed: for a process that stops. */
  giveBack(claim: Claim): Promise<boolean> {
    return this.change(claim, { ...free, attempts: claim.job.attempts - 1 });
  }

  private async change(claim: Claim, changes: Partial<Job>): Promise<boolean> {
    const result = await this.db.manager.update(Job, { id: claim.job.id, lockedBy: claim.lockedBy }, changes);
    return result.affected === 1;
  }
}

const free = { lockedBy: null, lockedUntil: null };
