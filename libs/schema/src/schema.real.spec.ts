import 'reflect-metadata';
import { connect, createDataSource, migrate, schemaDrift, type DatabaseAddress } from '@tollgate/database';
import { freshMysqlDatabase } from '@tollgate/testing';
import { expect, it } from 'vitest';
import { schema } from './schema.js';

async function driftOf(address: DatabaseAddress): Promise<{ drift: string[]; leftOver: unknown[] }> {
  const dataSource = await connect(createDataSource(address, schema), address);
  try {
    await migrate(dataSource);
    const drift = await schemaDrift(dataSource);
    for (let i = 0; i < dataSource.migrations.length; i++) await dataSource.undoLastMigration();
    const tables =
      address.type === 'sqlite'
        ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'schema_migration'"
        : "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name <> 'schema_migration'";
    return { drift, leftOver: await dataSource.query(tables) };
  } finally {
    await dataSource.destroy();
  }
}

it('migrations and entities agree on SQLite, and going back leaves no table', async () => {
  expect(await driftOf({ type: 'sqlite', file: ':memory:' })).toEqual({ drift: [], leftOver: [] });
});

it('migrations and entities agree on MariaDB, and going back leaves no table', async () => {
  const fresh = await freshMysqlDatabase();
  try {
    expect(await driftOf({ type: 'mariadb', url: fresh.url, poolSize: 2 })).toEqual({ drift: [], leftOver: [] });
  } finally {
    await fresh.drop();
  }
});

it('every MariaDB table compares names byte for byte', async () => {
  const fresh = await freshMysqlDatabase();
  const address: DatabaseAddress = { type: 'mariadb', url: fresh.url, poolSize: 2 };
  const dataSource = await connect(createDataSource(address, schema), address);
  try {
    await migrate(dataSource);
    const others = await dataSource.query(
      "SELECT table_name, column_name, collation_name FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name <> 'schema_migration' AND collation_name IS NOT NULL AND collation_name <> 'utf8mb4_bin'",
    );
    expect(others).toEqual([]);
  } finally {
    await dataSource.destroy();
    await fresh.drop();
  }
});
