import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { safeMessage, StartupError, UnavailableError } from '@tollgate/base';
import { DataSource, type DataSourceOptions, type MixedList, type QueryRunner } from 'typeorm';
import { unavailability } from './driver-errors.js';
import { eachQueryRunner } from './query-runners.js';
import { serializeSqlite } from './sqlite-gate.js';

export type DatabaseAddress =
  | { readonly type: 'sqlite'; /** Path, or `:memory:`. */ readonly file: string }
  | {
      readonly type: 'mysql' | 'mariadb';
      /** `mysql://user:password@host:port/name`. */ readonly url: string;
      readonly poolSize: number;
    };

type Constructors = MixedList<new () => unknown>;

export interface SchemaParts {
  readonly entities: readonly (new () => object)[];
  /** Ordered migrations of each dialect; `mysql` serves MySQL and MariaDB. */
  readonly migrations: {
    readonly sqlite: readonly (new () => object)[];
    readonly mysql: readonly (new () => object)[];
  };
}

/**
 * A data source that behaves the same on SQLite, MariaDB and MySQL: `text` columns hold any length, SQLite transactions
 * do not mix, connections use UTC and never expand objects given as parameters. A statement that fails because the database
 * is away, full or busy rejects with UnavailableError. Not yet connected.
 */
export function createDataSource(address: DatabaseAddress, schema: SchemaParts): DataSource {
  const dataSource = dataSourceOf(address, schema);
  eachQueryRunner(dataSource, tellWhenUnavailable);
  return dataSource;
}

function tellWhenUnavailable(runner: QueryRunner): void {
  const query = runner.query.bind(runner) as (...all: unknown[]) => Promise<unknown>;
  runner.query = (async (...all: unknown[]) => {
    try {
      return await query(...all);
    } catch (error) {
      const state = unavailability(error);
      throw state === null ? error : new UnavailableError('The database', error, state);
    }
  }) as QueryRunner['query'];
}

function dataSourceOf(address: DatabaseAddress, schema: SchemaParts): DataSource {
  const common = {
    entities: [...schema.entities],
    migrationsTableName: 'schema_migration',
    migrationsTransactionMode: 'each' as const,
    synchronize: false,
    logging: false,
  };
  if (address.type === 'sqlite') {
    if (address.file !== ':memory:') mkdirSync(dirname(address.file), { recursive: true });
    return serializeSqlite(
      new DataSource({
        ...common,
        type: 'better-sqlite3',
        database: address.file,
        statementCacheSize: 500,
        migrations: [...schema.migrations.sqlite] as unknown as Constructors as never,
        prepareDatabase: (db: { pragma(text: string): unknown }) => {
          db.pragma('journal_mode = WAL');
          db.pragma('synchronous = FULL'); // an acknowledged change survives a power cut, not only a killed process
          db.pragma('foreign_keys = ON');
          db.pragma('busy_timeout = 5000');
        },
      } as DataSourceOptions),
    );
  }
  const dataSource = new DataSource({
    ...common,
    type: address.type,
    url: address.url,
    poolSize: address.poolSize,
    migrations: [...schema.migrations.mysql] as unknown as Constructors as never,
    charset: 'utf8mb4',
    timezone: 'Z',
    connectTimeout: 3000,
    supportBigNumbers: true,
    extra: { stringifyObjects: true, enableKeepAlive: true, waitForConnections: true, queueLimit: 200 },
  } as DataSourceOptions);
  return withLongText(dataSource);
}

/** `text` means "any length" on SQLite and 64 kB on MySQL: there it becomes `longtext`, in created and in compared columns. */
function withLongText(dataSource: DataSource): DataSource {
  const driver = dataSource.driver as unknown as { normalizeType(column: unknown): string };
  const normalizeType = driver.normalizeType.bind(driver);
  driver.normalizeType = (column) => {
    const type = normalizeType(column);
    return type === 'text' ? 'longtext' : type;
  };
  return dataSource;
}

/**
 * Connects, or explains in one line why not.
 * @throws StartupError with the cure
 */
export async function connect(dataSource: DataSource, address: DatabaseAddress): Promise<DataSource> {
  try {
    return await dataSource.initialize();
  } catch (error) {
    const where =
      address.type === 'sqlite'
        ? `the SQLite file ${address.file}`
        : `the ${address.type} server at ${address.url.replace(/^.*@/, '')}`;
    const cure =
      address.type === 'sqlite'
        ? 'Check that the folder exists and may be written'
        : 'Check that it runs and that [database.apim_db] has its address, user and password';
    throw new StartupError([`Cannot open ${where}: ${safeMessage(error)}. ${cure}.`]);
  }
}
