import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { tollgateClock, type Clock } from '@tollgate/base';
import { Database, type RequestContext } from '@tollgate/database';
import { Between, type EntityManager, type FindOptionsWhere } from 'typeorm';
import { AuditEvent, type AuditOutcome } from './audit.entity.js';
import { User } from './identity.entities.js';

/** Stands where a name was given that nobody has. */
export const unknownActor = '(unknown)';

export interface AuditFilter {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly outcome?: AuditOutcome | undefined;
  /** Milliseconds since the epoch, both included. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly limit: number;
  readonly offset: number;
}

/**
 * The record of what people did. A change that a person asked for is recorded in its own transaction, so that neither
 * exists without the other.
 */
@Injectable()
export class AuditLog implements OnModuleInit {
  constructor(
    private readonly db: Database,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.db.beforeCommit(async (tx) => {
      const { operation, principal } = tx;
      if (operation === undefined || principal === null || operation.readOnly) return;
      const { name: action, target } = operation;
      await this.add(tx.manager, tx, { actor: principal.userName, action, outcome: 'SUCCESS', target });
    });
  }

  async signIn(
    place: { organization: string; userName: string; address?: string | undefined },
    outcome: AuditOutcome,
    target: AuditEvent['target'] = {},
  ): Promise<void> {
    const { organization, userName, address } = place;
    // What nobody is called may be a password in the wrong field: it is not kept.
    const actor = (await this.db.manager.existsBy(User, { organization, userName })) ? userName : unknownActor;
    const ctx = { organization, principal: null, correlationId: '', ...(address === undefined ? {} : { address }) };
    await this.add(this.db.manager, ctx, { actor, action: 'sign-in', outcome, target });
  }

  /** The newest first. */
  async list(ctx: RequestContext, filter: AuditFilter): Promise<{ rows: AuditEvent[]; total: number }> {
    const where: FindOptionsWhere<AuditEvent> = {
      organization: ctx.organization,
      at: Between(filter.fromMs, filter.toMs),
      ...(filter.actor === undefined ? {} : { actor: filter.actor }),
      ...(filter.action === undefined ? {} : { action: filter.action }),
      ...(filter.outcome === undefined ? {} : { outcome: filter.outcome }),
    };
    const [rows, total] = await this.db.manager.findAndCount(AuditEvent, {
      where,
      order: { id: 'DESC' },
      skip: filter.offset,
      take: filter.limit,
    });
    return { rows, total };
  }

  private async add(
    manager: EntityManager,
    ctx: RequestContext,
    event: Pick<AuditEvent, 'actor' | 'action' | 'outcome' | 'target'>,
  ): Promise<void> {
    await manager.insert(AuditEvent, {
      ...event,
      action: event.action.slice(0, 255),
      uuid: randomUUID(),
      organization: ctx.organization.slice(0, 190),
      at: this.clock.nowMs(),
      address: ctx.address ?? '',
      correlationId: ctx.correlationId,
    });
  }
}
