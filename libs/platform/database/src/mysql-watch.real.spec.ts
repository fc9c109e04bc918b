import 'reflect-metadata';
import { createLogger, UnavailableError } from '@tollgate/base';
import { freshMysqlDatabase, startTcpProxy, type TcpProxy } from '@tollgate/testing';
import type { DataSource } from 'typeorm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDataSource } from './data-source.js';
import { Database } from './database.js';
import { MysqlWatch } from './mysql-watch.js';
import { systemContext } from './request-context.js';

const log = createLogger({ level: 'silent', node: 'test' });
const ctx = systemContext('carbon.super');
const poolSize = 2;

let direct: DataSource;
let line: TcpProxy;
let db: Database;
let proxied: URL;
let close: () => Promise<void>;

function dataSourceAt(url: string): DataSource {
  const address = { type: 'mariadb', url, poolSize } as const;
  return createDataSource(address, { entities: [], migrations: { sqlite: [], mysql: [] } });
}

beforeEach(async () => {
  const fresh = await freshMysqlDatabase();
  const url = new URL(fresh.url);
  direct = await dataSourceAt(fresh.url).initialize();
  await direct.query('CREATE TABLE stock (id INT PRIMARY KEY, pieces INT NOT NULL)');
  await direct.query('INSERT INTO stock VALUES (1, 10), (2, 20)');
  line = await startTcpProxy({ host: url.hostname, port: Number(url.port) });
  url.hostname = '127.0.0.1';
  url.port = String(line.port);
  proxied = url;
  db = await watched(url.href);
  close = async () => {
    await db.close();
    await line.close();
    await direct.destroy();
    await fresh.drop();
  };
});
afterEach(() => close());

/** @param probeUrl where the watch asks, if elsewhere */
async function watched(url: string, probeUrl = url): Promise<Database> {
  const dataSource = dataSourceAt(url);
  const watch = new MysqlWatch(dataSource, probeUrl, log);
  await dataSource.initialize();
  watch.start();
  return new Database(dataSource, log, watch);
}

async function timed(work: Promise<unknown>): Promise<{ ms: number; error: unknown }> {
  const since = performance.now();
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return { ms: performance.now() - since, error };
}

const piecesOf = async (id: number): Promise<unknown> =>
  ((await direct.query('SELECT pieces FROM stock WHERE id = ?', [id])) as { pieces: number }[])[0]?.pieces;

it('what a silent server leaves waiting fails soon, what comes later at once, and all is well when it answers again', async () => {
  const take = (id: number): Promise<unknown> =>
    db.transaction(ctx, (tx) => tx.manager.query('UPDATE stock SET pieces = pieces - 1 WHERE id = ?', [id]));
  await take(1);
  line.blackHole(true);
  // More than the pool has: the last ones wait for a connection and would run later, when nobody expects it any more.
  const under = await Promise.all([1, 1, 2, 2, 2].map((id) => timed(take(id))));
  for (const { ms, error } of under) {
    expect(error).toBeInstanceOf(UnavailableError);
    expect(ms).toBeLessThan(10_000);
  }
  expect(await piecesOf(2)).toBe(20);
  const later = await timed(db.manager.query('SELECT 1'));
  expect(later.error).toBeInstanceOf(UnavailableError);
  expect(later.ms).toBeLessThan(1_000);
  expect(await db.isReachable()).toBe(false);

  line.blackHole(false);
  await expect.poll(() => db.isReachable(), { timeout: 15_000 }).toBe(true);
  await Promise.all([take(2), take(2), take(2)]);
  expect(await piecesOf(2)).toBe(17);
  const connections = async (): Promise<number> => {
    const sql = 'SELECT COUNT(*) AS n FROM information_schema.PROCESSLIST WHERE DB = DATABASE()';
    return Number(((await direct.query(sql)) as { n: string }[])[0]?.n);
  };
  // its pool, its probe, and the connections of this spec itself
  await expect.poll(connections, { timeout: 15_000 }).toBeLessThanOrEqual(poolSize + 1 + poolSize);
}, 60_000);

it('a server that refuses the probe, as one with too many connections does, is there', async () => {
  const refused = new URL(proxied);
  refused.password = 'wrong';
  const other = await watched(proxied.href, refused.href);
  try {
    for (const untilMs = performance.now() + 5_000; performance.now() < untilMs;)
      expect((await timed(other.manager.query('SELECT SLEEP(0.1)'))).error).toBeNull();
  } finally {
    await other.close();
  }
}, 30_000);

it('F-05 a row that another holds ends in a clear answer, not in a wait of 50 s, and others go on', async () => {
  const holder = direct.createQueryRunner();
  await holder.startTransaction();
  await holder.query('SELECT * FROM stock WHERE id = 1 FOR UPDATE');
  const set = (id: number): Promise<unknown> =>
    db.transaction(ctx, (tx) => tx.manager.query('UPDATE stock SET pieces = 0 WHERE id = ?', [id]));
  const [blocked, other] = await Promise.all([timed(set(1)), timed(set(2))]);
  await holder.rollbackTransaction();
  await holder.release();
  expect(other.error).toBeNull();
  expect(blocked.error).toBeInstanceOf(UnavailableError);
  expect((blocked.error as UnavailableError).message).toContain('another change holds what this one needs');
  expect(await piecesOf(1)).toBe(10);
  await set(1);
  expect(await piecesOf(1)).toBe(0);
});

it('a transaction that is left open gives its locks back', async () => {
  const limits = (await db.manager.query('SELECT @@SESSION.idle_transaction_timeout AS idle')) as { idle: string }[];
  expect(Number(limits[0]?.idle)).toBe(10);
});
