import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';

export type Dialect = 'sqlite' | 'mysql';

/** Names compare byte for byte whatever the database's own default is (reliability requirement R-79). */
const tableOptions = ' DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

function statement(dialect: Dialect, sql: string): string {
  return dialect === 'mysql' && sql.startsWith('CREATE TABLE ') ? sql + tableOptions : sql;
}

/**
 * Writes the statements that bring the tables of `dataSource` (all migrations already run) to the entities, as the next
 * migration of its dialect, and the dialect's index.
 * @param name kebab-case, what the migration does
 * @returns the file written, or null when tables and entities agree
 */
export async function writeMigration(
  dataSource: DataSource,
  dialect: Dialect,
  name: string,
  folder: string,
  timestamp: number,
): Promise<string | null> {
  const log = await dataSource.driver.createSchemaBuilder().log();
  if (log.upQueries.length === 0) return null;
  const className = `${name.replaceAll(/(^|-)(\w)/g, (_, _dash: string, letter: string) => letter.toUpperCase())}${timestamp}`;
  const up = log.upQueries.map((query) => statement(dialect, query.query));
  const down = log.downQueries.map((query) => query.query).toReversed();
  const file = `${String(timestamp)}-${name}.ts`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, file), migrationText(className, up, down));
  writeFileSync(join(folder, 'index.ts'), indexText(folder));
  return file;
}

function migrationText(className: string, up: readonly string[], down: readonly string[]): string {
  const run = (queries: readonly string[]): string =>
    queries.map((query) => `    await runner.query(${JSON.stringify(query)});`).join('\n');
  return `import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ${className} implements MigrationInterface {
  name = '${className}';

  async up(runner: QueryRunner): Promise<void> {
${run(up)}
  }

  async down(runner: QueryRunner): Promise<void> {
${run(down)}
  }
}
`;
}

function indexText(folder: string): string {
  const files = readdirSync(folder)
    .filter((file) => /^\d+-.*\.ts$/.test(file))
    .sort();
  const classes = files.map((file) => {
    const [, timestamp = '', name = ''] = /^(\d+)-(.*)\.ts$/.exec(file) ?? [];
    return {
      file: file.replace(/\.ts$/, '.js'),
      name: `${name.replaceAll(/(^|-)(\w)/g, (_, _dash: string, letter: string) => letter.toUpperCase())}${timestamp}`,
    };
  });
  return `${classes.map((c) => `import { ${c.name} } from './${c.file}';`).join('\n')}\n\nexport const migrations = [${classes.map((c) => c.name).join(', ')}];\n`;
}
