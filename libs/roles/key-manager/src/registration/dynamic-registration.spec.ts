import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic } from '../../test/key-manager-client.js';
import { admin, startRig, type Rig } from '../../test/rig.js';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.app.close());

const metadata = { client_name: 'Shop', redirect_uris: ['https://shop.example/cb'] };

function send(method: string, path: string, authorization: string, body?: object) {
  const headers = { authorization, ...(body ? { 'content-type': 'application/json' } : {}) };
  return rig.km.send(method, path, { headers, ...(body ? { body: JSON.stringify(body) } : {}) });
}

function register(body: object, authorization = basic('admin', admin)) {
  return send('POST', '/oauth2/register', authorization, body);
}

describe('dynamic registration (RFC 7591, RFC 7592)', () => {
  it('registers, shows, changes and removes a client', async () => {
    const made = await register(metadata);
    expect(made).toMatchObject({
      status: 201,
      body: {
        ...metadata,
        client_id: expect.any(String),
        client_secret: expect.any(String),
        client_secret_expires_at: 0,
        token_endpoint_auth_method: 'client_secret_basic',
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    });
    const id = String(made.body['client_id']);
    const path = new URL(String(made.body['registration_client_uri'])).pathname;
    const token = `Bearer ${String(made.body['registration_access_token'])}`;
    expect((await send('GET', path, token)).body).toEqual(made.body);
    const renamed = await send('PUT', path, token, { ...metadata, client_id: id, client_name: 'Store' });
    expect(renamed).toMatchObject({ status: 200, body: { client_name: 'Store', client_id: id } });
    expect((await send('PUT', path, token, metadata)).status).toBe(400);
    expect((await send('GET', path, 'Bearer wrong')).status).toBe(401);
    expect((await send('GET', `/oauth2/register/${rig.applicationKey.clientId}`, token)).status).toBe(401);
    expect((await send('DELETE', path, token)).status).toBe(204);
    expect((await send('GET', path, token)).status).toBe(401);
  });

  it('R-30 asks who registers', async () => {
    expect(
      (await rig.km.send('POST', '/oauth2/register', { headers: { 'content-type': 'application/json' }, body: '{}' }))
        .status,
    ).toBe(401);
    expect((await register(metadata, basic('nora', 'nora-password'))).status).toBe(401);
    expect((await register(metadata, 'Bearer x')).status).toBe(401);
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'https://a.example/#x',
    'https://*.example/cb',
    '/cb',
    'www.a.example',
  ])('R-30 refuses the redirect URI %s', async (uri) => {
    expect(await register({ redirect_uris: [uri] })).toMatchObject({
      status: 400,
      body: { error: 'invalid_redirect_uri', error_description: expect.any(String) },
    });
  });

  it.each([
    ['an unknown method', { token_endpoint_auth_method: 'magic' }],
    ['no grant of ours', { grant_types: ['implicit'] }],
    [
      'a public client that acts for itself',
      { token_endpoint_auth_method: 'none', grant_types: ['client_credentials'] },
    ],
    ['private_key_jwt without keys', { token_endpoint_auth_method: 'private_key_jwt' }],
    ['keys at an address', { jwks_uri: 'https://a.example/jwks' }],
    ['a secret key', { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [{ kty: 'EC', d: 'x' }] } }],
  ])('refuses %s', async (_, changes) => {
    expect(await register({ ...metadata, ...changes })).toMatchObject({
      status: 400,
      body: { error: 'invalid_client_metadata' },
    });
  });

  it('R-30 R-74 gives nobody what only the installation has', async () => {
    const wanted = {
      ...metadata,
      firstParty: true,
      saas: true,
      owner: 'carl',
      application_uuid: 'x',
      scope: 'apim:admin',
    };
    const made = await register(wanted);
    expect(made.status).toBe(201);
    expect(Object.keys(made.body)).not.toContain('firstParty');
  });
});
