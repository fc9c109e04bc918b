import type { Database } from '@tollgate/database';
import { IsNull, Not } from 'typeorm';
import type { FailedJob } from './job-queue.js';
import { Job } from './job.entity.js';

/** Jobs of the table that were given up, the newest first. */
export async function failedJobs(db: Database, limit: number): Promise<FailedJob[]> {
  const rows = await db.manager.find(Job, {
    where: { failedAt: Not(IsNull()) },
    order: { failedAt: 'DESC' },
    take: limit,
  });
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    attempts: row.attempts,
    lastError: row.lastError ?? '',
    failedAtMs: row.failedAt ?? 0,
  }));
}
