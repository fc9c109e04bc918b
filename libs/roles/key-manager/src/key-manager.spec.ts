import { systemContext } from '@tollgate/database';
import { OrganizationService, UserService } from '@tollgate/identity/server';
import { ClientService } from '@tollgate/oauth/server';
import { startOAuthTestApp, type OAuthTestApp } from '@tollgate/oauth/testing';
import { GatewayRecord } from '@tollgate/deployment/server';
import { contractValidator } from '@tollgate/testing';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeyManagerModule } from './key-manager.module.js';
import { basic, KeyManagerClient, type Answer, type Registered } from '../test/key-manager-client.js';

let app: OAuthTestApp;
let km: KeyManagerClient;
let portal: Registered;
let applicationKey: Registered;
const ctx = systemContext('carbon.super');
const admin = 'admin-password';
const allGrants =
  'password refresh_token client_credentials authorization_code urn:ietf:params:oauth:grant-type:jwt-bearer';

beforeAll(async () => {
  const toml = `[super_admin]\npassword = "${admin}"\n[oauth.grant_type.password]\nenable = true\n`;
  app = await startOAuthTestApp({ toml, imports: [KeyManagerModule] });
  km = new KeyManagerClient(app);
  const users = app.get(UserService);
  await users.create(ctx, { userName: 'carl', password: 'carl-password', roles: ['Internal/creator'] });
  await users.create(ctx, { userName: 'nora', password: 'nora-password' });
  const tenant = { domain: 'tenant1.example', admin: { userName: 'admin', password: 'tenant-password' } };
  await app.get(OrganizationService).create(ctx, tenant);
  portal = await registered('portal');
  applicationKey = await app.db.transaction(ctx, async (tx) => {
    const made = await app.get(ClientService).create(tx, {
      name: 'orders',
      owner: 'admin',
      grantTypes: ['client_credentials', 'password', 'refresh_token'],
      applicationUuid: '0e9b0a52-6a55-4b43-a0dc-6a6c2f0bb5a1',
      keyType: 'SANDBOX',
    });
    return { clientId: made.client.consumerKey, clientSecret: made.secret };
  });
});
afterAll(() => app.close());

async function registered(clientName: string, grantType = allGrants): Promise<Registered> {
  const answer = await km.register('admin', admin, {
    clientName,
    owner: 'admin',
    grantType,
    callbackUrl: 'www.example.com',
    saasApp: true,
  });
  expect(answer.status).toBe(200);
  return answer.body as unknown as Registered;
}

function passwordGrant(client: Registered, username: string, password: string, scope = ''): Promise<Answer> {
  return km.token(client, { grant_type: 'password', username, password, scope });
}

describe('client registration', () => {
  it('answers with the client, and with the same one when it is asked again', async () => {
    const body = {
      clientName: 'cli',
      owner: 'admin@carbon.super',
      grantType: allGrants,
      callbackUrl: 'www.example.com',
      saasApp: true,
    };
    const first = await km.register('admin', admin, body);
    expect(first).toMatchObject({
      status: 200,
      body: {
        clientName: 'cli',
        callBackURL: 'www.example.com',
        appOwner: 'admin',
        tokenType: 'JWT',
        isSaasApplication: 'true',
      },
    });
    expect(JSON.parse(String(first.body['jsonString']))).toMatchObject({
      grant_types: 'client_credentials refresh_token password',
    });
    const again = await km.register('admin', admin, body);
    expect(again.body).toEqual(first.body);
  });

  it('gives each owner a client of its own', async () => {
    const one = await km.register('admin', admin, { clientName: 'same-name' });
    const other = await km.register('carl', 'carl-password', { clientName: 'same-name' });
    expect(other.status).toBe(200);
    expect(other.body['clientId']).not.toBe(one.body['clientId']);
  });

  const contract = contractValidator('dcr-api-v0.17.yaml');
  it.skipIf(!contract)('answers as the contract says (left out without CONTRACTS_DIR)', async () => {
    const body = { clientName: 'by contract', grantType: allGrants };
    const answers = [await km.register('admin', admin, body), await km.register('admin', 'wrong', body)];
    const problems = answers.flatMap(
      (answer) => contract?.check({ method: 'POST', path: '/register', ...answer }) ?? [],
    );
    expect(problems).toEqual([]);
  });

  it.each([
    ['nobody', undefined, undefined, 401],
    ['a wrong password', 'admin', 'wrong', 401],
    ['a user without a role', 'nora', 'nora-password', 401],
  ])('refuses %s', async (_, user, password, status) => {
    const answer =
      user === undefined || password === undefined
        ? await km.send('POST', '/client-registration/v0.17/register', {
            headers: { 'content-type': 'application/json' },
            body: '{"clientName":"x"}',
          })
        : await km.register(user, password, { clientName: 'x' });
    expect(answer).toMatchObject({ status, body: { code: 900401, message: 'Unauthorized' } });
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'https://a.example/#x',
    'https://*.example/cb',
    'https://u:p@a.example/',
    '//a.example',
  ])('refuses the callback %s', async (callbackUrl) => {
    expect(await km.register('admin', admin, { clientName: 'bad-callback', callbackUrl })).toMatchObject({
      status: 400,
      body: { error: [{ code: 'callbackUrl' }] },
    });
  });

  it('lets only an administrator register for somebody else', async () => {
    expect((await km.register('carl', 'carl-password', { clientName: 'steal', owner: 'admin' })).status).toBe(403);
    expect(await km.register('admin', admin, { clientName: 'gift', owner: 'carl' })).toMatchObject({
      status: 200,
      body: { appOwner: 'carl' },
    });
    expect((await km.register('admin', admin, { clientName: 'ghost', owner: 'nobody' })).status).toBe(400);
  });
});

describe('grant_type=client_credentials', () => {
  it('gives a management client the part of the scopes that its owner may have', async () => {
    const answer = await km.token(portal, {
      grant_type: 'client_credentials',
      scope: 'apim:api_create apim:nothing apim:admin',
    });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        token_type: 'Bearer',
        expires_in: 3600,
        scope: 'apim:api_create apim:admin',
        access_token: expect.any(String),
      },
    });
    expect(answer.body).not.toHaveProperty('refresh_token');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('makes an at+jwt with the claims of the field, verifiable by the published keys', async () => {
    const { body } = await km.token(applicationKey, { grant_type: 'client_credentials' });
    const token = String(body['access_token']);
    const keys = createRemoteJWKSet(new URL(`${app.base}/oauth2/jwks`));
    const { payload } = await jwtVerify(token, keys, { typ: 'at+jwt' });
    expect(decodeProtectedHeader(token)).toMatchObject({
      alg: 'RS256',
      typ: 'at+jwt',
      kid: expect.stringMatching(/_RS256$/),
    });
    expect(payload).toMatchObject({
      iss: 'https://localhost:9443/oauth2/token',
      sub: 'admin@carbon.super',
      aut: 'APPLICATION',
      aud: applicationKey.clientId,
      azp: applicationKey.clientId,
      client_id: applicationKey.clientId,
      scope: 'default',
      keytype: 'SANDBOX',
      organization: 'carbon.super',
    });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600);
  });

  it('never gives an application a management scope', async () => {
    const answer = await km.token(applicationKey, {
      grant_type: 'client_credentials',
      scope: 'apim:admin am_application_scope',
    });
    expect(answer.body).toMatchObject({ scope: 'am_application_scope' });
  });

  it('is refused to a client that was not registered for it', async () => {
    const client = await registered('password only', 'password');
    expect(await km.token(client, { grant_type: 'client_credentials' })).toMatchObject({
      status: 400,
      body: { error: 'unauthorized_client' },
    });
  });
});

describe('client authentication', () => {
  const grant = { grant_type: 'client_credentials' };

  it.each([
    ['a wrong secret', () => basic(portal.clientId, 'wrong')],
    ['an unknown client', () => basic('nobody', 'wrong')],
    ['another scheme', () => 'Bearer abc'],
  ])('answers %s with 401 invalid_client', async (_, authorization) => {
    const answer = await km.form('/oauth2/token', grant, authorization());
    expect(answer).toMatchObject({
      status: 401,
      body: { error: 'invalid_client', error_description: 'Client authentication failed.' },
    });
    expect(answer.headers.get('www-authenticate')).not.toBeNull();
  });

  it('takes the credentials from the body, but not from two places', async () => {
    const inBody = { ...grant, client_id: portal.clientId, client_secret: portal.clientSecret };
    expect((await km.form('/oauth2/token', inBody)).status).toBe(200);
    const both = await km.form('/oauth2/token', inBody, basic(portal.clientId, portal.clientSecret));
    expect(both).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    expect((await km.form('/oauth2/token', grant)).status).toBe(401);
  });

  it('reads Basic credentials as form-encoded', async () => {
    const encoded = Array.from(portal.clientId)
      .map((c) => `%${c.charCodeAt(0).toString(16)}`)
      .join('');
    expect((await km.form('/oauth2/token', grant, basic(encoded, portal.clientSecret))).status).toBe(200);
  });
});

describe('the token endpoint', () => {
  it.each([
    ['no grant type', 'scope=default', 'invalid_request'],
    ['a repeated parameter', 'grant_type=client_credentials&grant_type=password', 'invalid_request'],
    ['an unknown grant', 'grant_type=authorization_code&code=x', 'unsupported_grant_type'],
    ['a malformed scope', 'grant_type=client_credentials&scope=%22%22', 'invalid_scope'],
    ['no user name', 'grant_type=password&password=x', 'invalid_request'],
    ['an unknown refresh token', 'grant_type=refresh_token&refresh_token=x', 'invalid_grant'],
  ])('answers %s with 400', async (_, body, error) => {
    const answer = await km.form('/oauth2/token', body, basic(portal.clientId, portal.clientSecret));
    expect(answer).toMatchObject({ status: 400, body: { error, error_description: expect.any(String) } });
    expect(Object.keys(answer.body).sort()).toEqual(['error', 'error_description']);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('answers GET with 405, XML with 415 and JSON with 400, except for the password grant', async () => {
    expect((await km.send('GET', '/oauth2/token?grant_type=client_credentials')).status).toBe(405);
    const authorization = basic(portal.clientId, portal.clientSecret);
    const xml = await km.send('POST', '/oauth2/token', {
      headers: { 'content-type': 'text/xml', authorization },
      body: '<a/>',
    });
    expect(xml).toMatchObject({ status: 415, body: { error: 'invalid_request' } });
    const headers = { 'content-type': 'application/json', authorization };
    const json = await km.send('POST', '/oauth2/token', { headers, body: '{"grant_type":"client_credentials"}' });
    expect(json).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    const password = JSON.stringify({
      grant_type: 'password',
      username: 'admin',
      password: admin,
      scope: 'apim:admin',
    });
    expect(await km.send('POST', '/oauth2/token', { headers, body: password })).toMatchObject({
      status: 200,
      body: { scope: 'apim:admin' },
    });
  });
});

describe('grant_type=password', () => {
  it('gives the part of the scopes that the user may have, and a refresh token', async () => {
    const answer = await passwordGrant(portal, 'carl', 'carl-password', 'apim:api_create apim:admin');
    expect(answer).toMatchObject({
      status: 200,
      body: { scope: 'apim:api_create', refresh_token: expect.any(String) },
    });
    expect(decodeJwt(String(answer.body['access_token']))).toMatchObject({
      sub: 'carl@carbon.super',
      aut: 'APPLICATION_USER',
    });
  });

  it.each([
    ['a wrong password', 'carl', 'wrong'],
    ['an unknown user', 'nobody', 'wrong'],
    ['the name in another case', 'Carl', 'carl-password'],
    ['the name with a space', 'carl ', 'carl-password'],
  ])('answers %s with invalid_grant', async (_, user, password) => {
    expect(await passwordGrant(portal, user, password)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
  });

  it('lets users of a tenant use a client that serves all, and no other', async () => {
    const through = await passwordGrant(portal, 'admin@tenant1.example', 'tenant-password', 'apim:api_view');
    expect(decodeJwt(String(through.body['access_token']))).toMatchObject({
      organization: 'tenant1.example',
      iss: 'https://localhost:9443/t/tenant1.example/oauth2/token',
    });
    const own = await passwordGrant(applicationKey, 'admin@tenant1.example', 'tenant-password');
    expect(own).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('does not exist unless it is switched on', async () => {
    const plain = await startOAuthTestApp({
      toml: `[super_admin]\npassword = "${admin}"\n`,
      imports: [KeyManagerModule],
    });
    const client = new KeyManagerClient(plain);
    const made = (await client.register('admin', admin, { clientName: 'x', grantType: allGrants }))
      .body as unknown as Registered;
    const answer = await client.token(made, { grant_type: 'password', username: 'admin', password: admin });
    expect(answer).toMatchObject({ status: 400, body: { error: 'unsupported_grant_type' } });
    const metadata = await client.send('GET', '/.well-known/oauth-authorization-server');
    expect(metadata.body['grant_types_supported']).toEqual(['client_credentials', 'refresh_token']);
    await plain.close();
  });
});

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

  it('narrows but never widens, and a refused request spends nothing', async () => {
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

  it('ends the whole family when a spent token is shown again', async () => {
    const first = await refreshToken();
    const second = String((await refresh(first)).body['refresh_token']);
    app.clock.advanceMs(11_000);
    expect(await refresh(first)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(await refresh(second)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('is refused to another client, which does not harm the owner', async () => {
    const token = await refreshToken();
    const other = await registered('other portal');
    expect(await refresh(token, '', other)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect((await refresh(token)).status).toBe(200);
  });

  it('gives only what the roles give now, and nothing to a locked user', async () => {
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
  ])('tells %s nothing', async (_, authorization) => {
    expect(await introspect((await pair()).access, authorization())).toMatchObject({
      status: 200,
      body: { active: false },
    });
  });

  it('refuses anonymous callers and plain users', async () => {
    expect(await km.form('/oauth2/introspect', { token: 'x' })).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    });
    expect((await introspect('x', basic('carl', 'carl-password'))).status).toBe(401);
  });

  it("calls a tampered, an expired and a locked user's token inactive", async () => {
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

  it('revokes an access token at once, for gateways too', async () => {
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

  it('ends the access token with its refresh token', async () => {
    const { access, refresh } = await pair();
    expect((await revoke(refresh)).status).toBe(200);
    expect((await introspect(access)).body).toEqual({ active: false });
    expect((await introspect(refresh)).body).toEqual({ active: false });
  });

  it('answers 200 for garbage and for a token of somebody else, which lives on', async () => {
    const { access, refresh } = await pair();
    expect((await revoke('garbage')).status).toBe(200);
    expect((await revoke(access, applicationKey)).status).toBe(200);
    expect((await revoke(refresh, applicationKey)).status).toBe(200);
    expect((await introspect(access)).body['active']).toBe(true);
    expect((await introspect(refresh)).body['active']).toBe(true);
    expect((await km.form('/oauth2/revoke', { token: access })).status).toBe(401);
  });

  it('ends sessions when the password changes', async () => {
    const { access, refresh } = await pair();
    await app.get(UserService).update(ctx, 'carl', { password: 'carl-password-2' });
    expect((await introspect(access)).body).toEqual({ active: false });
    expect((await introspect(refresh)).body).toEqual({ active: false });
    await app.get(UserService).update(ctx, 'carl', { password: 'carl-password' });
  });
});

describe('the tenant form', () => {
  it("serves the tenant's clients and those that serve all", async () => {
    const made = await km.register('admin@tenant1.example', 'tenant-password', {
      clientName: 'tenant portal',
      grantType: allGrants,
      saasApp: true,
    });
    expect(made.body).toMatchObject({ appOwner: 'admin@tenant1.example', isSaasApplication: 'false' });
    const own = made.body as unknown as Registered;
    const grant = { grant_type: 'client_credentials', scope: 'apim:api_view' };
    expect(await km.token(own, grant, '/t/tenant1.example/oauth2/token')).toMatchObject({
      status: 200,
      body: { scope: 'apim:api_view' },
    });
    expect(await km.token(applicationKey, grant, '/t/tenant1.example/oauth2/token')).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    });
    expect((await km.token(own, grant, '/t/nowhere.example/oauth2/token')).status).toBe(404);
  });

  it('has its own metadata with its own issuer', async () => {
    const issuer = 'https://localhost:9443/t/tenant1.example/oauth2/token';
    for (const path of [
      '/t/tenant1.example/oauth2/token/.well-known/openid-configuration',
      '/.well-known/oauth-authorization-server/t/tenant1.example/oauth2/token',
    ])
      expect(await km.send('GET', path)).toMatchObject({
        status: 200,
        body: { issuer, token_endpoint: issuer, response_types_supported: [] },
      });
    expect(
      (await km.send('GET', '/.well-known/oauth-authorization-server/t/nowhere.example/oauth2/token')).status,
    ).toBe(404);
  });
});

it('keeps no secret in the database that opens anything', async () => {
  const rows = JSON.stringify([
    await app.db.manager.query('SELECT * FROM oauth_client'),
    await app.db.manager.query('SELECT * FROM refresh_token'),
    await app.db.manager.query('SELECT * FROM signing_key'),
    await app.db.manager.query('SELECT * FROM user_account'),
  ]);
  for (const secret of [portal.clientSecret, applicationKey.clientSecret, admin, 'PRIVATE KEY'])
    expect(rows).not.toContain(secret);
});
