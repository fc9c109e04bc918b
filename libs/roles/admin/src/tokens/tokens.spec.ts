import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database } from '@tollgate/database';
import { GatewayRecord } from '@tollgate/deployment/server';
import { AuthenticatorRegistry } from '@tollgate/http';
import { launch, type Running } from '@tollgate/launcher';
import { schema } from '@tollgate/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminRole } from '../index.js';

let running: Running;
let base: string;
const folder = mkdtempSync(join(tmpdir(), 'tollgate-tokens-'));

beforeAll(async () => {
  running = await launch({
    app: 'admin',
    roles: [adminRole],
    schema,
    arguments: { configFile: undefined, roles: undefined, switches: new Set() },
    env: {
      TOLLGATE_DATA_DIR: folder,
      TOLLGATE_LOG_LEVEL: 'silent',
      TOLLGATE_MANAGEMENT__HTTPS_PORT: '0',
      TOLLGATE_MANAGEMENT__HTTP_PORT: '0',
      TOLLGATE_SUPER_ADMIN__PASSWORD: 'A-good-password-1',
    },
  });
  // Who calls stands in the header: `Bearer organization+scope`.
  running.http.nest.get(AuthenticatorRegistry).register('bearer', async (request) => {
    const [organization, ...scopes] = (request.headers.authorization ?? '').replace('Bearer ', '').split('+');
    return organization ? { organization, principal: { userName: 'admin', roles: ['admin'], scopes } } : null;
  });
  base = `http://127.0.0.1:${running.http.ports().http}/api/am/admin/v4`;
});
afterAll(async () => {
  await running.stop();
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

async function ask(method: string, path: string, body?: object, as = 'carbon.super+apim:admin'): Promise<Answer> {
  const headers = { authorization: `Bearer ${as}`, ...(body ? { 'content-type': 'application/json' } : {}) };
  const answer = await fetch(base + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
}

describe('signing keys', () => {
  it('are listed, replaced ahead of time and withdrawn', async () => {
    const { body } = await ask('GET', '/signing-keys');
    expect(body).toMatchObject({ count: 3 });
    const keys = body['list'] as { kid: string; algorithm: string; state: string }[];
    expect(keys.map(({ algorithm, state }) => `${algorithm} ${state}`).toSorted()).toEqual([
      'ES256 ACTIVE',
      'EdDSA ACTIVE',
      'RS256 ACTIVE',
    ]);
    const made = await ask('POST', '/signing-keys/rotate', { algorithm: 'ES256' });
    expect(made).toMatchObject({ status: 201, body: { algorithm: 'ES256', state: 'NEXT', lastTokenExpiresAt: null } });
    expect(await ask('POST', '/signing-keys/rotate', { algorithm: 'ES256' })).toMatchObject({ status: 409 });
    expect(await ask('DELETE', `/signing-keys/${String(made.body['kid'])}`)).toMatchObject({ status: 200 });
    expect(await ask('GET', '/signing-keys')).toMatchObject({ body: { count: 3 } });
  });

  it('refuse what is no algorithm, and administrators of a tenant', async () => {
    expect(await ask('POST', '/signing-keys/rotate', { algorithm: 'none' })).toMatchObject({ status: 400 });
    expect(await ask('GET', '/signing-keys', undefined, 'tenant.example+apim:admin')).toMatchObject({ status: 403 });
    expect(await ask('GET', '/signing-keys', undefined, 'carbon.super+apim:tier_view')).toMatchObject({ status: 401 });
  });
});

describe('token revocations', () => {
  it('end what a user got, at the gateways too', async () => {
    expect(await ask('POST', '/token-revocations', { type: 'userGrant', value: 'admin' })).toMatchObject({
      status: 204,
    });
    const id = 'userGrant:admin@carbon.super';
    const row = await running.http.nest.get(Database).manager.findOneBy(GatewayRecord, { kind: 'revocation', id });
    expect(JSON.parse(row?.value ?? '{}')).toMatchObject({ type: 'userGrant', value: 'admin@carbon.super' });
  });

  it.each([
    ['user', 'nobody'],
    ['userGrant', 'nobody'],
    ['application', '0e9b0a52-6a55-4b43-a0dc-6a6c2f0bb5a1'],
    ['consumerKey', 'nobody'],
  ])('of a %s that the organization has not answer 404', async (type, value) => {
    expect(await ask('POST', '/token-revocations', { type, value })).toMatchObject({ status: 404 });
  });

  it('need a known type', async () => {
    expect(await ask('POST', '/token-revocations', { type: 'everybody', value: 'x' })).toMatchObject({ status: 400 });
  });
});
