import { UserService } from '@tollgate/identity/server';
import { startOAuthTestApp, type OAuthTestApp } from '@tollgate/oauth/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AdminTenantsModule } from './admin-tenants.module.js';

let app: OAuthTestApp;
const admin = basic('admin', 'admin-password');
const owner = {
  username: 'boss',
  password: 'boss-password',
  email: 'boss@mail.example',
  firstname: 'Bo',
  lastname: 'Ss',
  provisioningMethod: 'inline-password',
};

function basic(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}

async function send(
  method: string,
  path: string,
  body?: object,
  authorization = admin,
): Promise<{ status: number; body: Record<string, unknown>; location: string | null }> {
  const headers: Record<string, string> = { authorization, ...(body ? { 'content-type': 'application/json' } : {}) };
  const answer = await fetch(`${app.base}/api/server/v1${path}`, {
    method,
    headers,
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    body: text ? (JSON.parse(text) as Record<string, unknown>) : {},
    location: answer.headers.get('location'),
  };
}

beforeAll(async () => {
  app = await startOAuthTestApp({
    toml: '[super_admin]\npassword = "admin-password"\n',
    imports: [AdminTenantsModule],
  });
});
afterAll(() => app.close());

describe('tenants', () => {
  it('are made with an administrator who can sign in, and listed', async () => {
    const made = await send('POST', '/tenants', {
      domain: 'tenant1.example',
      owners: [{ ...owner, username: 'boss@tenant1.example' }],
    });
    expect(made).toMatchObject({
      status: 201,
      body: {},
      location: expect.stringMatching(/^\/api\/server\/v1\/tenants\/[\w-]{36}$/),
    });
    const boss = await app.get(UserService).verifyPassword('tenant1.example', 'boss', 'boss-password');
    expect(boss).toMatchObject({ roles: ['Internal/everyone', 'admin'], email: 'boss@mail.example', givenName: 'Bo' });
    const shown = {
      domain: 'tenant1.example',
      owners: [{ id: boss?.uuid, username: 'boss' }],
      lifecycleStatus: { activated: true },
    };
    expect((await send('GET', '/tenants')).body).toMatchObject({
      totalResults: 1,
      startIndex: 1,
      count: 1,
      tenants: [shown],
    });
    expect((await send('GET', made.location?.replace('/api/server/v1', '') ?? '')).body).toMatchObject(shown);
    expect((await send('GET', '/tenants/domain/tenant1.example')).body).toMatchObject(shown);
    expect((await send('GET', '/tenants?filter=domainName+eq+other.example')).body).toMatchObject({ totalResults: 0 });
  });

  it.each([
    ['a taken domain', 409, { domain: 'tenant1.example', owners: [owner] }],
    ['the domain in another case', 400, { domain: 'Tenant1.example', owners: [owner] }],
    ['the domain of the installation', 400, { domain: 'carbon.super', owners: [owner] }],
    ['no owner', 400, { domain: 'tenant2.example', owners: [] }],
    ['a bad owner name', 400, { domain: 'tenant2.example', owners: [{ ...owner, username: 'a/b' }] }],
    [
      'another way to get a password',
      400,
      { domain: 'tenant2.example', owners: [{ ...owner, provisioningMethod: 'invite-via-email' }] },
    ],
  ])('are refused with %s', async (_, status, body) => {
    expect((await send('POST', '/tenants', body)).status).toBe(status);
    expect((await send('GET', '/tenants')).body).toMatchObject({ totalResults: 1 });
  });

  it("are no matter of a tenant's administrator", async () => {
    const boss = basic('boss@tenant1.example', 'boss-password');
    expect((await send('GET', '/tenants', undefined, boss)).status).toBe(403);
    expect((await send('POST', '/tenants', { domain: 'tenant3.example', owners: [owner] }, boss)).status).toBe(403);
    expect((await send('GET', '/tenants', undefined, basic('admin', 'wrong'))).status).toBe(401);
    expect((await send('GET', '/tenants/none')).status).toBe(404);
  });
});
