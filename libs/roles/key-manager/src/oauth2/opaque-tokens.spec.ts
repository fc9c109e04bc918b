import { ClientService, AccessTokenVerifier, OpaqueTokens } from '@tollgate/oauth/server';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic, type Registered } from '../../test/key-manager-client.js';
import { admin, ctx, startRig, type Rig } from '../../test/rig.js';

let rig: Rig;
let client: Registered;

beforeAll(async () => {
  rig = await startRig();
  client = await rig.app.db.transaction(ctx, async (tx) => {
    const made = await rig.app.get(ClientService).create(tx, {
      name: 'opaque',
      owner: 'admin',
      grantTypes: ['client_credentials', 'password', 'refresh_token'],
      applicationUuid: '4b9b0a52-6a55-4b43-a0dc-6a6c2f0bb5a1',
      opaqueTokens: true,
    });
    return { clientId: made.client.consumerKey, clientSecret: made.secret };
  });
});
afterAll(() => rig.app.close());

const byClient = () => basic(client.clientId, client.clientSecret);
const introspect = (token: string) => rig.km.form('/oauth2/introspect', { token }, byClient());

async function issued(parameters: Record<string, string> = { grant_type: 'client_credentials' }) {
  const { body } = await rig.km.token(client, parameters);
  return { token: String(body['access_token']), body };
}
const byUser = { grant_type: 'password', username: 'admin', password: admin, scope: 'openid' };

describe('opaque access tokens', () => {
  it('say nothing, and the database does not hold them', async () => {
    const { token } = await issued();
    expect(token).toMatch(/^tga_[\w-]{43}$/);
    const rows = await rig.app.db.manager.query('SELECT * FROM opaque_token');
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(JSON.stringify(rows)).not.toContain('eyJ');
  });

  it('are introspected as their JWT would be (RFC 7662)', async () => {
    const { token, body } = await issued();
    const answer = await introspect(token);
    expect(answer.body).toMatchObject({
      active: true,
      client_id: client.clientId,
      token_type: 'Bearer',
      scope: body['scope'],
      exp: expect.any(Number),
    });
    const stranger = basic(rig.portal.clientId, rig.portal.clientSecret);
    expect((await rig.km.form('/oauth2/introspect', { token }, stranger)).body).toEqual({ active: false });
  });

  it('open userinfo', async () => {
    const { token } = await issued(byUser);
    const answer = await rig.km.send('GET', '/oauth2/userinfo', { headers: { authorization: `Bearer ${token}` } });
    expect(answer).toMatchObject({ status: 200, body: { sub: 'admin@carbon.super' } });
  });

  it('come anew with each refresh, and end with the grant', async () => {
    const { token, body } = await issued(byUser);
    const refreshed = await issued({ grant_type: 'refresh_token', refresh_token: String(body['refresh_token']) });
    expect(refreshed.token).toMatch(/^tga_/);
    expect(refreshed.token).not.toBe(token);
    const form = { token: String(refreshed.body['refresh_token']) };
    await rig.km.form('/oauth2/revoke', form, byClient());
    for (const each of [token, refreshed.token]) expect((await introspect(each)).body).toEqual({ active: false });
  });

  it('are revoked by their text (RFC 7009), and then gateways learn nothing of them', async () => {
    const { token } = await issued();
    const verifier = rig.app.get(AccessTokenVerifier);
    expect(decodeJwt((await verifier.reveal(token)) ?? '')).toMatchObject({ client_id: client.clientId });
    expect((await rig.km.form('/oauth2/revoke', { token }, byClient())).status).toBe(200);
    expect((await introspect(token)).body).toEqual({ active: false });
    expect(await verifier.reveal(token)).toBeNull();
  });

  it.each(['tga_', `tga_${'A'.repeat(43)}`, "tga_' OR 1=1 --", `tga_${'A'.repeat(42)}\u0000`])(
    'that were never issued are not active: %s',
    async (token) => {
      expect((await introspect(token)).body).toEqual({ active: false });
      expect(await rig.app.get(AccessTokenVerifier).reveal(token)).toBeNull();
    },
  );

  it('are not revealed when they are JWTs: only what is opaque is asked for', async () => {
    const { body } = await rig.km.token(rig.applicationKey, { grant_type: 'client_credentials' });
    expect(await rig.app.get(AccessTokenVerifier).reveal(String(body['access_token']))).toBeNull();
  });

  it('are forgotten when they have expired', async () => {
    const { token } = await issued();
    const tokens = rig.app.get(OpaqueTokens);
    rig.app.clock.advanceMs(3_601_000);
    expect((await introspect(token)).body).toEqual({ active: false });
    expect(await tokens.removeExpired(rig.app.clock.nowMs())).toBeGreaterThan(0);
    expect(await tokens.jwtOf(token)).toBeNull();
  });
});
