import { GatewayRecord } from '@tollgate/deployment/server';
import { UserService } from '@tollgate/identity/server';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic, type Answer } from '../../test/key-manager-client.js';
import { admin, ctx, startRig, type Rig } from '../../test/rig.js';

let app: Rig['app'];
let km: Rig['km'];
let portal: Rig['portal'];
let applicationKey: Rig['applicationKey'];
let registered: Rig['registered'];
let passwordGrant: Rig['passwordGrant'];

beforeAll(async () => {
  ({ app, km, portal, applicationKey, registered, passwordGrant } = await startRig());
});
afterAll(() => app.close());

describe('grant_type=refresh_token', () => {
  async function refreshToken(scope = 'apim:api_create apim:api_view'): Promise<string> {
    return String((await passwordGrant(portal, 'carl', 'carl-password', scope)).body['refresh_token']);
  }
  function refresh(token: string, scope = '', client = portal): Promise<Answer> {
    return km.token(client, { grant_type: 'refresh_token', refresh_token: token, scope });
  }

  it('gives a new pair with the scopes of the old one', async () => {
    const first = await refreshToken();
    const answer = await refresh(first);
    expect(answer).toMatchObject({ status: 200, body: { scope: 'apim:api_create apim:api_view' } });
    expect(answer.body['refresh_token']).not.toBe(first);
  });

  it('R-18 narrows but never widens, and a refused request spends nothing', async () => {
    const token = await refreshToken();
    expect(await refresh(token, 'apim:api_create apim:admin')).toMatchObject({
      status: 400,
      body: { error: 'invalid_scope' },
    });
    const narrowed = await refresh(token, 'apim:api_view');
    expect(narrowed).toMatchObject({ status: 200, body: { scope: 'apim:api_view' } });
    expect(await refresh(String(narrowed.body['refresh_token']))).toMatchObject({
      body: { scope: 'apim:api_create apim:api_view' },
    });
  });

  it('R-14 ends the whole family when a spent token is shown again', async () => {
    const first = await refreshToken();
    const second = String((await refresh(first)).body['refresh_token']);
    app.clock.advanceMs(61_000);
    expect(await refresh(first)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(await refresh(second)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('R-17 is repeated once by a client that got no answer, and what did not arrive ends', async () => {
    const first = await refreshToken();
    const lost = await refresh(first);
    app.clock.advanceMs(5_000);
    const again = await refresh(first);
    expect(again).toMatchObject({ status: 200, body: { scope: 'apim:api_create apim:api_view' } });
    const seen = await km.form(
      '/oauth2/introspect',
      { token: String(lost.body['access_token']) },
      basic(portal.clientId, portal.clientSecret),
    );
    expect(seen.body).toEqual({ active: false });
    expect(await refresh(String(lost.body['refresh_token']))).toMatchObject({ body: { error: 'invalid_grant' } });
    expect(await refresh(first)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect((await refresh(String(again.body['refresh_token']))).status).toBe(200);
  });

  it('R-17 is repeated by one of 20 that try at the same time', async () => {
    const first = await refreshToken();
    const lost = String((await refresh(first)).body['refresh_token']);
    app.clock.advanceMs(5_000);
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(first)));
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    expect(await refresh(lost)).toMatchObject({ body: { error: 'invalid_grant' } });
    expect((await refresh(String(won[0]?.body['refresh_token']))).status).toBe(200);
  });

  it('R-17 is not repeated when the answer has arrived: the family ends', async () => {
    const first = await refreshToken();
    const second = String((await refresh(first)).body['refresh_token']);
    const third = String((await refresh(second)).body['refresh_token']);
    app.clock.advanceMs(11_000);
    expect(await refresh(first)).toMatchObject({ body: { error: 'invalid_grant' } });
    expect(await refresh(third)).toMatchObject({ body: { error: 'invalid_grant' } });
  });

  it('is refused to another client, which does not harm the owner', async () => {
    const token = await refreshToken();
    const other = await registered('other portal');
    expect(await refresh(token, '', other)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect((await refresh(token)).status).toBe(200);
  });

  it('V-11 gives only what the roles give now, and nothing to a locked user', async () => {
    const users = app.get(UserService);
    await users.create(ctx, {
      userName: 'dora',
      password: 'dora-password',
      roles: ['Internal/creator', 'Internal/subscriber'],
    });
    const first = await passwordGrant(portal, 'dora', 'dora-password', 'apim:api_create apim:subscribe');
    await users.setRoles(ctx, 'dora', ['Internal/subscriber']);
    const second = await refresh(String(first.body['refresh_token']));
    expect(second).toMatchObject({ status: 200, body: { scope: 'apim:subscribe' } });
    await users.update(ctx, 'dora', { status: 'LOCKED' });
    expect((await refresh(String(second.body['refresh_token']))).status).toBe(400);
  });

  it('ends when it expires', async () => {
    const token = await refreshToken();
    app.clock.advanceMs(86_400_000);
    expect(await refresh(token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });
});

describe('revocation and introspection', () => {
  async function introspect(
    token: string,
    authorization = basic(portal.clientId, portal.clientSecret),
  ): Promise<Answer> {
    return km.form('/oauth2/introspect', { token }, authorization);
  }
  async function revoke(token: string, client = portal): Promise<Answer> {
    return km.form('/oauth2/revoke', { token }, basic(client.clientId, client.clientSecret));
  }
  async function pair(): Promise<{ access: string; refresh: string }> {
    const { body } = await passwordGrant(portal, 'carl', 'carl-password', 'apim:api_view');
    return { access: String(body['access_token']), refresh: String(body['refresh_token']) };
  }

  it('says what a living token is, to its client and to administrators', async () => {
    const { access, refresh } = await pair();
    const active = { active: true, client_id: portal.clientId, username: 'carl@carbon.super', scope: 'apim:api_view' };
    expect(await introspect(access)).toMatchObject({ status: 200, body: { ...active, token_type: 'Bearer' } });
    expect(await introspect(refresh)).toMatchObject({ status: 200, body: { ...active, token_type: 'refresh_token' } });
    expect((await introspect(access, basic('admin', admin))).body['active']).toBe(true);
  });

  it.each([
    ['another client', () => basic(applicationKey.clientId, applicationKey.clientSecret)],
    ['the administrator of another organization', () => basic('admin@tenant1.example', 'tenant-password')],
  ])('R-29 tells %s nothing', async (_, authorization) => {
    expect(await introspect((await pair()).access, authorization())).toMatchObject({
      status: 200,
      body: { active: false },
    });
  });

  it('R-28 refuses anonymous callers and plain users', async () => {
    expect(await km.form('/oauth2/introspect', { token: 'x' })).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    });
    expect((await introspect('x', basic('carl', 'carl-password'))).status).toBe(401);
  });

  it("R-28 V-09 V-11 calls a tampered, an expired and a locked user's token inactive", async () => {
    const { access } = await pair();
    const [head, , signature] = access.split('.');
    const forged = Buffer.from(JSON.stringify({ ...decodeJwt(access), scope: 'apim:admin' })).toString('base64url');
    expect((await introspect(`${head}.${forged}.${signature}`)).body).toEqual({ active: false });
    await app.get(UserService).update(ctx, 'carl', { status: 'LOCKED' });
    expect((await introspect(access)).body).toEqual({ active: false });
    await app.get(UserService).update(ctx, 'carl', { status: 'ACTIVE' });
    app.clock.advanceMs(1000);
    const later = await pair();
    app.clock.advanceMs(3_600_000);
    expect((await introspect(later.access)).body).toEqual({ active: false });
  });

  it('R-27 revokes an access token at once, for gateways too', async () => {
    const { access } = await pair();
    expect((await introspect(access)).body['active']).toBe(true);
    expect((await revoke(access)).status).toBe(200);
    expect((await introspect(access)).body).toEqual({ active: false });
    const { jti, exp } = decodeJwt(access);
    const record = await app.db.manager.findOneBy(GatewayRecord, { kind: 'revocation', id: `jti:${jti}` });
    expect(JSON.parse(record?.value ?? '{}')).toMatchObject({
      type: 'jti',
      value: jti,
      expiresAtMs: (exp ?? 0) * 1000,
    });
  });

  it('R-27 ends the access token with its refresh token', async () => {
    const { access, refresh } = await pair();
    expect((await revoke(refresh)).status).toBe(200);
    expect((await introspect(access)).body).toEqual({ active: false });
    expect((await introspect(refresh)).body).toEqual({ active: false });
  });

  it('R-27 answers 200 for garbage and for a token of somebody else, which lives on', async () => {
    const { access, refresh } = await pair();
    expect((await revoke('garbage')).status).toBe(200);
    expect((await revoke(access, applicationKey)).status).toBe(200);
    expect((await revoke(refresh, applicationKey)).status).toBe(200);
    expect((await introspect(access)).body['active']).toBe(true);
    expect((await introspect(refresh)).body['active']).toBe(true);
    expect((await km.form('/oauth2/revoke', { token: access })).status).toBe(401);
  });

  it('V-25 ends sessions when the password changes', async () => {
    const { access, refresh } = await pair();
    await app.get(UserService).update(ctx, 'carl', { password: 'carl-password-2' });
    expect((await introspect(access)).body).toEqual({ active: false });
    expect((await introspect(refresh)).body).toEqual({ active: false });
    await app.get(UserService).update(ctx, 'carl', { password: 'carl-password' });
  });
});
