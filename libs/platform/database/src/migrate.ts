import type { DataSource, QueryRunner } from 'typeorm';

/** Name of the MySQL lock that lets one process at a time migrate and seed. */
const lockName = 'tollgate.schema';

/**
 * Runs `work` while no other process on the same database does the same: several control planes may start at once.
 * SQLite needs no lock of its own: one process owns the file.
 */
export async function whileSchemaLocked<T>(dataSource: DataSource, work: () => Promise<T>): Promise<T> {
  if (dataSource.options.type === 'better-sqlite3') return work();
  const runner: QueryRunner = dataSource.createQueryRunner();
  try {
    const rows = (await runner.query('SELECT GET_LOCK(?, 60) AS held', [lockName])) as {
      held: number | string | null;
    }[];
    if (Number(rows[0]?.held) !== 1)
      throw new Error('Another process has been migrating this database for more than 60 seconds.');
    try {
      return await work();
    } finally {
      await runner.query('SELECT RELEASE_LOCK(?)', [lockName]);
    }
  } finally {
    await runner.release();
  }
}

/** Brings the schema up to date. */
export async function migrate(dataSource: DataSource): Promise<number> {
  const done = await dataSource.runMigrations();
  return done.length;
}

/** Statements that would be needed to make the tables equal to the entities: empty when migrations and entities agree. */
export async function schemaDrift(dataSource: DataSource): Promise<string[]> {
  const log = await dataSource.driver.createSchemaBuilder().log();
  return log.upQueries.map((query) => query.query);
}
