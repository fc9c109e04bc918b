import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { createLogger, systemClock } from '@tollgate/base';
import { createDataSource, Database, systemContext } from '@tollgate/database';
import { DatabaseJobQueue, jobEntities } from '@tollgate/jobs';
import { Mailer } from '@tollgate/mail';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { notifySubscribersOfNewVersion, type Recipient } from './new-version-notification.js';

const log = createLogger({ level: 'silent', node: 'spec' });
const published = { organization: 'carbon.super', apiName: 'Pizza\r\nBcc: x@y', provider: 'admin', version: '2.0.0' };
const recipients: Recipient[] = [
  { userName: 'ann', email: 'ann@example.com' },
  { userName: 'ann2', email: 'ann@example.com' },
  { userName: 'bob', email: null },
  { userName: 'eve', email: 'eve@example.com\r\nBcc: z@y' },
  { userName: 'zoe', email: 'zoe@example.com' },
];
const subscribers = { ownersSubscribedToEarlierVersions: async () => recipients };

let received: { to: string[]; text: string }[];
let smtp: SMTPServer;
let db: Database;
let queue: DatabaseJobQueue;
let mailer: Mailer;

beforeEach(async () => {
  received = [];
  smtp = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        received.push({ to: session.envelope.rcptTo.map((one) => one.address), text: Buffer.concat(parts).toString() });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
  const dataSource = createDataSource(
    { type: 'sqlite', file: ':memory:' },
    { entities: jobEntities, migrations: { sqlite: [], mysql: [] } },
  );
  await dataSource.initialize();
  await dataSource.synchronize();
  db = new Database(dataSource, log);
  queue = new DatabaseJobQueue(db, { clock: systemClock, log, pollMs: 20 });
  const port = (smtp.server.address() as AddressInfo).port;
  mailer = new Mailer(
    queue,
    {
      fromAddress: 'no-reply@apis.example',
      hostname: '127.0.0.1',
      port,
      username: null,
      password: null,
      requireStartTls: false,
      tls: false,
    },
    log,
  );
  mailer.serve();
  await queue.start();
});
afterEach(async () => {
  await queue.stop(2_000);
  mailer.close();
  await new Promise<void>((resolve) => smtp.close(() => resolve()));
  await db.dataSource.destroy();
});

const publish = (own: Mailer, work = async (): Promise<void> => undefined): Promise<number> =>
  db.transaction(systemContext('carbon.super'), async (tx) => {
    const count = await notifySubscribersOfNewVersion(tx, published, { mailer: own, subscribers, log });
    await work();
    return count;
  });

it('writes once to each owner who has a usable address', async () => {
  expect(await publish(mailer)).toBe(2);
  await vi.waitFor(() => expect(received).toHaveLength(2), { timeout: 10_000 });
  const to = received.flatMap((mail) => mail.to).toSorted((a, b) => a.localeCompare(b));
  expect(to).toEqual(['ann@example.com', 'zoe@example.com']);
  expect(received[0]?.text).toMatch(/^Subject: New version 2\.0\.0 of Pizza Bcc: x@y\r$/m);
  expect(received[0]?.text).not.toMatch(/^Bcc:/m);
});

it('writes to nobody when the transition is rolled back', async () => {
  const failing = publish(mailer, async () => {
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await queue.counts()).toEqual({ waiting: 0, running: 0, failed: 0 });
});

it('writes to nobody while mail is off', async () => {
  expect(await publish(new Mailer(queue, null, log))).toBe(0);
  expect(await queue.counts()).toEqual({ waiting: 0, running: 0, failed: 0 });
});
