import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@tollgate/base';
import { connect, createDataSource, Database, type DatabaseAddress } from '@tollgate/database';
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

/** @param fresh `await freshMysqlDatabase()` */
export function mariadbRig(fresh: { url: string; drop(): Promise<void> }): Promise<DatabaseRig> {
  return rigOf({ type: 'mariadb', url: fresh.url, poolSize: 6 }, () => fresh.drop());
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
