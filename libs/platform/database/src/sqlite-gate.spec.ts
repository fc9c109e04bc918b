import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDataSource } from './data-source.js';
import type { DataSource } from 'typeorm';

let dataSource: DataSource;
let prepared: string[];

beforeEach(async () => {
  dataSource = createDataSource(
    { type: 'sqlite', file: ':memory:' },
    { entities: [], migrations: { sqlite: [], mysql: [] } },
  );
  await dataSource.initialize();
  const { databaseConnection } = dataSource.driver as unknown as {
    databaseConnection: { prepare(sql: string): unknown };
  };
  const prepare = databaseConnection.prepare.bind(databaseConnection);
  prepared = [];
  databaseConnection.prepare = (sql) => {
    prepared.push(sql);
    return prepare(sql);
  };
  await dataSource.query('CREATE TABLE shelf (name TEXT)');
});
afterEach(() => dataSource.destroy());

describe('a statement', () => {
  it('is prepared once, whoever runs it', async () => {
    const insert = 'INSERT INTO shelf (name) VALUES (?)';
    await Promise.all(Array.from({ length: 5 }, (_, i) => dataSource.query(insert, [`s${i}`])));
    await dataSource.transaction((manager) => manager.query(insert, ['s5']));
    expect(prepared.filter((sql) => sql === insert)).toHaveLength(1);
    expect(await dataSource.query('SELECT COUNT(*) AS n FROM shelf')).toEqual([{ n: 6 }]);
  });

  it('sees a table as it is after a change', async () => {
    await dataSource.query('INSERT INTO shelf (name) VALUES (?)', ['a']);
    expect(await dataSource.query('SELECT * FROM shelf')).toEqual([{ name: 'a' }]);
    await dataSource.query('ALTER TABLE shelf ADD COLUMN books INTEGER DEFAULT 3');
    expect(await dataSource.query('SELECT * FROM shelf')).toEqual([{ name: 'a', books: 3 }]);
    await dataSource.query('ALTER TABLE shelf DROP COLUMN name');
    expect(await dataSource.query('SELECT * FROM shelf')).toEqual([{ books: 3 }]);
  });

  it('of a connection that was closed is not used on the next one', async () => {
    await dataSource.query('SELECT 1 AS one');
    await dataSource.destroy();
    await dataSource.initialize();
    expect(await dataSource.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});
