import { randomUUID } from 'node:crypto';
import { ClientService, KeyManagerService } from '@tollgate/oauth/server';
import { decodeJwt, exportSPKI, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Registered } from '../../test/key-manager-client.js';
import { ctx, startRig, type Rig } from '../../test/rig.js';

const issuer = 'https://partner.test';
const endpoint = 'https://localhost:9443/oauth2/token';
const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
const jwtType = 'urn:ietf:params:oauth:token-type:jwt';
let rig: Rig;
let app: Registered;
let key: CryptoKey;
let stranger: CryptoKey;
let managerId: string;
let input: Parameters<KeyManagerService['create']>[1];

beforeAll(async () => {
  rig = await startRig();
  const pair = await generateKeyPair('RS256');
  key = pair.privateKey;
  stranger = (await generateKeyPair('RS256')).privateKey;
  const resident = (await rig.app.get(KeyManagerService).list(ctx))[0]?.settings;
  if (!resident) throw new Error('There is no resident key manager');
  const certificates = { type: 'PEM' as const, value: await exportSPKI(pair.publicKey) };
  const settings = { ...resident, tokenType: 'EXCHANGED' as const, issuer, certificates, alias: 'urn:ours' };
  input = { name: 'Partner', type: 'oidc', enabled: true, settings };
  managerId = (await rig.app.get(KeyManagerService).create(ctx, input)).uuid;
  app = await newClient('orders', randomUUID());
});
afterAll(() => rig.app.close());

async function newClient(name: string, applicationUuid: string | null): Promise<Registered> {
  return rig.app.db.transaction(ctx, async (tx) => {
    const made = await rig.app.get(ClientService).create(tx, {
      name,
      owner: 'admin',
      grantTypes: [jwtBearer, tokenExchange, 'refresh_token'],
      applicationUuid,
      ...(applicationUuid === null ? {} : { keyType: 'PRODUCTION' as const }),
    });
    return { clientId: made.client.consumerKey, clientSecret: made.secret };
  });
}

function claims(changes: JWTPayload = {}): JWTPayload {
  const now = Math.floor(rig.app.clock.nowMs() / 1000);
  const usual = { iss: issuer, sub: 'alice', aud: endpoint, iat: now, exp: now + 300, jti: randomUUID() };
  return { ...usual, ...changes };
}

function signed(payload: JWTPayload, by = key): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg: 'RS256' }).sign(by);
}

function assert(assertion: string, more: Record<string, string> = {}, by = app) {
  return rig.km.token(by, { grant_type: jwtBearer, assertion, ...more });
}
function exchange(token: string, more: Record<string, string> = {}, by = app) {
  return rig.km.token(by, {
    grant_type: tokenExchange,
    subject_token: token,
    subject_token_type: jwtType,
    ...more,
  });
}
const introspect = async (token: unknown) =>
  (await rig.km.token(app, { token: String(token) }, '/oauth2/introspect')).body;
const refused = (error_description: string) => ({ status: 400, body: { error: 'invalid_grant', error_description } });

describe('JWT bearer grant (RFC 7523 section 2.1)', () => {
  it('gives a token to the subject of an assertion, which ends with it and has no refresh token', async () => {
    const payload = claims();
    const { status, body } = await assert(await signed(payload), { scope: 'device_1 apim:admin nothing' });
    expect({ status, body }).toMatchObject({ status: 200, body: { token_type: 'Bearer', scope: 'device_1' } });
    expect(Object.keys(body).toSorted()).toEqual(['access_token', 'expires_in', 'scope', 'token_type']);
    const got = decodeJwt(String(body['access_token']));
    expect(got).toMatchObject({ sub: 'Partner/alice@carbon.super', key_manager: 'Partner', aut: 'APPLICATION_USER' });
    expect(got.exp).toBeLessThanOrEqual(payload.exp ?? 0);
    expect(await introspect(body['access_token'])).toMatchObject({ active: true, sub: 'Partner/alice@carbon.super' });
  });

  it('takes the name agreed on as the audience', async () => {
    expect((await assert(await signed(claims({ aud: ['x', 'urn:ours'] })))).status).toBe(200);
  });

  it('takes an assertion once, also when it is shown many times at the same time', async () => {
    const assertion = await signed(claims());
    const answers = await Promise.all(Array.from({ length: 8 }, () => assert(assertion)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await assert(assertion)).toMatchObject(refused('assertion: The assertion was used already.'));
  });

  it.each<[string, JWTPayload, string]>([
    ['another issuer', { iss: 'https://evil.test' }, 'The issuer is not trusted here.'],
    ['no issuer', { iss: undefined }, 'It is no signed JWT with an issuer.'],
    ['another audience', { aud: 'https://elsewhere.test' }, 'Audience validation failed.'],
    ['no audience', { aud: undefined }, 'Audience validation failed.'],
    ['an expired one', { exp: 1 }, 'It has expired.'],
    ['no expiry', { exp: undefined }, 'It has expired.'],
    [
      'one that lives too long',
      { exp: Math.floor(Date.now() / 1000) + 90_000 },
      'The assertion lives longer than an hour.',
    ],
    ['one of the future', { nbf: Math.floor(Date.now() / 1000) + 9_000 }, 'It is not valid yet.'],
    ['no subject', { sub: undefined }, 'It names no subject.'],
    ['a subject with a line break', { sub: 'a\nb' }, 'It names no subject.'],
    ['no jti', { jti: undefined }, 'The assertion has no usable jti.'],
    ['a client that acts for itself', { sub: 'c1', azp: 'c1' }, 'It is of a client that acts for itself.'],
    ['a bound token', { cnf: { jkt: 'x' } }, 'It is bound to a key that is not proved here.'],
  ])('refuses %s', async (_, changes, description) => {
    expect(await assert(await signed(claims(changes)))).toMatchObject(refused(`assertion: ${description}`));
  });

  it('refuses a stranger’s signature, garbage and nothing', async () => {
    const forged = await assert(await signed(claims(), stranger));
    expect(forged).toMatchObject(refused('assertion: The signature is not that of the issuer.'));
    expect(await assert('x.y')).toMatchObject({ body: { error: 'invalid_grant' } });
    expect(await assert('')).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });

  it('opens no management surface, and needs the grant', async () => {
    const management = await newClient('management', null);
    const answer = await assert(await signed(claims()), {}, management);
    expect(answer).toMatchObject({ status: 400, body: { error: 'unauthorized_client' } });
    const without = await assert(await signed(claims()), {}, rig.applicationKey);
    expect(without).toMatchObject({ status: 400, body: { error: 'unauthorized_client' } });
  });
});

describe('exchange of a token of an external key manager (RFC 8693)', () => {
  it('gives a token with the scopes that it has, no more, as often as it is shown', async () => {
    const token = await signed(claims({ scope: 'orders:read orders:write apim:admin' }));
    const all = await exchange(token);
    expect(all).toMatchObject({
      status: 200,
      body: { scope: 'orders:read orders:write', issued_token_type: expect.any(String) },
    });
    expect(await exchange(token, { scope: 'orders:read' })).toMatchObject({
      status: 200,
      body: { scope: 'orders:read' },
    });
    expect(await exchange(token, { scope: 'orders:delete' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_scope' },
    });
    expect(await exchange(token, { scope: 'apim:admin' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_scope' },
    });
  });

  it('is for key managers that an administrator has set to EXCHANGED or BOTH, as long as they are on', async () => {
    const token = await signed(claims());
    const ours = (await exchange(token)).body['access_token'];
    const change = (changes: object, settings: object = {}) =>
      rig.app
        .get(KeyManagerService)
        .update(ctx, managerId, { ...input, ...changes, settings: { ...input.settings, ...settings } });
    await change({}, { tokenType: 'DIRECT' });
    expect(await exchange(token)).toMatchObject(refused('subject_token: The issuer is not trusted here.'));
    rig.app.clock.advanceMs(1_500);
    expect(await introspect(ours)).toEqual({ active: false });
    await change({}, { tokenType: 'BOTH' });
    expect((await exchange(token)).status).toBe(200);
    await change({ enabled: false });
    expect(await exchange(token)).toMatchObject(refused('subject_token: The issuer is not trusted here.'));
    await change({});
  });
});
