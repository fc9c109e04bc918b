import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database, systemContext } from '@tollgate/database';
import { GatewayRecord } from '@tollgate/deployment/server';
import { Job, JobQueue } from '@tollgate/jobs';
import { launch, type Running } from '@tollgate/launcher';
import { Mailer } from '@tollgate/mail';
import { RevocationService } from '@tollgate/oauth/server';
import { schema } from '@tollgate/schema';
import { SMTPServer } from 'smtp-server';
import { Like } from 'typeorm';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { eventHubRole } from '../index.js';

const within = { timeout: 10_000, interval: 20 };
const kinds = [
  'gateway.retire-silent',
  'identity.remove-expired-password-resets',
  'identity.remove-old-sign-in-failures',
  'oauth.read-key-manager-keys',
  'oauth.remove-expired-authorization-codes',
  'oauth.remove-expired-device-grants',
  'oauth.remove-expired-interactions',
  'oauth.remove-expired-one-time-ids',
  'oauth.remove-expired-opaque-tokens',
  'oauth.remove-expired-portal-sessions',
  'oauth.remove-expired-pushed-requests',
  'oauth.remove-expired-refresh-tokens',
  'oauth.remove-expired-revocations',
  'oauth.remove-expired-sign-in-sessions',
  'oauth.remove-retired-signing-keys',
  'oauth.rotate-signing-keys',
];
const received: string[] = [];
let smtp: SMTPServer;
let folder: string;
let running: Running;
let db: Database;

beforeAll(async () => {
  smtp = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, session, done) {
      received.push(...session.envelope.rcptTo.map((one) => one.address));
      stream.resume().on('end', () => done());
    },
  });
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
  folder = mkdtempSync(join(tmpdir(), 'tollgate-maintenance-'));
  const env = {
    TOLLGATE_DATA_DIR: folder,
    TOLLGATE_LOG_LEVEL: 'silent',
    TOLLGATE_MANAGEMENT__HTTPS_PORT: '0',
    TOLLGATE_MANAGEMENT__HTTP_PORT: '0',
    TOLLGATE_SUPER_ADMIN__PASSWORD: 'A-good-password-1',
    TOLLGATE_OUTPUT_ADAPTER__EMAIL__FROM_ADDRESS: 'no-reply@apis.example',
    TOLLGATE_OUTPUT_ADAPTER__EMAIL__HOSTNAME: '127.0.0.1',
    TOLLGATE_OUTPUT_ADAPTER__EMAIL__PORT: String((smtp.server.address() as AddressInfo).port),
    TOLLGATE_OUTPUT_ADAPTER__EMAIL__ENABLE_START_TLS: 'false',
  };
  const args = { configFile: undefined, roles: undefined, switches: new Set<string>() };
  running = await launch({ app: 'event-hub', roles: [eventHubRole], schema, arguments: args, env });
  db = running.http.nest.get(Database);
});
afterAll(async () => {
  await running.stop();
  await new Promise<void>((resolve) => smtp.close(() => resolve()));
  rmSync(folder, { recursive: true });
});

async function idle(): Promise<void> {
  await vi.waitFor(async () => {
    const jobs = await db.manager.find(Job, { order: { kind: 'ASC' } });
    expect(jobs.map((job) => job.kind)).toEqual(kinds);
    for (const job of jobs) expect(job).toMatchObject({ lockedBy: null, lastError: null, attempts: 0 });
    expect(jobs.every((job) => job.runAt > Date.now())).toBe(true);
  }, within);
}

function refreshToken(tokenDigest: string, expiresAt: number): object {
  const uuid = '00000000-0000-4000-8000-000000000000';
  const whose = {
    consumerKey: 'c',
    organization: 'carbon.super',
    userName: 'ann',
    scopes: [],
    family: uuid,
    accessJti: uuid,
  };
  return { ...whose, tokenDigest, accessExpiresAt: expiresAt, issuedAt: 1, expiresAt, familyExpiresAt: expiresAt };
}

it('runs every recurring job at start, without an error, and plans the next time', async () => {
  await idle();
});

it('removes what expired, here and at the gateways, and leaves the rest', async () => {
  await idle();
  const ctx = systemContext('carbon.super');
  const revocations = running.http.nest.get(RevocationService);
  await db.transaction(ctx, async (tx) => {
    const common = { type: 'jti', organization: 'carbon.super' } as const;
    await revocations.revoke(tx, { ...common, value: 'gone', expiresAtMs: Date.now() - 1 });
    await revocations.revoke(tx, { ...common, value: 'valid', expiresAtMs: Date.now() + 60_000 });
  });
  expect(await db.manager.countBy(GatewayRecord, { kind: 'revocation' })).toBe(2);
  await db.manager.insert('RefreshToken', [
    refreshToken('gone', Date.now() - 1),
    refreshToken('valid', Date.now() + 60_000),
  ]);
  await db.manager.update(Job, { kind: Like('oauth.%') }, { runAt: 0 });
  await vi.waitFor(async () => expect(await db.manager.count('RefreshToken')).toBe(1), within);
  expect(await db.manager.countBy('RefreshToken', { tokenDigest: 'valid' })).toBe(1);
  await vi.waitFor(async () => expect(await db.manager.countBy(GatewayRecord, { kind: 'revocation' })).toBe(1), within);
  const [left] = await db.manager.findBy(GatewayRecord, { kind: 'revocation' });
  expect(left?.value).toContain('valid');
});

it('sends mail that any process asked for', async () => {
  expect(await running.http.nest.get(Mailer).send(null, { to: 'ann@example.com', subject: 's', text: 't' })).toBe(true);
  await vi.waitFor(() => expect(received).toEqual(['ann@example.com']), within);
  expect((await running.http.nest.get(JobQueue).counts()).failed).toBe(0);
});

it('serves metrics of the jobs to this machine', async () => {
  const text = await (await fetch(`http://127.0.0.1:${running.http.ports().http}/metrics`)).text();
  expect(text).toMatch(/tollgate_job_runs_total\{kind="oauth\.remove-expired-revocations",outcome="done"\} [1-9]/);
  expect(text).toMatch(/tollgate_jobs\{state="failed"\} 0/);
});
