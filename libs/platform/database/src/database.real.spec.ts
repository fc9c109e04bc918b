import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, StaleVersionError, StartupError } from '@tollgate/base';
import { freshMysqlDatabase } from '@tollgate/testing';
import { Entity, Unique, type DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BusinessObject, JsonColumn, LongTextColumn, NameColumn } from './columns.js';
import { connect, createDataSource, type DatabaseAddress } from './data-source.js';
import { Database } from './database.js';
import { isDuplicateKey } from './driver-errors.js';
import { schemaDrift } from './migrate.js';
import { systemContext } from './request-context.js';
import { updateVersioned } from './versioned.js';

@Entity('book')
@Unique('uq_book_title', ['organization', 'title'])
class Book extends BusinessObject {
  @NameColumn({ length: 190 })
  title!: string;

  @LongTextColumn({ nullable: true })
  text!: string | null;

  @JsonColumn()
  tags!: string[];
}

const log = createLogger({ level: 'silent', node: 'test' });
const ctx = systemContext('carbon.super');

function book(title: string): Book {
  return Object.assign(new Book(), {
    uuid: randomUUID(),
    organization: 'carbon.super',
    rowVersion: 1,
    createdAt: 1,
    updatedAt: 1,
    title,
    text: null,
    tags: ['a'],
  });
}

async function sqlite(): Promise<{ address: DatabaseAddress; drop: () => Promise<void> }> {
  const dir = mkdtempSync(join(tmpdir(), 'tollgate-db-'));
  return {
    address: { type: 'sqlite', file: join(dir, 'test.db') },
    drop: async () => rmSync(dir, { recursive: true }),
  };
}

async function mariadb(): Promise<{ address: DatabaseAddress; drop: () => Promise<void> }> {
  const fresh = await freshMysqlDatabase();
  return { address: { type: 'mariadb', url: fresh.url, poolSize: 5 }, drop: () => fresh.drop() };
}

describe.each([
  { name: 'SQLite', make: sqlite },
  { name: 'MariaDB', make: mariadb },
])('Database on $name', ({ make }) => {
  let dataSource: DataSource;
  let db: Database;
  let drop: () => Promise<void>;

  beforeAll(async () => {
    const made = await make();
    drop = made.drop;
    dataSource = await connect(
      createDataSource(made.address, { entities: [Book], migrations: { sqlite: [], mysql: [] } }),
      made.address,
    );
    await dataSource.synchronize();
    db = new Database(dataSource, log);
  });
  afterAll(async () => {
    await dataSource.destroy();
    await drop();
  });

  it('shows no drift right after the tables were made', async () => {
    expect(await schemaDrift(dataSource)).toEqual([]);
  });

  it('rolls back everything when the work throws, and runs no after-commit effect', async () => {
    let effects = 0;
    const failing = db.transaction(ctx, async (tx) => {
      tx.afterCommit(() => void effects++);
      await tx.manager.save(book('never'));
      throw new Error('stop');
    });
    await expect(failing).rejects.toThrow('stop');
    expect(await db.manager.countBy(Book, { title: 'never' })).toBe(0);
    expect(effects).toBe(0);
  });

  it('keeps statements of others out of an open transaction', async () => {
    const outside: Promise<unknown>[] = [];
    const rolledBack = db.transaction(ctx, async (tx) => {
      await tx.manager.save(book('inside'));
      outside.push(db.manager.save(book('outside')));
      await new Promise((resolve) => setTimeout(resolve, 50));
      throw new Error('stop');
    });
    await expect(rolledBack).rejects.toThrow('stop');
    await Promise.all(outside);
    expect(await db.manager.countBy(Book, { title: 'inside' })).toBe(0);
    expect(await db.manager.countBy(Book, { title: 'outside' })).toBe(1);
  });

  it('runs 20 transactions at once without losing an update', async () => {
    const row = await db.manager.save(book('counter'));
    const add = async (): Promise<void> => {
      for (;;) {
        try {
          await db.transaction(ctx, async (tx) => {
            const current = await tx.manager.findOneByOrFail(Book, { id: row.id });
            await updateVersioned(tx, Book, current, { tags: [...current.tags, 'x'] }, { nowMs: 2 });
          });
          return;
        } catch (error) {
          if (!(error instanceof StaleVersionError)) throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: 20 }, add));
    const after = await db.manager.findOneByOrFail(Book, { id: row.id });
    expect(after.tags.length).toBe(21);
    expect(after.rowVersion).toBe(21);
  });

  it('refuses an update based on an older version', async () => {
    const row = await db.manager.save(book('versioned'));
    const stale = Object.assign(new Book(), row);
    await db.transaction(ctx, (tx) => updateVersioned(tx, Book, row, { text: 'first' }, { nowMs: 2 }));
    await expect(
      db.transaction(ctx, (tx) => updateVersioned(tx, Book, stale, { text: 'second' }, { nowMs: 2 })),
    ).rejects.toThrow(StaleVersionError);
    expect((await db.manager.findOneByOrFail(Book, { id: row.id })).text).toBe('first');
  });

  it('compares names byte for byte and reports a duplicate as such', async () => {
    await db.manager.save([book('Name'), book('name'), book('námé')]);
    const again = await db.manager.save(book('Name')).catch((error: unknown) => error);
    expect(isDuplicateKey(again)).toBe(true);
    expect(await db.manager.countBy(Book, { title: 'NAME' })).toBe(0);
  });

  it('keeps 300 kB of text', async () => {
    const row = await db.manager.save(Object.assign(book('long'), { text: 'ä'.repeat(150_000) }));
    expect((await db.manager.findOneByOrFail(Book, { id: row.id })).text?.length).toBe(150_000);
  });
});

it('V-58 says in one line what to do when the server is away, without the password', async () => {
  const address: DatabaseAddress = { type: 'mariadb', url: 'mysql://app:geheim@127.0.0.1:1/app', poolSize: 1 };
  const failed = await connect(
    createDataSource(address, { entities: [], migrations: { sqlite: [], mysql: [] } }),
    address,
  ).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(StartupError);
  expect((failed as StartupError).problems).toEqual([
    expect.stringContaining('Cannot open the mariadb server at 127.0.0.1:1/app'),
  ]);
  expect((failed as StartupError).message).not.toContain('geheim');
});
