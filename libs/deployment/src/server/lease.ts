import type { Database } from '@tollgate/database';
import { isDuplicateKey } from '@tollgate/database';
import { HubLease } from './relay-lease.entity.js';

export interface LeaseOptions {
  readonly db: Database;
  readonly name: string;
  /** Unique per process life. */
  readonly holder: string;
  /** A holder that has not renewed for this long, by the watcher's own monotonic clock, is taken over from. */
  readonly expiresAfterMs: number;
  /** Monotonic milliseconds. */
  readonly elapsedMs: () => number;
}

/** A lease in the database. Every change is compare-and-set, so two processes never both succeed with the same beat. */
export class Lease {
  #seen: { holder: string; beat: number; sinceMs: number } | null = null;

  constructor(private readonly options: LeaseOptions) {}

  /** @returns the position at which to go on, when the lease is ours now; null when somebody else holds it */
  async acquire(): Promise<number | null> {
    const { db, name, holder, expiresAfterMs, elapsedMs } = this.options;
    const row = await db.manager.findOneBy(HubLease, { name });
    if (!row) return this.#create();
    if (row.holder === holder) return row.relayedSeq;
    if (!this.#seen || this.#seen.holder !== row.holder || this.#seen.beat !== row.beat) {
      this.#seen = { holder: row.holder, beat: row.beat, sinceMs: elapsedMs() };
    }
    if (row.holder !== '' && elapsedMs() - this.#seen.sinceMs < expiresAfterMs) return null;
    const taken = await db.manager.update(
      HubLease,
      { name, holder: row.holder, beat: row.beat },
      { holder, beat: row.beat + 1 },
    );
    return taken.affected === 1 ? row.relayedSeq : null;
  }

  /** Renews and records the position. @returns false when it was lost */
  async renew(relayedSeq: number): Promise<boolean> {
    const { db, name, holder } = this.options;
    const renewed = await db.manager
      .createQueryBuilder()
      .update(HubLease)
      .set({ relayedSeq, beat: () => 'beat + 1' })
      .where({ name, holder })
      .execute();
    return renewed.affected === 1;
  }

  /** Gives it up, so that another takes over at once. */
  async release(relayedSeq: number): Promise<void> {
    const { db, name, holder } = this.options;
    await db.manager.update(HubLease, { name, holder }, { holder: '', relayedSeq });
  }

  async #create(): Promise<number | null> {
    const { db, name, holder } = this.options;
    try {
      await db.manager.insert(HubLease, { name, holder, beat: 1, relayedSeq: 0 });
      return 0;
    } catch (error) {
      if (isDuplicateKey(error)) return null; // another process was faster
      throw error;
    }
  }
}
