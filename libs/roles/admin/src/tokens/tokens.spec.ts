import { Database } from '@tollgate/database';
import { GatewayRecord } from '@tollgate/deployment/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchAdmin, type LaunchedAdmin } from '../../test/launch-admin.js';

let admin: LaunchedAdmin;
let base: string;

beforeAll(async () => {
  admin = await launchAdmin();
  base = `${admin.origin}/api/am/admin/v4`;
});
afterAll(() => admin.stop());

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
    const row = await admin.running.http.nest
      .get(Database)
      .manager.findOneBy(GatewayRecord, { kind: 'revocation', id });
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
