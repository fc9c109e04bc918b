import { createConnection } from 'mysql2/promise';
import { randomPrefix } from './random-prefix.js';
import { mysqlUrl } from './services.js';

export interface FreshDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** An empty database with a random name and byte-exact collation. Drop it in `afterAll`. */
export async function freshMysqlDatabase(): Promise<FreshDatabase> {
  const name = randomPrefix('t').replaceAll('-', '_');
  await execute(`CREATE DATABASE \`${name}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  const url = new URL(mysqlUrl());
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => execute(`DROP DATABASE IF EXISTS \`${name}\``) };
}

async function execute(statement: string): Promise<void> {
  const connection = await createConnection(mysqlUrl());
  try {
    await connection.query(statement);
  } finally {
    await connection.end();
  }
}
