import { randomBytes } from 'node:crypto';
import { createDataSource, type DatabaseAddress } from '@tollgate/database';

/** An empty database on the test server, compared byte for byte as the product's tables are. Drop it at the end. */
export async function freshMariaDb(): Promise<{ address: DatabaseAddress; drop: () => Promise<void> }> {
  const server = process.env['TOLLGATE_TEST_MYSQL_URL'];
  if (!server) throw new Error('TOLLGATE_TEST_MYSQL_URL names no MariaDB server');
  const name = `oauth_${randomBytes(6).toString('hex')}`;
  const run = async (sql: string): Promise<void> => {
    const admin = createDataSource(
      { type: 'mariadb', url: server, poolSize: 1 },
      { entities: [], migrations: { sqlite: [], mysql: [] } },
    );
    await admin.initialize();
    try {
      await admin.query(sql);
    } finally {
      await admin.destroy();
    }
  };
  await run(`CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    address: { type: 'mariadb', url: url.toString(), poolSize: 10 },
    drop: () => run(`DROP DATABASE IF EXISTS ${name}`),
  };
}
