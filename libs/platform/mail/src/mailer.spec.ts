import 'reflect-metadata';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, InvalidInputError, systemClock } from '@tollgate/base';
import { createDataSource, Database, systemContext } from '@tollgate/database';
import { DatabaseJobQueue, jobEntities } from '@tollgate/jobs';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Mailer, mailSettings, type MailSettings } from './index.js';

const log = createLogger({ level: 'silent', node: 'spec' });
const ctx = systemContext('carbon.super');
const within = { timeout: 10_000, interval: 10 };

interface Received {
  readonly to: string[];
  readonly text: string;
  readonly user: string | undefined;
}

let received: Received[];
let refuse: ((address: string) => number | null) | null;
let smtp: SMTPServer;
let db: Database;
let queue: DatabaseJobQueue;
let settings: MailSettings;

function openSmtp(): SMTPServer {
  return new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    authOptional: true,
    onAuth: (auth, _session, done) =>
      auth.password === 'right' ? done(null, { user: auth.username ?? '' }) : done(new Error('wrong password')),
    onRcptTo(address, _session, done) {
      const responseCode = refuse?.(address.address) ?? null;
      done(responseCode === null ? null : Object.assign(new Error('refused'), { responseCode }));
    },
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        received.push({
          to: session.envelope.rcptTo.map((one) => one.address),
          text: Buffer.concat(parts).toString(),
          user: session.user,
        });
        done();
      });
    },
  });
}

beforeEach(async () => {
  received = [];
  refuse = null;
  smtp = openSmtp();
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
  const port = (smtp.server.address() as AddressInfo).port;
  settings = {
    fromAddress: 'Tollgate <no-reply@apis.example>',
    hostname: '127.0.0.1',
    port,
    username: null,
    password: null,
    requireStartTls: false,
    tls: false,
  };
  const dataSource = createDataSource(
    { type: 'sqlite', file: ':memory:' },
    { entities: jobEntities, migrations: { sqlite: [], mysql: [] } },
  );
  await dataSource.initialize();
  await dataSource.synchronize();
  db = new Database(dataSource, log);
  queue = new DatabaseJobQueue(db, { clock: systemClock, log, pollMs: 20, backoff: { firstMs: 20, maxMs: 40 } });
});
afterEach(async () => {
  await queue.stop(2_000);
  await new Promise<void>((resolve) => smtp.close(() => resolve()));
  await db.dataSource.destroy();
});

async function serving(own: MailSettings | null = settings): Promise<Mailer> {
  const mailer = new Mailer(queue, own, log);
  mailer.serve();
  await queue.start();
  return mailer;
}

describe('Mailer', () => {
  it('sends a mail that was asked for in a transaction, once and only after its commit', async () => {
    const mailer = await serving();
    await db.transaction(ctx, (tx) =>
      mailer.send(tx, { to: 'ann@example.com', subject: 'Größe', text: 'Hallo\n.\nEnde' }),
    );
    await vi.waitFor(() => expect(received).toHaveLength(1), within);
    expect(received[0]).toMatchObject({ to: ['ann@example.com'], user: undefined });
    expect(received[0]?.text).toMatch(/^From: Tollgate <no-reply@apis\.example>\r$/m);
    expect(received[0]?.text).toMatch(/^Message-ID: <[0-9a-f-]{36}@apis\.example>\r$/m);
    expect(received[0]?.text).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    await vi.waitFor(async () => expect(await queue.counts()).toEqual({ waiting: 0, running: 0, failed: 0 }), within);
    mailer.close();
  });

  it('signs in with the configured user, and tries a refused sign-in again', async () => {
    const wrong = new Mailer(queue, { ...settings, username: 'u', password: 'wrong' }, log);
    wrong.serve();
    await queue.start();
    await wrong.send(null, { to: 'ann@example.com', subject: 's', text: 't' });
    await vi.waitFor(async () => expect((await queue.counts()).waiting).toBe(1), within);
    expect(received).toEqual([]);
    await queue.stop(1_000);
    queue = new DatabaseJobQueue(db, { clock: systemClock, log, pollMs: 20 });
    const right = await serving({ ...settings, username: 'u', password: 'right' });
    await vi.waitFor(() => expect(received).toMatchObject([{ user: 'u' }]), within);
    for (const mailer of [wrong, right]) mailer.close();
  });

  it('tries again what is refused for now, and gives up what is refused for good', async () => {
    const asked: string[] = [];
    refuse = (address) => {
      asked.push(address);
      if (address.startsWith('gone')) return 550;
      return asked.filter((one) => one === address).length < 3 ? 451 : null;
    };
    const mailer = await serving();
    await mailer.send(null, { to: 'later@example.com', subject: 's', text: 't' });
    await mailer.send(null, { to: 'gone@example.com', subject: 's', text: 't' });
    await vi.waitFor(() => expect(received).toMatchObject([{ to: ['later@example.com'] }]), within);
    await vi.waitFor(async () => expect((await queue.counts()).failed).toBe(1), within);
    expect(asked.filter((one) => one.startsWith('gone'))).toHaveLength(1);
    mailer.close();
  });

  it('does not send in clear text when STARTTLS is demanded and the server has none', async () => {
    const mailer = await serving({ ...settings, requireStartTls: true });
    await mailer.send(null, { to: 'ann@example.com', subject: 's', text: 't' });
    await vi.waitFor(
      async () =>
        expect((await db.manager.query('SELECT attempts FROM job')) as unknown).toEqual([
          { attempts: expect.any(Number) },
        ]),
      within,
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(received).toEqual([]);
    mailer.close();
  });

  it.each([
    ['to', { to: 'ann@example.com\r\nBcc: all@example.com' }],
    ['to', { to: 'ann@example.com, bob@example.com' }],
    ['to', { to: 'Ann <ann@example.com>' }],
    ['subject', { subject: 'Hi\r\nBcc: all@example.com' }],
    ['subject', { subject: 'Hi\u2028there' }],
    ['subject', { subject: '' }],
  ])('refuses a %s that could be read as another header: %j', async (field, change) => {
    const mailer = await serving();
    const refused = mailer.send(null, { to: 'ann@example.com', subject: 's', text: 't', ...change });
    await expect(refused).rejects.toThrow(InvalidInputError);
    await expect(refused).rejects.toMatchObject({ fields: [{ field }] });
    mailer.close();
  });

  it('gives up a malformed mail that stands in the queue', async () => {
    const mailer = await serving();
    await queue.enqueue(null, { kind: 'mail.send', payload: { to: 'x\ny@z', subject: 's', text: 't' } });
    await vi.waitFor(async () => expect((await queue.counts()).failed).toBe(1), within);
    expect(received).toEqual([]);
    mailer.close();
  });

  it('writes to files, which only their owner reads, where no mail server is configured but a folder is', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tollgate-mail-'));
    const mailer = new Mailer(queue, null, log, folder);
    mailer.serve();
    await queue.start();
    expect([mailer.enabled, mailer.delivers]).toEqual([false, true]);
    expect(await mailer.send(null, { to: 'ann@example.com', subject: 'Größe', text: 'Hallo' })).toBe(true);
    await vi.waitFor(() => expect(readdirSync(folder)).toHaveLength(1), within);
    const file = join(folder, readdirSync(folder)[0] ?? '');
    await vi.waitFor(() => expect(readFileSync(file, 'utf8')).toContain('Subject: Größe\n'), within);
    expect(readFileSync(file, 'utf8')).toMatch(/^To: ann@example\.com\n[^]*\n\nHallo\n$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    mailer.close();
    rmSync(folder, { recursive: true });
  });

  it('is off and keeps nothing when no mail is configured', async () => {
    const mailer = await serving(mailSettings({ output_adapter: {} }));
    expect(mailer.enabled).toBe(false);
    expect(await mailer.send(null, { to: 'ann@example.com', subject: 's', text: 't' })).toBe(false);
    expect(await queue.counts()).toEqual({ waiting: 0, running: 0, failed: 0 });
  });
});
