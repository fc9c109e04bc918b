import type { Database } from '@tollgate/database';
import { In, IsNull } from 'typeorm';
import { Job } from './job.entity.js';

const batchSize = 100;

/**
 * Moves committed jobs out of the table. A job is deleted only after it was taken over, and taking over twice must be
 * harmless: two processes may move at once, and one may die between the two steps.
 * @returns whether there may be more
 */
export async function moveJobs(db: Database, takeOver: (jobs: readonly Job[]) => Promise<void>): Promise<boolean> {
  const where = { failedAt: IsNull(), intervalMs: IsNull() };
  const rows = await db.manager.find(Job, { where, order: { runAt: 'ASC' }, take: batchSize });
  if (rows.length === 0) return false;
  await takeOver(rows);
  await db.manager.delete(Job, { id: In(rows.map((row) => row.id)) });
  return rows.length === batchSize;
}
