import { jobEntities } from '@tollgate/jobs';
import { startOAuthTestApp } from '@tollgate/oauth/testing';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic, KeyManagerClient, type Registered } from '../../test/key-manager-client.js';
import { admin, allGrants, startRig, type Rig, testJobs } from '../../test/rig.js';
import { KeyManagerModule } from '../key-manager.module.js';

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

  it('R-24 never takes a client for the user of the same name', async () => {
    const { clientId, clientSecret } = await registered('nora', 'client_credentials');
    const { body } = await km.token({ clientId, clientSecret }, { grant_type: 'client_credentials' });
    expect(decodeJwt(String(body['access_token']))).toMatchObject({
      sub: 'admin@carbon.super', // its owner
      aut: 'APPLICATION',
      client_id: clientId,
    });
  });

  it('R-22 answers with what nothing may keep', async () => {
    const { headers, body } = await km.token(portal, { grant_type: 'client_credentials', scope: 'apim:api_view' });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-type')).toContain('application/json');
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'apim:api_view' });
  });

  it('R-12 is refused to a client that was not registered for it', async () => {
    const client = await registered('password only', 'password');
    expect(await km.token(client, { grant_type: 'client_credentials' })).toMatchObject({
      status: 400,
      body: { error: 'unauthorized_client' },
    });
  });
});

describe('R-19 client authentication', () => {
  const grant = { grant_type: 'client_credentials' };

  it.each([
    ['a wrong secret', () => basic(portal.clientId, 'wrong')],
    ['an unknown client', () => basic('nobody', 'wrong')],
    ['another scheme', () => 'Bearer abc'],
    ['nothing', () => undefined],
  ])('answers %s with 401 invalid_client', async (_, authorization) => {
    const answer = await km.form('/oauth2/token', grant, authorization());
    expect(answer).toMatchObject({
      status: 401,
      body: { error: 'invalid_client', error_description: 'Client authentication failed.' },
    });
    expect(answer.headers.get('www-authenticate')).toMatch(/^Basic realm=/);
  });

  it('R-20 takes the credentials from the body, but not from two places', async () => {
    const inBody = { ...grant, client_id: portal.clientId, client_secret: portal.clientSecret };
    expect((await km.form('/oauth2/token', inBody)).status).toBe(200);
    const both = await km.form('/oauth2/token', inBody, basic(portal.clientId, portal.clientSecret));
    expect(both).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    expect((await km.form('/oauth2/token', grant)).status).toBe(401);
  });

  it('R-20 reads Basic credentials as form-encoded', async () => {
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
    ['an unknown grant', 'grant_type=implicit', 'unsupported_grant_type'],
    ['an unknown code', 'grant_type=authorization_code&code=x', 'invalid_grant'],
    ['a malformed scope', 'grant_type=client_credentials&scope=%22%22', 'invalid_scope'],
    ['no user name', 'grant_type=password&password=x', 'invalid_request'],
    ['an unknown refresh token', 'grant_type=refresh_token&refresh_token=x', 'invalid_grant'],
  ])('answers %s with 400', async (_, body, error) => {
    const answer = await km.form('/oauth2/token', body, basic(portal.clientId, portal.clientSecret));
    expect(answer).toMatchObject({ status: 400, body: { error, error_description: expect.any(String) } });
    expect(Object.keys(answer.body).sort()).toEqual(['error', 'error_description']);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('R-21 answers GET with 405, XML with 415 and JSON with 400, except for the password grant', async () => {
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

  it('R-70 lets nobody guess on: 429 with Retry-After, for names that exist and others', async () => {
    for (const user of ['guessed-at@tenant1.example', 'nobody-at-all']) {
      for (let i = 0; i < 5; i++) expect((await passwordGrant(portal, user, `wrong-${i}`)).status).toBe(400);
      const answer = await passwordGrant(portal, user, 'wrong-6');
      expect(answer).toMatchObject({ status: 429, body: { error: 'temporarily_unavailable' } });
      expect(answer.headers.get('retry-after')).toBe('1');
    }
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

  it('R-11 does not exist unless it is switched on', async () => {
    const plain = await startOAuthTestApp({
      toml: `[super_admin]\npassword = "${admin}"\n`,
      imports: [testJobs(), KeyManagerModule],
      entities: [...jobEntities],
    });
    const client = new KeyManagerClient(plain);
    const made = (await client.register('admin', admin, { clientName: 'x', grantType: allGrants }))
      .body as unknown as Registered;
    const answer = await client.token(made, { grant_type: 'password', username: 'admin', password: admin });
    expect(answer).toMatchObject({ status: 400, body: { error: 'unsupported_grant_type' } });
    const metadata = await client.send('GET', '/.well-known/oauth-authorization-server');
    expect(metadata.body['grant_types_supported']).toEqual([
      'client_credentials',
      'refresh_token',
      'authorization_code',
      'urn:ietf:params:oauth:grant-type:device_code',
      'urn:ietf:params:oauth:grant-type:token-exchange',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
    ]);
    await plain.close();
  });
});
