import { NotFoundError, StaleVersionError } from '@tollgate/base';
import type { EntityTarget, FindOptionsWhere } from 'typeorm';
import type { BusinessObject } from './columns.js';
import type { Transaction } from './request-context.js';

/**
 * Writes `changes` to a row only when nobody changed it since it was read (optimistic locking), and counts the change.
 * @param row as read; its `rowVersion` and `updatedAt` are brought up to date
 * @param expectedVersion what the caller saw (from `If-Match`), when it says so; else the version just read
 * @throws StaleVersionError when the row changed meanwhile, NotFoundError when it is gone
 */
export async function updateVersioned<T extends BusinessObject>(
  tx: Transaction,
  target: EntityTarget<T>,
  row: T,
  changes: Partial<T>,
  options: { nowMs: number; expectedVersion?: number },
): Promise<T> {
  const kind = tx.manager.getRepository(target).metadata.name;
  if (options.expectedVersion !== undefined && options.expectedVersion !== row.rowVersion)
    throw new StaleVersionError(kind, row.uuid);
  const next = { ...changes, rowVersion: row.rowVersion + 1, updatedAt: options.nowMs };
  const where = { id: row.id, rowVersion: row.rowVersion } as unknown as FindOptionsWhere<T>;
  const result = await tx.manager.update(target, where, next as never);
  if (result.affected !== 1) {
    const still = await tx.manager.existsBy(target, { id: row.id } as unknown as FindOptionsWhere<T>);
    throw still ? new StaleVersionError(kind, row.uuid) : new NotFoundError(kind, row.uuid);
  }
  return Object.assign(row, next);
}
