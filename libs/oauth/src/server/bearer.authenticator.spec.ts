import { Controller, Module } from '@nestjs/common';
import { systemContext, type RequestContext } from '@tollgate/database';
import { Ctx, Operation } from '@tollgate/http';
import { OrganizationService, UserService } from '@tollgate/identity/server';
import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOAuthTestApp, type OAuthTestApp } from '../../test/index.js';
import {
  ApiKeyIssuer,
  ClientService,
  SigningKeyRotation,
  RevocationService,
  TokenIssuer,
  type ClientView,
} from './index.js';

@Controller('/api/test')
class TestController {
  @Operation({ method: 'GET', path: '/me', scopes: ['apim:api_create'], summary: 'Who asks' })
  me(@Ctx() ctx: RequestContext): object {
    return { organization: ctx.organization, ...ctx.principal };
  }

  @Operation({ method: 'GET', path: '/admin', auth: 'admin', summary: 'Administrators' })
  admin(@Ctx() ctx: RequestContext): object {
    return { ...ctx.principal };
  }
}

@Module({ controllers: [TestController] })
class TestModule {}

let app: OAuthTestApp;
let portal: ClientView;
let application: ClientView;
const ctx = systemContext('carbon.super');

beforeAll(async () => {
  app = await startOAuthTestApp({ toml: '[super_admin]\npassword = "admin-password"\n', imports: [TestModule] });
  const users = app.get(UserService);
  await users.create(ctx, { userName: 'carl', password: 'carl-password', roles: ['Internal/creator'] });
  await users.create(ctx, { userName: 'nora', password: 'nora-password' });
  const clients = app.get(ClientService);
  const input = { owner: 'carl', grantTypes: ['client_credentials'] as const };
  [portal, application] = await app.db.transaction(ctx, async (tx) => [
    (await clients.create(tx, { name: 'portal', ...input })).client,
    (await clients.create(tx, { name: 'app', ...input, applicationUuid: 'a-1', keyType: 'PRODUCTION' })).client,
  ]);
});
afterAll(() => app.close());

async function call(path: string, authorization?: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(`${app.base}/api/test${path}`, {
    headers: authorization === undefined ? {} : { authorization },
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

async function tokenOf(client: ClientView, scopes = ['apim:api_create'], userName?: string): Promise<string> {
  const user = userName === undefined ? {} : { user: { userName, organization: 'carbon.super' } };
  return (await app.get(TokenIssuer).issueAccessToken({ client, scopes, ...user })).accessToken;
}

async function me(token: string): Promise<number> {
  return (await call('/me', `Bearer ${token}`)).status;
}

describe('a bearer token on a management surface', () => {
  it('acts as its user, or as the owner of its client', async () => {
    const user = { organization: 'carbon.super', userName: 'carl', scopes: ['apim:api_create'] };
    expect(await call('/me', `Bearer ${await tokenOf(portal, ['apim:api_create'], 'carl')}`)).toMatchObject({
      status: 200,
      body: user,
    });
    expect(await call('/me', `bearer ${await tokenOf(portal)}`)).toMatchObject({ status: 200, body: user });
  });

  it('R-41 V-03 opens nothing when it was made for calling APIs, whatever its scopes say', async () => {
    expect(await me(await tokenOf(application))).toBe(401);
    expect(await me(await tokenOf(application, ['apim:api_create'], 'carl'))).toBe(401);
  });

  it('opens nothing when it is an API key or a test key', async () => {
    const keys = app.get(ApiKeyIssuer);
    const base = { organization: 'carbon.super', userName: 'carl', lifetimeSeconds: 60 };
    const application = { id: 1, uuid: 'a-1', name: 'app', owner: 'carl', tier: 'Unlimited' };
    expect(await me((await keys.issueApiKey({ ...base, keyType: 'PRODUCTION', application })).key)).toBe(401);
    expect(await me((await keys.issueInternalKey({ ...base, apis: [] })).key)).toBe(401);
  });

  it('counts only as far as the roles of its user go now', async () => {
    const token = await tokenOf(portal, ['apim:api_create'], 'nora');
    expect(await me(token)).toBe(401);
    await app.get(UserService).setRoles(ctx, 'nora', ['Internal/creator']);
    app.clock.advanceMs(1001);
    expect(await me(token)).toBe(200);
    await app.get(UserService).setRoles(ctx, 'nora', []);
    app.clock.advanceMs(1001);
    expect(await me(token)).toBe(401);
  });

  it('ends with its revocation at once, with its expiry, and with its client', async () => {
    const token = await tokenOf(portal);
    expect(await me(token)).toBe(200);
    const { jti = '', exp = 0 } = decodeJwt(token);
    const input = { type: 'jti', value: jti, organization: 'carbon.super', expiresAtMs: exp * 1000 } as const;
    await app.db.transaction(ctx, (tx) => app.get(RevocationService).revoke(tx, input));
    expect(await me(token)).toBe(401);
    const expiring = await tokenOf(portal);
    app.clock.advanceMs(3_600_000);
    expect(await me(expiring)).toBe(401);
    const short = await app.db.transaction(ctx, (tx) =>
      app.get(ClientService).create(tx, { name: 'short', owner: 'carl', grantTypes: [] }),
    );
    const orphan = await tokenOf(short.client);
    expect(await me(orphan)).toBe(200);
    await app.db.transaction(ctx, (tx) => app.get(ClientService).remove(tx, short.client.consumerKey));
    expect(await me(orphan)).toBe(401);
  });

  it('goes on after the signing key was changed', async () => {
    const before = await tokenOf(portal);
    await app.get(SigningKeyRotation).rotate(ctx, 'RS256');
    app.clock.advanceMs(300_000);
    const after = await tokenOf(portal);
    expect(decodeProtectedHeader(after).kid).not.toBe(decodeProtectedHeader(before).kid);
    expect([await me(before), await me(after)]).toEqual([200, 200]);
  });
});

describe('a forged token', () => {
  it.each<[string, (claims: Record<string, unknown>, header: Record<string, unknown>) => Promise<string> | string]>([
    ['without a signature', (claims) => new UnsecuredJWT(claims).encode()],
    [
      'signed by another key',
      async (claims, header) => sign(claims, header, (await generateKeyPair('RS256')).privateKey),
    ],
    [
      'signed by HMAC with a public text',
      (claims, header) => sign(claims, { ...header, alg: 'HS256' }, new TextEncoder().encode('x'.repeat(32))),
    ],
    [
      'with an unknown key id',
      async (claims, header) => sign(claims, { ...header, kid: 'other' }, (await generateKeyPair('RS256')).privateKey),
    ],
  ])('is refused: %s', async (_, forge) => {
    const real = await tokenOf(portal);
    expect(await me(await forge({ ...decodeJwt(real) }, { ...decodeProtectedHeader(real) }))).toBe(401);
  });

  it.each(['', 'abc', 'a.b.c', 'a b', '..', 'x'.repeat(9000)])('is refused: %s', async (token) => {
    expect(await me(token)).toBe(401);
  });
});

function sign(
  claims: Record<string, unknown>,
  header: Record<string, unknown>,
  key: Parameters<SignJWT['sign']>[0],
): Promise<string> {
  return new SignJWT(claims).setProtectedHeader(header as { alg: string }).sign(key);
}

describe('an administrator', () => {
  const basic = (name: string, password: string): string =>
    `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;

  it('comes with a password or with a token that has apim:admin', async () => {
    expect(await call('/admin', basic('admin', 'admin-password'))).toMatchObject({
      status: 200,
      body: { userName: 'admin' },
    });
    expect((await call('/admin', basic('admin@carbon.super', 'admin-password'))).status).toBe(200);
    const owned = await app.db.transaction(ctx, (tx) =>
      app.get(ClientService).create(tx, { name: 'a', owner: 'admin', grantTypes: [] }),
    );
    expect((await call('/admin', `Bearer ${await tokenOf(owned.client, ['apim:admin'])}`)).status).toBe(200);
  });

  it('is nobody else', async () => {
    expect((await call('/admin')).status).toBe(401);
    expect((await call('/admin', basic('admin', 'wrong'))).status).toBe(401);
    expect((await call('/admin', basic('carl', 'carl-password'))).status).toBe(401);
    expect((await call('/admin', `Bearer ${await tokenOf(portal, ['apim:admin'])}`)).status).toBe(401);
  });
});

describe('tokens of a tenant', () => {
  it('act in the tenant', async () => {
    const admin = { userName: 'admin', password: 'tenant-password' };
    await app.get(OrganizationService).create(ctx, { domain: 'tenant1.example', admin });
    const inside = systemContext('tenant1.example');
    const { client } = await app.db.transaction(inside, (tx) =>
      app.get(ClientService).create(tx, { name: 'p', owner: 'admin', grantTypes: [] }),
    );
    expect(await call('/me', `Bearer ${await tokenOf(client)}`)).toMatchObject({
      status: 200,
      body: { organization: 'tenant1.example', userName: 'admin' },
    });
  });
});
