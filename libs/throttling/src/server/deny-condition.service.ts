import { createHash, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ConflictError, NotFoundError, tollgateClock, type Clock } from '@tollgate/base';
import { Database, isDuplicateKey, managerOf, updateVersioned, type RequestContext } from '@tollgate/database';
import { RecordWriter } from '@tollgate/deployment/server';
import type { DenyConditionRecord } from '../contract/index.js';
import { DenyCondition } from './deny-condition.entity.js';
import { denyValue } from './deny-value.js';
import { removeDenyCondition, writeDenyCondition } from './throttle-policy.records.js';

export interface DenyConditionInput {
  readonly type: DenyConditionRecord['type'];
  /** As it came: checked by `denyValue`. */
  readonly value: unknown;
  readonly status: boolean;
}

/** The deny list of an organization. */
@Injectable()
export class DenyConditionService {
  constructor(
    private readonly db: Database,
    private readonly records: RecordWriter,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /** In the order they were made. */
  list(ctx: RequestContext): Promise<DenyCondition[]> {
    const where = { organization: ctx.organization };
    return managerOf(this.db, ctx).find(DenyCondition, { where, order: { id: 'ASC' } });
  }

  /** @throws NotFoundError also for another organization's condition */
  async get(ctx: RequestContext, uuid: string): Promise<DenyCondition> {
    const condition = await managerOf(this.db, ctx).findOneBy(DenyCondition, { organization: ctx.organization, uuid });
    if (!condition) throw new NotFoundError('Deny policy', uuid);
    return condition;
  }

  /** @throws InvalidInputError for a value of another shape, ConflictError when the same condition exists */
  async create(ctx: RequestContext, input: DenyConditionInput): Promise<DenyCondition> {
    const value = denyValue(input.type, input.value, ctx.organization);
    const valueHash = createHash('sha256').update(JSON.stringify(value)).digest('hex');
    return this.db.transaction(ctx, async (tx) => {
      const same = { organization: tx.organization, type: input.type, valueHash };
      if (await tx.manager.existsBy(DenyCondition, same)) throw conditionExists();
      const nowMs = this.clock.nowMs();
      const condition = Object.assign(new DenyCondition(), same, {
        uuid: randomUUID(),
        value,
        status: input.status,
        rowVersion: 1,
        createdAt: nowMs,
        updatedAt: nowMs,
      });
      try {
        await tx.manager.insert(DenyCondition, condition);
      } catch (error) {
        throw isDuplicateKey(error) ? conditionExists() : error;
      }
      await writeDenyCondition(this.records, tx, condition);
      return condition;
    });
  }

  /** Switches a condition on or off. @throws NotFoundError, StaleVersionError */
  setStatus(ctx: RequestContext, uuid: string, status: boolean, expectedVersion?: number): Promise<DenyCondition> {
    return this.db.transaction(ctx, async (tx) => {
      const condition = await this.get(tx, uuid);
      await updateVersioned(tx, DenyCondition, condition, { status }, this.versionOptions(expectedVersion));
      await writeDenyCondition(this.records, tx, condition);
      return condition;
    });
  }

  /** @throws NotFoundError, StaleVersionError */
  delete(ctx: RequestContext, uuid: string, expectedVersion?: number): Promise<void> {
    return this.db.transaction(ctx, async (tx) => {
      const condition = await this.get(tx, uuid);
      await updateVersioned(tx, DenyCondition, condition, {}, this.versionOptions(expectedVersion));
      await tx.manager.delete(DenyCondition, { id: condition.id });
      await removeDenyCondition(this.records, tx, condition);
    });
  }

  private versionOptions(expectedVersion: number | undefined): { nowMs: number; expectedVersion?: number } {
    return { nowMs: this.clock.nowMs(), ...(expectedVersion === undefined ? {} : { expectedVersion }) };
  }
}

function conditionExists(): ConflictError {
  return new ConflictError(
    'DENY_CONDITION_EXISTS',
    'The same deny policy exists already.',
    'Switch that one on instead.',
  );
}
