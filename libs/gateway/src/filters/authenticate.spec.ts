import { createPublicKey, KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { forgedTokens } from '@tollgate/oauth/forged-tokens';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startBackEnd, type BackEnd } from '../../test/back-end.js';
import { call, raw } from '../../test/call.js';
import { startTestGateway, type TestGateway } from '../../test/fixture.js';
import {
  apiRecord,
  applicationRecord,
  change,
  deploymentRecord,
  keyManagerRecord,
  operation,
} from '../../test/records.js';
import { accessClaims, accessToken, keyClaims, sign, testKey } from '../../test/tokens.js';
import { RevocationList } from './revocation-list.js';

let backEnd: BackEnd;
let g: TestGateway;
beforeAll(async () => {
  backEnd = await startBackEnd();
  g = await startTestGateway(backEnd.url);
  await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  trap.close();
  await g.stop();
  await backEnd.close();
});

const path = '/pizzashack/1.0.0/menu';
const bearer = (token: string) => call(g.port, path, { headers: { authorization: `Bearer ${token}` } });
const good = (claims: Record<string, unknown> = {}) => accessToken(g.key, claims);
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const now = () => Math.floor(Date.now() / 1000);

let trapped = 0;
const trap = createServer((_, response) => {
  trapped++;
  response.end('{"keys":[]}');
});

/** Tokens that differ from a valid one by what their name says. */
async function forgeries(): Promise<Record<string, string>> {
  const privateKey = KeyObject.from(g.key.privateKey);
  const { port } = trap.address() as AddressInfo;
  return {
    ...forgedTokens({
      kid: g.key.kid,
      privateKey,
      publicKey: createPublicKey(privateKey),
      publicJwk: g.key.jwk,
      claims: accessClaims(),
      trap: `http://127.0.0.1:${port}`,
    }),
    'R-41 for the management APIs': await good({ aud: ['urn:tollgate:management', 'client-1'] }),
    'R-39 an unknown key type': await good({ keytype: 'STAGING' }),
    'R-39 an API key': await sign(g.key, keyClaims(), { typ: 'JWT' }),
  };
}

describe('a forged or unfit access token (R-36, R-39, V-53, V-54)', () => {
  it.each(['cold', 'warm'])('R-34 R-40 answers 401 900901 and reaches nobody, with a %s cache', async (cache) => {
    const forged = await forgeries();
    expect(Object.keys(forged).length).toBeGreaterThan(110);
    if (cache === 'warm') expect((await bearer(await good())).status).toBe(200);
    const before = backEnd.seen.length;
    for (const [name, token] of Object.entries(forged)) {
      // What no header can carry is sent as far as it can be.
      const reply = await bearer(token.replaceAll('\0', '%00'));
      expect([reply.status, reply.json()['code']], name).toEqual([401, '900901']);
      expect(reply.headers['www-authenticate'], name).toMatch(/^Bearer realm="Tollgate", error="invalid_token"/);
    }
    expect([backEnd.seen.length, trapped]).toEqual([before, 0]);
  });

  it('R-40 V-08 is refused also while the true token is cached: other payload, other signature, other header', async () => {
    const token = await good();
    expect((await bearer(token)).status).toBe(200);
    const [header, , signature = ''] = token.split('.');
    const other = (await accessToken(g.key, { sub: 'mallory' })).split('.');
    expect((await bearer(`${header}.${other[1]}.${signature}`)).status).toBe(401);
    expect((await bearer(`${header}.${token.split('.')[1]}.${other[2]}`)).status).toBe(401);
    expect((await bearer(`${header}.${token.split('.')[1]}.`)).status).toBe(401);
    expect((await bearer(`${token}.`)).status).toBe(401);
    expect((await bearer(token)).status).toBe(200);
  });
});

describe('credentials', () => {
  it('R-34 are asked for with a challenge without error when there are none', async () => {
    const reply = await call(g.port, path);
    expect([reply.status, reply.json()['code'], reply.headers['www-authenticate']]).toEqual([
      401,
      '900902',
      'Bearer realm="Tollgate"',
    ]);
  });

  it('R-33 are never read from the query, and Basic is none of them', async () => {
    expect((await call(g.port, `${path}?access_token=${await good()}`)).status).toBe(401);
    expect((await call(g.port, path, { headers: { authorization: 'Basic YTpi' } })).status).toBe(401);
  });

  it('R-33 sent twice are refused', async () => {
    const token = await good();
    const twice = `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nauthorization: Bearer x\r\nConnection: close\r\n\r\n`;
    expect(await raw(g.port, twice)).toMatch(/^HTTP\/1.1 400 [^]*900901/);
  });

  it.each(['RS256', 'ES256', 'EdDSA'])('signed with %s are taken', async (alg) => {
    const key = await testKey(`k-${alg}`, alg);
    g.gateway.applyChanges([change.keyManager(keyManagerRecord({ keys: [g.key.jwk, key.jwk] }))]);
    expect((await bearer(await accessToken(key))).status).toBe(200);
    g.gateway.applyChanges([change.keyManager(keyManagerRecord({ keys: [g.key.jwk] }))]);
  });

  it('end with their key, their key manager and its switch, also when cached', async () => {
    const key = await testKey('short-lived');
    g.gateway.applyChanges([change.keyManager(keyManagerRecord({ keys: [g.key.jwk, key.jwk] }))]);
    const token = await accessToken(key);
    expect((await bearer(token)).status).toBe(200);
    g.gateway.applyChanges([change.keyManager(keyManagerRecord({ keys: [g.key.jwk] }))]);
    expect((await bearer(token)).status).toBe(401);
    g.gateway.applyChanges([change.keyManager(keyManagerRecord({ keys: [g.key.jwk] }, { enabled: false }))]);
    expect((await bearer(await good())).status).toBe(401);
    g.gateway.applyChanges([change.keyManager(keyManagerRecord({ keys: [g.key.jwk] }))]);
  });

  it('expire while cached', async () => {
    const token = await good({ exp: now() + 20 });
    expect((await bearer(token)).status).toBe(200);
    g.advance(60_000);
    expect((await bearer(token)).status).toBe(401);
    g.advance(-60_000);
  });

  it.each([
    ['jti', 'gone-jti'],
    ['consumerKey', 'client-1'],
    ['user', 'bob@carbon.super'],
    ['userGrant', 'bob@carbon.super'],
    ['application', 'app-1'],
  ] as const)('end at once by a revocation of their %s', async (type, value) => {
    const token = await good({ jti: 'gone-jti', aut: 'APPLICATION_USER' });
    expect((await bearer(token)).status).toBe(200);
    const at = Date.now() + 1_000;
    const record = { type, value, revokedAtMs: at, expiresAtMs: at + 3_600_000 };
    g.gateway.applyChanges([{ kind: 'revocation', id: `${type}:${value}`, value: record }]);
    expect((await bearer(token)).status).toBe(401);
    g.gateway.applyChanges([change.gone('revocation', `${type}:${value}`)]);
    expect((await bearer(token)).status).toBe(200);
  });

  it('V-36 open nothing while it cannot be told whether they were revoked', async () => {
    const [token, key] = [await good(), await sign(g.key, keyClaims(), { typ: 'JWT' })];
    const before = backEnd.seen.length;
    const broken = vi.spyOn(RevocationList.prototype, 'isRevoked').mockImplementation(() => {
      throw new Error('the list is broken');
    });
    const replies = [await bearer(token), await call(g.port, path, { headers: { apikey: key } })];
    broken.mockRestore();
    expect(replies.map(({ status }) => status)).toEqual([500, 500]);
    expect(backEnd.seen.length).toBe(before);
    expect((await bearer(token)).status).toBe(200);
  });

  it('of the same second as a revocation are told apart by their milliseconds', async () => {
    const iat = now();
    const token = (ms: number) => good({ iat, nbf: iat, iat_ms: iat * 1000 + ms });
    const record = {
      type: 'user',
      value: 'bob@carbon.super',
      revokedAtMs: iat * 1000 + 500,
      expiresAtMs: Date.now() + 60_000,
    };
    g.gateway.applyChanges([{ kind: 'revocation', id: 'user:bob@carbon.super', value: record }]);
    const answers = await Promise.all([499, 500, 501].map(async (ms) => (await bearer(await token(ms))).status));
    const misleading = (await bearer(await good({ iat, nbf: iat, iat_ms: iat * 1000 + 60_000 }))).status;
    expect([...answers, misleading]).toEqual([401, 401, 200, 401]);
    g.gateway.applyChanges([change.gone('revocation', 'user:bob@carbon.super')]);
  });

  it('of an application go on when the grants of its owner end', async () => {
    const record = {
      type: 'userGrant',
      value: 'bob@carbon.super',
      revokedAtMs: Date.now() + 1000,
      expiresAtMs: Date.now() + 60_000,
    };
    g.gateway.applyChanges([{ kind: 'revocation', id: 'userGrant:bob@carbon.super', value: record }]);
    expect((await bearer(await good())).status).toBe(200);
    expect((await bearer(await good({ aut: 'APPLICATION_USER' }))).status).toBe(401);
    g.gateway.applyChanges([change.gone('revocation', 'userGrant:bob@carbon.super')]);
  });

  it('of one organization do not open APIs of another', async () => {
    const other = { organization: 'other.com' };
    g.gateway.applyChanges([
      change.api(apiRecord({ uuid: 'o', context: '/t/other.com/o', basePath: '/t/other.com/o/1', ...other })),
      change.deployment(deploymentRecord({ apiUuid: 'o', policies: [], productionEndpoints: [{ url: backEnd.url }] })),
    ]);
    const headers = await g.bearer();
    expect((await call(g.port, '/t/other.com/o/1/x', { headers })).status).toBe(401);
    expect((await call(g.port, path, { headers })).status).toBe(200);
    expect((await call(g.port, '/t/other.com/o/1/x', { headers })).status).toBe(401);
  });
});

describe('API keys and test keys', () => {
  const apiKey = (claims: Record<string, unknown> = {}, header = { typ: 'JWT' }) =>
    sign(g.key, keyClaims(claims), header);
  const withKey = (key: string, headers: Record<string, string> = {}) =>
    call(g.port, path, { headers: { apikey: key, ...headers } });

  it('V-26 open what their application is subscribed to', async () => {
    expect((await withKey(await apiKey())).status).toBe(200);
    const other = { id: 9, uuid: 'app-9', name: 'Other', owner: 'eve', tier: 'Unlimited' };
    expect((await withKey(await apiKey({ application: other }))).status).toBe(401);
    g.gateway.applyChanges([change.application(applicationRecord({ id: 9, uuid: 'app-9', name: 'Other' }))]);
    expect((await withKey(await apiKey({ application: other }))).status).toBe(403);
  });

  it('are refused when forged, expired, of another kind or in the wrong place', async () => {
    expect((await withKey(await sign(await testKey('key-1'), keyClaims(), { typ: 'JWT' }))).status).toBe(401);
    expect((await withKey(await apiKey({ exp: now() - 60 }))).status).toBe(401);
    expect((await withKey(await apiKey({ token_type: 'InternalKey' }))).status).toBe(401);
    expect((await withKey(await good())).status).toBe(401);
    expect((await withKey(await apiKey({}, { typ: 'at+jwt' }))).status).toBe(401);
    const true_ = await apiKey();
    expect((await withKey(true_)).status).toBe(200);
    const changed = [...true_.split('.').slice(0, 1), encode(keyClaims({ sub: 'eve' })), true_.split('.')[2]].join('.');
    expect((await withKey(changed)).status).toBe(401);
  });

  it('keep to the addresses and pages they are made for', async () => {
    expect((await withKey(await apiKey({ permittedIP: '10.0.0.0/8' }))).status).toBe(403);
    expect((await withKey(await apiKey({ permittedIP: '127.0.0.1,10.0.0.0/8' }))).status).toBe(200);
    expect((await withKey(await apiKey({ permittedIP: 'somewhere' }))).status).toBe(401);
    const paged = await apiKey({ permittedReferer: 'www.abc.com/path,sub.cds.com/*,*.gef.com/*' });
    const from = async (referer: string) => (await withKey(paged, { referer })).status;
    expect(
      await Promise.all(['https://www.abc.com/path', 'https://sub.cds.com/x', 'https://a.gef.com/y'].map(from)),
    ).toEqual([200, 200, 200]);
    expect(
      await Promise.all(
        ['https://www.abc.com/other', 'https://evil.com/?sub.cds.com/', 'https://gef.com.evil/y'].map(from),
      ),
    ).toEqual([403, 403, 403]);
    expect((await withKey(paged)).status).toBe(403);
  });

  it('of a publisher open a created API, and no other', async () => {
    const key = (uuid: string) =>
      apiKey({
        token_type: 'InternalKey',
        application: undefined,
        subscribedAPIs: [{ uuid, name: 'n', context: 'c', version: 'v' }],
      });
    g.gateway.applyChanges([change.api(apiRecord({ lifecycleState: 'CREATED' }))]);
    const use = async (uuid: string) =>
      (await call(g.port, path, { headers: { 'Internal-Key': await key(uuid) } })).status;
    expect([await use('api-1'), await use('api-2')]).toEqual([200, 401]);
    g.gateway.applyChanges([change.api(apiRecord())]);
  });
});

describe('operations', () => {
  it('ask for their scopes and kinds of token, or for nothing', async () => {
    const operations = [
      operation({ target: '/scoped', scopes: ['pizza:read', 'pizza:all'] }),
      operation({ target: '/users', authType: 'Application User' }),
      operation({ target: '/apps', authType: 'Application' }),
      operation({ target: '/open', authType: 'None', scopes: ['ignored'] }),
    ];
    g.gateway.applyChanges([
      change.api(apiRecord({ uuid: 'ops', context: '/ops', basePath: '/ops/1' })),
      change.deployment(
        deploymentRecord({ apiUuid: 'ops', policies: [], operations, productionEndpoints: [{ url: backEnd.url }] }),
      ),
    ]);
    const at = async (resource: string, claims: Record<string, unknown>) => {
      const reply = await call(g.port, `/ops/1/${resource}`, { headers: await g.bearer(claims) });
      return [reply.status, reply.json()['code']];
    };
    expect(await at('scoped', {})).toEqual([403, '900910']);
    expect(await at('scoped', { scope: 'x pizza:all' })).toEqual([200, undefined]);
    expect(await at('users', {})).toEqual([401, '900905']);
    expect(await at('users', { aut: 'APPLICATION_USER' })).toEqual([200, undefined]);
    expect(await at('apps', { aut: 'APPLICATION_USER' })).toEqual([401, '900905']);
    expect((await call(g.port, '/ops/1/open')).status).toBe(200);
    expect((await call(g.port, '/ops/1/open', { headers: { authorization: 'Bearer rubbish' } })).status).toBe(200);
  });
});
