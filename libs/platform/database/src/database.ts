import { safeMessage, type Logger } from '@tollgate/base';
import type { DataSource, EntityManager } from 'typeorm';
import type { RequestContext, Transaction } from './request-context.js';
import { isDeadlock } from './driver-errors.js';

/** How often a transaction that lost a deadlock is tried again. */
const deadlockRetries = 4;

/** The one door to the database. */
export class Database {
  private readonly beforeCommitListeners: ((tx: Transaction) => Promise<void>)[] = [];

  /** Counts the transactions of this process that have ended. */
  commits = 0;

  constructor(
    readonly dataSource: DataSource,
    private readonly log: Logger,
    private readonly watch: { stop(): void } | null = null,
  ) {}

  async close(): Promise<void> {
    this.watch?.stop();
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  /** Runs at the end of each transaction, inside it: what it writes is committed with the rest, what it throws undoes it. */
  beforeCommit(listener: (tx: Transaction) => Promise<void>): void {
    this.beforeCommitListeners.push(listener);
  }

  /** For reads outside a transaction. */
  get manager(): EntityManager {
    return this.dataSource.manager;
  }

  /**
   * Runs `work` in one transaction: all of it happens or nothing. A context that already is a transaction is joined.
   * A deadlock victim is run again, so `work` touches nothing but the database; other effects go to `afterCommit`.
   * @throws UnavailableError when the database cannot be reached; whatever `work` throws
   */
  async transaction<T>(ctx: RequestContext, work: (tx: Transaction) => Promise<T>): Promise<T> {
    if (isTransaction(ctx)) return work(ctx);
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.runOnce(ctx, work);
      } catch (error) {
        if (isDeadlock(error) && attempt < deadlockRetries) continue;
        throw error;
      }
    }
  }

  private async runOnce<T>(ctx: RequestContext, work: (tx: Transaction) => Promise<T>): Promise<T> {
    const effects: (() => void | Promise<void>)[] = [];
    const run = async (manager: EntityManager): Promise<T> => {
      const tx: Transaction = { ...ctx, manager, afterCommit: (effect) => effects.push(effect) };
      const result = await work(tx);
      for (const listener of this.beforeCommitListeners) await listener(tx);
      return result;
    };
    // Read committed: each statement sees what is committed now, so a row that was just locked is also read as it is.
    let result: T;
    try {
      result = this.isSqlite
        ? await this.dataSource.transaction(run)
        : await this.dataSource.transaction('READ COMMITTED', run);
    } finally {
      this.commits++; // a failure too: the answer to a commit may be all that was lost
    }
    for (const effect of effects) await this.runEffect(effect);
    return result;
  }

  private async runEffect(effect: () => void | Promise<void>): Promise<void> {
    try {
      await effect();
    } catch (error) {
      this.log.error(
        { event: 'database.after_commit_failed', reason: safeMessage(error) },
        'An effect after a commit failed; the commit stands',
      );
    }
  }

  get isSqlite(): boolean {
    return this.dataSource.options.type === 'better-sqlite3';
  }

  /** True when a trivial statement is answered. */
  async isReachable(): Promise<boolean> {
    try {
      await this.dataSource.query('SELECT 1');
      return true;
    } catch (error) {
      this.log.warn({ event: 'database.unreachable', reason: safeMessage(error) }, 'The database does not answer');
      return false;
    }
  }
}

export function isTransaction(ctx: RequestContext): ctx is Transaction {
  return 'manager' in ctx;
}

/** The manager to read with: the transaction's own inside one, the shared one outside. */
export function managerOf(db: Database, ctx: RequestContext): EntityManager {
  return isTransaction(ctx) ? ctx.manager : db.manager;
}
