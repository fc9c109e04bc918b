import { randomUUID } from 'node:crypto';
import { ClientService } from '@tollgate/oauth/server';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ctx, startRig, type Rig } from '../../test/rig.js';

const endpoint = 'https://localhost:9443/oauth2/token';
const refused = { status: 401, body: { error: 'invalid_client' } };
let rig: Rig;
let clientId: string;
let key: CryptoKey;
let other: CryptoKey;

beforeAll(async () => {
  rig = await startRig();
  const pair = await generateKeyPair('ES256');
  key = pair.privateKey;
  other = (await generateKeyPair('ES256')).privateKey;
  const jwk = { ...(await exportJWK(pair.publicKey)) };
  clientId = await rig.app.db.transaction(ctx, async (tx) => {
    const made = await rig.app.get(ClientService).create(tx, {
      name: 'keyed',
      owner: 'admin',
      grantTypes: ['client_credentials'],
      authMethod: 'private_key_jwt',
      jwks: { keys: [jwk] },
    });
    return made.client.consumerKey;
  });
});
afterAll(() => rig.app.close());

function nowSeconds(): number {
  return Math.floor(rig.app.clock.nowMs() / 1000);
}

function claims(changes: JWTPayload = {}): JWTPayload {
  const now = nowSeconds();
  const usual = { iss: clientId, sub: clientId, aud: endpoint, iat: now, exp: now + 60, jti: randomUUID() };
  return { ...usual, ...changes };
}

function signed(payload: JWTPayload, by = key, alg = 'ES256'): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg }).sign(by);
}

function ask(assertion: string, more: Record<string, string> = {}) {
  return rig.km.form('/oauth2/token', {
    grant_type: 'client_credentials',
    client_assertion: assertion,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    ...more,
  });
}

describe('R-32 private_key_jwt', () => {
  it.each([[endpoint], [[endpoint]], ['https://localhost:9443/oauth2/par']])('takes the audience %j', async (aud) => {
    expect((await ask(await signed(claims({ aud })))).status).toBe(200);
  });

  it('takes an assertion once, also when 20 come at the same time', async () => {
    const assertion = await signed(claims());
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(assertion)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await ask(assertion)).toMatchObject(refused);
  });

  it.each([
    ['a foreign audience', { aud: 'https://other.example/oauth2/token' }],
    ['a foreign audience beside ours', { aud: [endpoint, 'https://other.example'] }],
    ['our address as the beginning of another', { aud: 'https://localhost:9443.evil.example/oauth2/token' }],
    ['no audience', { aud: undefined as never }],
    ['another issuer', { iss: 'somebody' }],
    ['another subject', { sub: 'somebody' }],
    ['no jti', { jti: undefined as never }],
    ['no end', { exp: undefined as never }],
  ])('refuses %s', async (_, changes) => {
    expect(await ask(await signed(claims(changes as JWTPayload)))).toMatchObject(refused);
  });

  it('refuses what is over, too long or from the future', async () => {
    const now = nowSeconds();
    for (const times of [{ exp: now - 31 }, { exp: now + 3600 }, { iat: now + 120 }, { nbf: now + 120 }])
      expect(await ask(await signed(claims(times)))).toMatchObject(refused);
  });

  it('refuses another key, no signature, the public key as a secret, and another client_id', async () => {
    expect(await ask(await signed(claims(), other))).toMatchObject(refused);
    const [, body] = (await signed(claims())).split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    expect(await ask(`${none}.${body}.`)).toMatchObject(refused);
    const hmac = await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.alloc(32, clientId));
    expect(await ask(hmac)).toMatchObject(refused);
    expect(await ask(await signed(claims()), { client_id: rig.portal.clientId })).toMatchObject(refused);
    expect(await ask('no.jwt.at-all')).toMatchObject(refused);
  });

  it('refuses two ways at once, and its secret alone', async () => {
    const both = await ask(await signed(claims()), { client_secret: 'x' });
    expect(both).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    const secret = await rig.app.get(ClientService).secretOf(clientId);
    const bySecret = await rig.km.token({ clientId, clientSecret: secret ?? '' }, { grant_type: 'client_credentials' });
    expect(bySecret).toMatchObject(refused);
  });
});
