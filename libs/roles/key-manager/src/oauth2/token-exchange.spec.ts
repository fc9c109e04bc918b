import { ClientService } from '@tollgate/oauth/server';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Registered } from '../../test/key-manager-client.js';
import { admin, ctx, startRig, type Rig } from '../../test/rig.js';

const accessToken = 'urn:ietf:params:oauth:token-type:access_token';
let rig: Rig;
let service: Registered;

beforeAll(async () => {
  rig = await startRig();
  service = await rig.app.db.transaction(ctx, async (tx) => {
    const made = await rig.app.get(ClientService).create(tx, {
      name: 'service',
      owner: 'admin',
      grantTypes: ['urn:ietf:params:oauth:grant-type:token-exchange', 'refresh_token'],
    });
    return { clientId: made.client.consumerKey, clientSecret: made.secret };
  });
});
afterAll(() => rig.app.close());

async function userToken(scope: string, client = rig.portal): Promise<string> {
  return String((await rig.passwordGrant(client, 'admin', admin, scope)).body['access_token']);
}

function exchange(subject: string, more: Record<string, string> = {}, by = service) {
  return rig.km.token(by, {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: subject,
    subject_token_type: accessToken,
    ...more,
  });
}

describe('token exchange (RFC 8693)', () => {
  it('gives a token of the same user to another client, with no more scopes and no longer life', async () => {
    const subject = await userToken('apim:api_view apim:api_create');
    rig.app.clock.advanceMs(60_000);
    const { status, body } = await exchange(subject, { scope: 'apim:api_view' });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { issued_token_type: accessToken, token_type: 'Bearer', scope: 'apim:api_view' },
    });
    expect(body).not.toHaveProperty('refresh_token');
    const claims = decodeJwt(String(body['access_token']));
    expect(claims).toMatchObject({ sub: 'admin@carbon.super', client_id: service.clientId });
    expect(claims.exp).toBeLessThanOrEqual(decodeJwt(subject).exp ?? 0);
  });

  it.each([
    ['a scope that the token lacks', { scope: 'apim:admin' }, 'invalid_scope'],
    ['an actor', { actor_token: 'x', actor_token_type: accessToken }, 'invalid_request'],
    ['another type', { subject_token_type: 'urn:ietf:params:oauth:token-type:saml2' }, 'invalid_request'],
    ['another target', { audience: 'elsewhere' }, 'invalid_target'],
    ['garbage', { subject_token: 'x' }, 'invalid_grant'],
  ])('refuses %s', async (_, more, error) => {
    const answer = await exchange(await userToken('apim:api_view'), more as unknown as Record<string, string>);
    expect(answer).toMatchObject({ status: 400, body: { error } });
  });

  it('refuses revoked tokens, tokens of clients, and clients without the grant', async () => {
    const revoked = await userToken('apim:api_view');
    await rig.km.token(rig.portal, { token: revoked }, '/oauth2/revoke');
    expect((await exchange(revoked)).body).toMatchObject({ error: 'invalid_grant' });
    const own = await rig.km.token(rig.portal, { grant_type: 'client_credentials' });
    expect((await exchange(String(own.body['access_token']))).body).toMatchObject({ error: 'invalid_grant' });
    const without = await exchange(await userToken('apim:api_view'), {}, rig.applicationKey);
    expect(without.body).toMatchObject({ error: 'unauthorized_client' });
  });

  it('R-41 makes no management token of a token for APIs', async () => {
    const forApis = await userToken('default', rig.applicationKey);
    expect(await exchange(forApis)).toMatchObject({ status: 400, body: { error: 'invalid_target' } });
  });
});
