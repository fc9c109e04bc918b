// Writes the next migration of both dialects from the difference between the migrations so far and the entities.
// Usage: node libs/schema/dist/generate.js NAME [--from-scratch]   (TOLLGATE_TEST_MYSQL_URL: an empty MariaDB database)
// --from-scratch ignores the migrations so far: only before the first release.
import { rmSync } from 'node:fs';
import { connect, createDataSource, migrate, type DatabaseAddress } from '@tollgate/database';
import { schema } from './schema.js';
import { writeMigration, type Dialect } from './write-migration.js';

const [name, flag] = process.argv.slice(2);
const mysqlUrl = process.env['TOLLGATE_TEST_MYSQL_URL'];
if (!name || !/^[a-z][a-z0-9-]*$/.test(name) || !mysqlUrl) {
  process.stderr.write('Give a kebab-case name, and an empty MariaDB database in TOLLGATE_TEST_MYSQL_URL.\n');
  process.exit(1);
}
const fromScratch = flag === '--from-scratch';
const addresses: Record<Dialect, DatabaseAddress> = {
  sqlite: { type: 'sqlite', file: ':memory:' },
  mysql: { type: 'mariadb', url: mysqlUrl, poolSize: 2 },
};
const timestamp = fromScratch ? 1_790_000_000_000 : Date.now();
for (const dialect of ['sqlite', 'mysql'] as const) {
  const folder = `libs/schema/src/migrations/${dialect}`;
  const address = addresses[dialect];
  const dataSource = await connect(
    createDataSource(address, fromScratch ? { ...schema, migrations: { sqlite: [], mysql: [] } } : schema),
    address,
  );
  if (fromScratch) rmSync(folder, { recursive: true, force: true });
  else await migrate(dataSource);
  const file = await writeMigration(dataSource, dialect, name, folder, timestamp);
  process.stdout.write(`${dialect}: ${file ?? 'nothing to do'}\n`);
  await dataSource.destroy();
}
