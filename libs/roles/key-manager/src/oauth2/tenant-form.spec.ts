import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Registered } from '../../test/key-manager-client.js';
import { admin, allGrants, startRig, type Rig } from '../../test/rig.js';

let app: Rig['app'];
let km: Rig['km'];
let portal: Rig['portal'];
let applicationKey: Rig['applicationKey'];

beforeAll(async () => {
  ({ app, km, portal, applicationKey } = await startRig());
});
afterAll(() => app.close());

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

  it('R-26 has its own metadata with its own issuer', async () => {
    const issuer = 'https://localhost:9443/t/tenant1.example/oauth2/token';
    for (const path of [
      '/t/tenant1.example/oauth2/token/.well-known/openid-configuration',
      '/.well-known/oauth-authorization-server/t/tenant1.example/oauth2/token',
    ])
      expect(await km.send('GET', path)).toMatchObject({
        status: 200,
        body: { issuer, token_endpoint: issuer, response_types_supported: ['code'] },
      });
    expect(
      (await km.send('GET', '/.well-known/oauth-authorization-server/t/nowhere.example/oauth2/token')).status,
    ).toBe(404);
  });
});

it('R-19 keeps no secret in the database that opens anything', async () => {
  const rows = JSON.stringify([
    await app.db.manager.query('SELECT * FROM oauth_client'),
    await app.db.manager.query('SELECT * FROM refresh_token'),
    await app.db.manager.query('SELECT * FROM signing_key'),
    await app.db.manager.query('SELECT * FROM user_account'),
  ]);
  for (const secret of [portal.clientSecret, applicationKey.clientSecret, admin, 'PRIVATE KEY'])
    expect(rows).not.toContain(secret);
});
