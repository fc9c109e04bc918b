import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { tollgateClock, type Clock } from '@tollgate/base';
import { Database, type Transaction } from '@tollgate/database';
import { LessThanOrEqual } from 'typeorm';
import { Interaction } from './sign-in.entities.js';

export type InteractionView = Readonly<Omit<Interaction, 'id'>>;
export type NewInteraction = Pick<InteractionView, 'browserDigest' | 'tenant' | 'parameters' | 'state'>;

/** How long a person may take to sign in and consent. */
const lifetimeMs = 15 * 60_000;

/** Authorization requests that wait for a person. */
@Injectable()
export class Interactions {
  constructor(
    private readonly db: Database,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  async begin(input: NewInteraction): Promise<InteractionView> {
    const nowMs = this.clock.nowMs();
    const row = { uuid: randomUUID(), ...input, createdAt: nowMs, expiresAt: nowMs + lifetimeMs };
    await this.db.manager.insert(Interaction, row as never);
    return row;
  }

  /** Null when it is over or never was. */
  async find(uuid: string): Promise<InteractionView | null> {
    if (!/^[0-9a-f-]{36}$/.test(uuid)) return null;
    const row = await this.db.manager.findOneBy(Interaction, { uuid });
    return row && row.expiresAt > this.clock.nowMs() ? row : null;
  }

  async saveState(uuid: string, state: InteractionView['state']): Promise<void> {
    await this.db.manager.update(Interaction, { uuid }, { state } as never);
  }

  /** Ends it. Of any number of callers one gets true. */
  async finish(tx: Transaction, uuid: string): Promise<boolean> {
    return (await tx.manager.delete(Interaction, { uuid })).affected === 1;
  }

  /** @returns how many that nobody finished were removed */
  async removeExpired(nowMs: number): Promise<number> {
    return (await this.db.manager.delete(Interaction, { expiresAt: LessThanOrEqual(nowMs) })).affected ?? 0;
  }
}
