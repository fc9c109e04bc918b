import { createHash, randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, decodeJwt, exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic } from '../../test/key-manager-client.js';
import { admin, startRig, type Rig } from '../../test/rig.js';

const endpoint = 'https://localhost:9443/oauth2/token';
const userinfo = 'https://localhost:9443/oauth2/userinfo';
let rig: Rig;
let key: CryptoKey;
let jwk: JWK;

beforeAll(async () => {
  rig = await startRig();
  const pair = await generateKeyPair('ES256', { extractable: true });
  key = pair.privateKey;
  jwk = await exportJWK(pair.publicKey);
});
afterAll(() => rig.app.close());

function proof(changes: Record<string, unknown> = {}, header: Record<string, unknown> = {}): Promise<string> {
  const iat = Math.floor(rig.app.clock.nowMs() / 1000);
  return new SignJWT({ htm: 'POST', htu: endpoint, iat, jti: randomUUID(), ...changes })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...header })
    .sign(key);
}

function ask(dpop: string, client = rig.portal) {
  const form = { grant_type: 'password', username: 'admin', password: admin, scope: 'openid apim:admin' };
  return rig.km.send('POST', '/oauth2/token', {
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: basic(client.clientId, client.clientSecret),
      dpop,
    },
    body: new URLSearchParams(form).toString(),
  });
}

describe('R-44 DPoP', () => {
  it('binds the token to the key', async () => {
    const { status, body } = await ask(await proof());
    expect({ status, type: body['token_type'] }).toEqual({ status: 200, type: 'DPoP' });
    const token = String(body['access_token']);
    expect(decodeJwt(token)['cnf']).toEqual({ jkt: await calculateJwkThumbprint(jwk) });
    const ath = createHash('sha256').update(token).digest('base64url');
    const show = async (scheme: string, changes?: Record<string, unknown>) => {
      const dpop = changes && (await proof({ htm: 'GET', htu: userinfo, ath, ...changes }));
      const headers = { authorization: `${scheme} ${token}`, ...(dpop ? { dpop } : {}) };
      return (await rig.km.send('GET', '/oauth2/userinfo', { headers })).status;
    };
    expect(await show('DPoP', {})).toBe(200);
    expect(await show('Bearer')).toBe(401);
    expect(await show('Bearer', {})).toBe(401);
    expect(await show('DPoP')).toBe(401);
    expect(await show('DPoP', { ath: 'x' })).toBe(401);
    expect(await show('DPoP', { htm: 'POST' })).toBe(401);
    expect(await show('DPoP', { htu: endpoint })).toBe(401);
  });

  it('takes a plain token with Bearer alone', async () => {
    const plain = await rig.passwordGrant(rig.portal, 'admin', admin, 'openid');
    const headers = { authorization: `DPoP ${String(plain.body['access_token'])}`, dpop: await proof() };
    expect((await rig.km.send('GET', '/oauth2/userinfo', { headers })).status).toBe(401);
  });

  it('takes a proof once, also when 20 come at the same time', async () => {
    const once = await proof();
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(once)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it.each([
    ['another method', { htm: 'GET' }, {}],
    ['another address', { htu: 'https://localhost:9443/oauth2/revoke' }, {}],
    ['another host', { htu: 'https://evil.example/oauth2/token' }, {}],
    ['no address', { htu: undefined }, {}],
    ['no jti', { jti: undefined }, {}],
    ['another type', {}, { typ: 'JWT' }],
    ['no key', {}, { jwk: undefined }],
    ['an old time', { iat: Math.floor(Date.now() / 1000) - 3600 }, {}],
    ['a time to come', { iat: Math.floor(Date.now() / 1000) + 3600 }, {}],
  ])('refuses %s', async (_, changes, header) => {
    expect(await ask(await proof(changes, header))).toMatchObject({
      status: 400,
      body: { error: 'invalid_dpop_proof' },
    });
  });

  it('refuses a proof that shows its secret key, and what is no proof', async () => {
    expect((await ask(await proof({}, { jwk: await exportJWK(key) }))).status).toBe(400);
    expect((await ask('x.y.z')).body).toMatchObject({ error: 'invalid_dpop_proof' });
  });

  it('gives a nonce, takes it, and asks for a new one when it is over', async () => {
    const first = await ask(await proof());
    const nonce = first.headers.get('dpop-nonce') ?? '';
    expect((await ask(await proof({ nonce }))).status).toBe(200);
    rig.app.clock.advanceMs(11 * 60_000);
    const late = await ask(await proof({ nonce }));
    expect(late).toMatchObject({ status: 400, body: { error: 'use_dpop_nonce' } });
    expect((await ask(await proof({ nonce: late.headers.get('dpop-nonce') }))).status).toBe(200);
  });

  it('binds tokens of applications too, for gateways', async () => {
    const { status, body } = await ask(await proof(), rig.applicationKey);
    expect({ status, type: body['token_type'] }).toEqual({ status: 200, type: 'DPoP' });
    expect(decodeJwt(String(body['access_token']))['cnf']).toEqual({ jkt: await calculateJwkThumbprint(jwk) });
  });
});
