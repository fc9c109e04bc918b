import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApplicationService, SubscriptionService } from '@tollgate/application/server';
import type { RequestContext } from '@tollgate/database';
import { AuthenticatorRegistry } from '@tollgate/http';
import { UserService } from '@tollgate/identity/server';
import { JobQueue } from '@tollgate/jobs';
import { launch, type Running } from '@tollgate/launcher';
import { schema } from '@tollgate/schema';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { publisherRole } from '../index.js';

const scopes = ['apim:api_create', 'apim:api_publish', 'apim:api_view', 'apim:api_manage'];
const received: { to: string[]; text: string }[] = [];
let smtp: SMTPServer;
let folder: string;
let running: Running;
let origin: string;

beforeAll(async () => {
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
  folder = mkdtempSync(join(tmpdir(), 'tollgate-notifications-'));
  const email = 'TOLLGATE_OUTPUT_ADAPTER__EMAIL__';
  const env = {
    TOLLGATE_DATA_DIR: folder,
    TOLLGATE_LOG_LEVEL: 'silent',
    TOLLGATE_MANAGEMENT__HTTPS_PORT: '0',
    TOLLGATE_MANAGEMENT__HTTP_PORT: '0',
    TOLLGATE_SUPER_ADMIN__PASSWORD: 'A-good-password-1',
    [`${email}FROM_ADDRESS`]: 'no-reply@apis.example',
    [`${email}HOSTNAME`]: '127.0.0.1',
    [`${email}PORT`]: String((smtp.server.address() as AddressInfo).port),
    [`${email}ENABLE_START_TLS`]: 'false',
  };
  const args = { configFile: undefined, roles: undefined, switches: new Set<string>() };
  running = await launch({ app: 'publisher', roles: [publisherRole], schema, arguments: args, env });
  running.http.nest.get(AuthenticatorRegistry).register('bearer', async () => {
    return { organization: 'carbon.super', principal: { userName: 'admin', roles: ['admin'], scopes } };
  });
  origin = `http://127.0.0.1:${running.http.ports().http}/api/am/publisher/v4`;
});
afterAll(async () => {
  await running.stop();
  await new Promise<void>((resolve) => smtp.close(() => resolve()));
  rmSync(folder, { recursive: true });
});

async function post(path: string, body?: object): Promise<Record<string, string>> {
  const headers = { authorization: 'Bearer any', ...(body ? { 'content-type': 'application/json' } : {}) };
  const answer = await fetch(origin + path, {
    method: 'POST',
    headers,
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
  return JSON.parse(text) as Record<string, string>;
}
const move = (apiId: string, action: string): Promise<unknown> =>
  post(`/apis/change-lifecycle?${new URLSearchParams({ apiId, action }).toString()}`);

function as(userName: string): RequestContext {
  return {
    organization: 'carbon.super',
    principal: { userName, roles: ['Internal/subscriber'], scopes: [] },
    correlationId: 'spec',
  };
}

async function developer(userName: string, email: string): Promise<{ subscribe(apiUuid: string): Promise<void> }> {
  const { nest } = running.http;
  await nest
    .get(UserService)
    .create(
      { ...as('admin'), principal: { userName: 'admin', roles: ['admin'], scopes: [] } },
      { userName, password: 'Password-1-of-specs', email, roles: ['Internal/subscriber'] },
    );
  const application = await nest.get(ApplicationService).create(as(userName), {
    name: `app of ${userName}`,
    tier: 'Unlimited',
    description: '',
    attributes: {},
    groups: [],
    tokenType: 'JWT',
  });
  return {
    async subscribe(apiUuid) {
      await nest
        .get(SubscriptionService)
        .create(as(userName), { apiUuid, applicationUuid: application.uuid, plan: 'Unlimited' });
    },
  };
}

it('a new version is told once to each subscriber of an earlier one who has an address, and to nobody else', async () => {
  const endpoint = { url: 'https://example.com' };
  const endpointConfig = { endpoint_type: 'http', production_endpoints: endpoint };
  const first = await post('/apis', {
    name: 'Pizza',
    context: '/pizza',
    version: '1.0.0',
    policies: ['Unlimited'],
    endpointConfig,
  });
  await move(first['id'] ?? '', 'Publish');
  const ann = await developer('ann', 'ann@example.com');
  const bob = await developer('bob', '');
  await developer('eve', 'eve@example.com'); // not subscribed
  for (const one of [ann, bob]) await one.subscribe(first['id'] ?? '');
  const second = await post(`/apis/copy-api?newVersion=2.0.0&apiId=${first['id'] ?? ''}`);
  await move(second['id'] ?? '', 'Publish');
  await vi.waitFor(() => expect(received).toHaveLength(1), { timeout: 10_000 });
  expect(received[0]?.to).toEqual(['ann@example.com']);
  expect(received[0]?.text).toMatch(/^Subject: New version 2\.0\.0 of Pizza\r$/m);
  await move(second['id'] ?? '', 'Block');
  await move(second['id'] ?? '', 'Re-Publish');
  const idle = async (): Promise<void> =>
    expect(await running.http.nest.get(JobQueue).counts()).toEqual({ waiting: 0, running: 0, failed: 0 });
  await vi.waitFor(idle, { timeout: 10_000 });
  expect(received).toHaveLength(1);
});
