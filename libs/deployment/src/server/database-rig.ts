import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@tollgate/base';
import { connect, createDataSource, Database, type DatabaseAddress } from '@tollgate/database';
import { createConnection } from 'mysql2/promise';
import { deploymentEntities } from './entities.js';

/** For specs: a database of its own; `again` is a further process's connection to it. */
export interface DatabaseRig {
  readonly db: Database;
  again(): Promise<Database>;
  drop(): Promise<void>;
}

const log = createLogger({ level: 'silent', node: 'spec' });

export async function sqliteRig(): Promise<DatabaseRig> {
  const dir = mkdtempSync(join(tmpdir(), 'deployment-'));
  return rigOf({ type: 'sqlite', file: join(dir, 'test.db') }, async () => rmSync(dir, { recursive: true }));
}

export async function mariadbRig(): Promise<DatabaseRig> {
  const server = process.env['TOLLGATE_TEST_MYSQL_URL'];
  if (!server) throw new Error('TOLLGATE_TEST_MYSQL_URL is not set: this spec needs a MariaDB server.');
  const url = new URL(server);
  url.pathname = `/spec_${randomBytes(6).toString('hex')}`;
  const admin = await createConnection(server);
  await admin.query(`CREATE DATABASE ${url.pathname.slice(1)} COLLATE utf8mb4_bin`);
  return rigOf({ type: 'mariadb', url: url.href, poolSize: 6 }, async () => {
    await admin.query(`DROP DATABASE ${url.pathname.slice(1)}`);
    await admin.end();
  });
}

async function rigOf(address: DatabaseAddress, drop: () => Promise<void>): Promise<DatabaseRig> {
  const open: Database[] = [];
  async function again(): Promise<Database> {
    const schema = { entities: deploymentEntities, migrations: { sqlite: [], mysql: [] } };
    const db = new Database(await connect(createDataSource(address, schema), address), log);
    open.push(db);
    return db;
  }
  const db = await again();
  await db.dataSource.synchronize();
  return {
    db,
    again,
    drop: async () => {
      await Promise.all(open.map((one) => one.dataSource.destroy()));
      await drop();
    },
  };
}
