import type { DataSource, QueryRunner } from 'typeorm';

interface GatedRunner extends QueryRunner {
  isTransactionActive: boolean;
  transactionDepth: number;
  /** Prepared statements by their text. */
  stmtCache: Map<string, unknown>;
}
interface GatedDriver {
  createQueryRunner(mode: 'master' | 'slave'): GatedRunner;
  queryRunner: GatedRunner | undefined;
  databaseConnection: object | undefined;
}

/** One holder at a time, first come first served. */
class Gate {
  private owner: object | null = null;
  private readonly waiting: { runner: object; go: () => void }[] = [];

  constructor(private readonly waitMs: number) {}

  acquire(runner: object): Promise<void> {
    if (this.owner === null) {
      this.owner = runner;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(entry), 1);
        reject(
          new Error(
            'Waited too long for the open SQLite transaction: a repository is used inside transaction() instead of its manager.',
          ),
        );
      }, this.waitMs);
      const entry = {
        runner,
        go: () => {
          clearTimeout(timer);
          this.owner = runner;
          resolve();
        },
      };
      this.waiting.push(entry);
    });
  }

  release(runner: object): void {
    if (this.owner !== runner) return;
    this.owner = null;
    this.waiting.shift()?.go();
  }
}

/**
 * better-sqlite3 has one connection for the whole process, and TypeORM would let statements of other requests slip into an
 * open transaction. This gives every QueryRunner its own transaction state and lets one transaction, or one statement
 * outside any, run at a time. Call before `initialize()`.
 * @param waitMs how long a statement waits for the open transaction before it fails
 */
export function serializeSqlite(dataSource: DataSource, waitMs = 10_000): DataSource {
  const driver = dataSource.driver as unknown as GatedDriver;
  const Runner = driver.createQueryRunner('master').constructor as new (driver: GatedDriver) => GatedRunner;
  const base = Runner.prototype as GatedRunner;
  driver.queryRunner = undefined;
  const gate = new Gate(waitMs);
  const prepared = new WeakMap<object, Map<string, unknown>>();
  driver.createQueryRunner = () => {
    const runner = new Runner(driver);
    if (driver.databaseConnection) runner.stmtCache = statementsOf(driver.databaseConnection, prepared);
    return gatedRunner(runner, base, gate);
  };
  return dataSource;
}

/** Every runner has the same connection, so what one has prepared serves all: preparing costs more than most queries. */
function statementsOf(connection: object, prepared: WeakMap<object, Map<string, unknown>>): Map<string, unknown> {
  const known = prepared.get(connection) ?? new Map<string, unknown>();
  prepared.set(connection, known);
  return known;
}

const changesTables = /^\s*(?:CREATE|ALTER|DROP)\b/i;

function gatedRunner(runner: GatedRunner, base: GatedRunner, gate: Gate): GatedRunner {
  let held = false;
  const letGo = (): void => {
    held = false;
    gate.release(runner);
  };
  runner.startTransaction = async (isolation) => {
    if (!held) {
      await gate.acquire(runner);
      held = true;
    }
    try {
      await base.startTransaction.call(runner, isolation);
    } catch (error) {
      if (runner.transactionDepth === 0) {
        runner.isTransactionActive = false;
        letGo();
      }
      throw error;
    }
  };
  runner.commitTransaction = async () => {
    try {
      await base.commitTransaction.call(runner);
    } finally {
      if (held && !runner.isTransactionActive) letGo();
    }
  };
  runner.rollbackTransaction = async () => {
    try {
      await base.rollbackTransaction.call(runner);
    } finally {
      if (held && runner.transactionDepth <= 1 && !runner.isTransactionActive) letGo();
    }
  };
  const query = (sql: string, rest: unknown[]): Promise<unknown> => {
    if (changesTables.test(sql)) runner.stmtCache.clear(); // what was prepared may name columns that are no more
    return (base.query as (...all: unknown[]) => Promise<unknown>).call(runner, sql, ...rest);
  };
  runner.query = (async (sql: string, ...rest: unknown[]) => {
    const statement = sql === 'BEGIN TRANSACTION' ? 'BEGIN IMMEDIATE' : sql; // take the write lock at once, not in the middle
    if (held) return query(statement, rest);
    await gate.acquire(runner);
    try {
      return await query(statement, rest);
    } finally {
      gate.release(runner);
    }
  }) as GatedRunner['query'];
  return runner;
}
