import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackEnd, type BackEnd } from '../../test/back-end.js';
import { call } from '../../test/call.js';
import { startTestGateway, type TestGateway } from '../../test/fixture.js';
import { applicationRecord, change, keyManagerRecord, keyMappingRecord } from '../../test/records.js';
import { accessToken, sign, testKey, type TestKey } from '../../test/tokens.js';

const issuer = 'https://partner.test/realms/shop';
let backEnd: BackEnd;
let g: TestGateway;
let key: TestKey;

beforeAll(async () => {
  backEnd = await startBackEnd();
  g = await startTestGateway(backEnd.url);
  key = await testKey('theirs');
  g.gateway.applyChanges([
    change.keyManager(keyManagerRecord({ keys: [key.jwk] }, { name: 'Partner', issuer, isExternal: true })),
    change.keyMapping(keyMappingRecord({ keyManager: 'Partner', consumerKey: 'shop' })),
  ]);
});
afterAll(async () => {
  await g.stop();
  await backEnd.close();
});

/** As Keycloak makes them. */
function claims(over: Record<string, unknown> = {}): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000);
  return { iss: issuer, sub: 'bob', aud: 'account', azp: 'shop', typ: 'Bearer', iat: now, exp: now + 300, ...over };
}
async function statusOf(
  over: Record<string, unknown> = {},
  header: Record<string, unknown> = { typ: 'JWT' },
  by = key,
): Promise<number> {
  const token = await sign(by, claims(over), header);
  return (await call(g.port, '/pizzashack/1.0.0/menu', { headers: { authorization: `Bearer ${token}` } })).status;
}

describe('a token of ours for a user of an external key manager', () => {
  it('ends with that key manager, also when it is cached', async () => {
    const record = keyManagerRecord({ keys: [] }, { name: 'Exchange', issuer: 'https://x.test', isExternal: true });
    const token = await accessToken(g.key, { aut: 'APPLICATION_USER', sub: 'Exchange/bob', key_manager: 'Exchange' });
    const status = async () =>
      (await call(g.port, '/pizzashack/1.0.0/menu', { headers: { authorization: `Bearer ${token}` } })).status;
    expect(await status()).toBe(401);
    for (const [vouchesForUsers, expected] of [
      [true, 200],
      [false, 401],
      [undefined, 200],
    ] as const) {
      g.gateway.applyChanges([change.keyManager({ ...record, enabled: false, vouchesForUsers })]);
      expect(await status()).toBe(expected);
    }
    g.gateway.applyChanges([change.gone('key-manager', 'carbon.super:Exchange')]);
    expect(await status()).toBe(401);
  });
});

describe('a token of an external key manager', () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['as Keycloak makes it', {}, { typ: 'JWT' }],
    ['as Auth0 makes it', { typ: undefined, gty: 'client-credentials', sub: 'shop@clients' }, {}],
    ['as RFC 9068 says', { typ: undefined, azp: undefined, client_id: 'shop', aud: 'shop' }, { typ: 'at+jwt' }],
  ])('%s is taken', async (_, over, header) => {
    expect(await statusOf(over, header)).toBe(200);
  });

  it.each<[string, Record<string, unknown>]>([
    ['is an ID token by its audience', { typ: undefined, aud: 'shop' }],
    ['is an ID token by its nonce', { nonce: 'n' }],
    ['is an ID token by its hash', { at_hash: 'h' }],
    ['says it is an ID token', { typ: 'ID' }],
    ['says it is a refresh token', { typ: 'Refresh' }],
    ['has no client', { azp: undefined }],
    ['has no user', { sub: undefined }],
    ['has no expiry', { exp: undefined }],
    ['has no time of issue', { iat: undefined }],
    ['begins later', { nbf: 99_999_999_999 }],
    ['begins at a text', { nbf: 'now' }],
    ['names the issuer of another', { iss: 'https://partner.test/realms/other' }],
    ['names this installation', { iss: 'https://cp.test:9443/oauth2/token' }],
  ])('that %s is refused', async (_, over) => {
    expect(await statusOf(over)).toBe(401);
  });

  it('that another typ marks is refused', async () => {
    for (const typ of ['logout+jwt', 'dpop+jwt', 'secevent+jwt']) expect(await statusOf({}, { typ })).toBe(401);
  });

  it('V-14: has a user of its own name, whom a revocation of ours does not mean', async () => {
    const record = {
      type: 'user',
      value: 'bob@carbon.super',
      revokedAtMs: Date.now() + 1000,
      expiresAtMs: Date.now() + 60_000,
    };
    g.gateway.applyChanges([{ kind: 'revocation', id: 'user:bob@carbon.super', value: record }]);
    expect(await statusOf()).toBe(200);
    const theirs = { ...record, value: 'Partner/bob@carbon.super' };
    g.gateway.applyChanges([{ kind: 'revocation', id: 'user:Partner/bob@carbon.super', value: theirs }]);
    expect(await statusOf()).toBe(401);
    g.gateway.applyChanges([change.gone('revocation', 'user:Partner/bob@carbon.super')]);
  });

  it('V-13: does not act for an application of another organization', async () => {
    g.gateway.applyChanges([change.application(applicationRecord({ organization: 'other.com' }))]);
    expect(await statusOf()).toBe(403);
    g.gateway.applyChanges([change.application(applicationRecord())]);
    expect(await statusOf()).toBe(200);
  });

  it('is verified by keys without a name where its own names none', async () => {
    const nameless = await testKey('');
    const jwk = { ...nameless.jwk, kid: '#0', isUnnamed: true };
    g.gateway.applyChanges([
      change.keyManager(keyManagerRecord({ keys: [key.jwk, jwk] }, { name: 'Partner', issuer, isExternal: true })),
    ]);
    expect(await statusOf({}, { typ: 'JWT', kid: undefined }, nameless)).toBe(200);
    expect(await statusOf({}, { typ: 'JWT', kid: 'any' }, nameless)).toBe(200);
    expect(await statusOf({}, { typ: 'JWT', kid: undefined }, await testKey(''))).toBe(401);
  });
});
