import { createHash, X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import { MemoryCounterStore } from '@tollgate/throttling/counters';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackEnd, type BackEnd } from '../../test/back-end.js';
import { call, type Reply } from '../../test/call.js';
import { startTestGateway, type TestGateway } from '../../test/fixture.js';
import { accessToken } from '../../test/tokens.js';

const path = '/pizzashack/1.0.0/menu';

interface ProofKey {
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
  readonly jkt: string;
}
async function proofKey(alg = 'ES256'): Promise<ProofKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(publicKey);
  return { privateKey, jwk, jkt: await calculateJwkThumbprint(jwk) };
}

let backEnd: BackEnd;
let one: TestGateway;
let two: TestGateway;
let key: ProofKey;
let token: string;
beforeAll(async () => {
  backEnd = await startBackEnd();
  const lessor = new MemoryCounterStore();
  [one, two] = await Promise.all([
    startTestGateway(backEnd.url, [], { lessor }),
    startTestGateway(backEnd.url, [], { lessor }),
  ]);
  key = await proofKey();
  token = await accessToken(one.key, { cnf: { jkt: key.jkt } });
});
afterAll(async () => {
  await Promise.all([one.stop(), two.stop()]);
  await backEnd.close();
});

interface ProofParts {
  readonly claims?: Record<string, unknown>;
  readonly header?: Record<string, unknown>;
  readonly by?: ProofKey;
  readonly alg?: string;
}

/** A right proof but for what is named. */
function proof({ claims = {}, header = {}, by = key, alg = 'ES256' }: ProofParts = {}): Promise<string> {
  const ath = createHash('sha256').update(token).digest('base64url');
  const all = {
    htm: 'GET',
    htu: `http://127.0.0.1:${one.port}${path}`,
    jti: `${Math.random()}`,
    iat: Math.floor(Date.now() / 1000),
    ath,
    ...claims,
  };
  return new SignJWT(JSON.parse(JSON.stringify(all)) as Record<string, unknown>)
    .setProtectedHeader({ alg, typ: 'dpop+jwt', jwk: by.jwk, ...header })
    .sign(by.privateKey);
}

const send = (dpop: string | string[], scheme = 'DPoP', at = one): Promise<Reply> =>
  call(at.port, path, { headers: { host: `127.0.0.1:${one.port}`, authorization: `${scheme} ${token}`, dpop } });

describe('an access token that is bound to a key (R-44)', () => {
  it('passes with a new proof, which stays at the gateway', async () => {
    const reply = await send(await proof({ claims: { htu: `https://127.0.0.1:${one.port}${path}` } }));
    expect(reply.status).toBe(200);
    const names = backEnd.seen.at(-1)?.rawHeaders.map((name) => name.toLowerCase());
    expect(names).not.toContain('dpop');
    expect(names).not.toContain('authorization');
  });

  it('is refused as Bearer, with or without a proof, and with none or two of them', async () => {
    const [first, second] = [await proof(), await proof()];
    for (const reply of [await send(first, 'Bearer'), await send([]), await send([first, second])]) {
      expect([reply.status, reply.json()['code']]).toEqual([401, '900901']);
      expect(reply.headers['www-authenticate']).toMatch(/^DPoP .*error="invalid_dpop_proof"$/);
    }
  });

  it.each<[string, () => Promise<string>]>([
    ['made for another method', () => proof({ claims: { htm: 'POST' } })],
    ['made for another path', () => proof({ claims: { htu: `http://127.0.0.1:${one.port}${path}2` } })],
    ['made for another host', () => proof({ claims: { htu: `https://evil.example${path}` } })],
    ['without an address', () => proof({ claims: { htu: undefined } })],
    ['made for another token', () => proof({ claims: { ath: 'other' } })],
    ['that names no token', () => proof({ claims: { ath: undefined } })],
    ['that is too old', () => proof({ claims: { iat: Math.floor(Date.now() / 1000) - 120 } })],
    ['of the future', () => proof({ claims: { iat: Math.floor(Date.now() / 1000) + 120 } })],
    ['without an id', () => proof({ claims: { jti: undefined } })],
    ['of another type', () => proof({ header: { typ: 'JWT' } })],
    ['by another key', async () => proof({ by: await proofKey() })],
    ['that shows one key and is signed by another', async () => proof({ by: { ...(await proofKey()), jwk: key.jwk } })],
    ['that shows its secret key', async () => proof({ header: { jwk: await exportJWK(key.privateKey) } })],
    ['that is no JWT', () => Promise.resolve('oops')],
  ])('is refused with a proof %s', async (_, make) => {
    expect((await send(await make())).status).toBe(401);
  });

  it('takes each proof once, over all gateways, also when they get it at the same time', async () => {
    const shown = await proof();
    const replies = await Promise.all([one, two, one, two].map((at) => send(shown, 'DPoP', at)));
    expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401, 401, 401]);
  });

  it('is refused while nobody can say whether its proof is new', async () => {
    const lessor = { lease: () => Promise.reject(new Error('away')) };
    const alone = await startTestGateway(backEnd.url, [], { lessor });
    const reply = await send(await proof(), 'DPoP', alone);
    expect([reply.status, reply.json()['code'], reply.headers['retry-after']]).toEqual([503, '900900', '1']);
    await alone.stop();
  });

  it.each(['RS256', 'PS256', 'EdDSA'])('may be bound to a key for %s', async (alg) => {
    const other = await proofKey(alg);
    token = await accessToken(one.key, { cnf: { jkt: other.jkt } });
    expect((await send(await proof({ by: other, alg }))).status).toBe(200);
  });

  it('of which the binding is not known, or empty, opens nothing', async () => {
    for (const cnf of [{}, { kid: 'a' }, { jkt: key.jkt, kid: 'a' }, { jkt: 7 }, 'x', null]) {
      const reply = await call(one.port, path, {
        headers: { authorization: `Bearer ${await accessToken(one.key, { cnf })}` },
      });
      expect(reply.status).toBe(401);
    }
  });

  it('that is plain is not sent as DPoP', async () => {
    token = await accessToken(one.key);
    expect((await send(await proof())).status).toBe(401);
  });
});

describe('an access token that is bound to a client certificate (RFC 8705, R-45)', () => {
  it('passes with that certificate in the handshake or from a trusted proxy, and nowhere else', async () => {
    const [server, client, other] = await Promise.all(
      ['localhost', 'client', 'other'].map((value) => generate([{ name: 'commonName', value }], { keySize: 2048 })),
    );
    if (!server || !client || !other) throw new Error('no certificates');
    const { raw } = new X509Certificate(client.cert);
    const cnf = { 'x5t#S256': createHash('sha256').update(raw).digest('base64url') };
    const options = { clientCertificateHeader: 'X-Client-Pem' };
    const tls = { cert: server.cert, key: server.private };
    const [direct, behind, open] = await Promise.all([
      startTestGateway(backEnd.url, [], { httpsPort: 0, tls, asksForClientCertificate: true }),
      startTestGateway(backEnd.url, [], { ...options, trustedProxies: ['127.0.0.1'] }),
      startTestGateway(backEnd.url, [], { ...options, trustedProxies: ['10.0.0.0/8'] }),
    ]);
    const authorization = `Bearer ${await accessToken(direct.key, { cnf })}`;
    const overTls = (pair: { cert?: string; key?: string }): Promise<number> =>
      new Promise((resolve, reject) => {
        const port = direct.gateway.ports.https ?? 0;
        const headers = { authorization };
        request({ host: '127.0.0.1', port, path, headers, rejectUnauthorized: false, agent: false, ...pair }, (res) =>
          resolve((res.resume(), res.statusCode ?? 0)),
        )
          .on('error', reject)
          .end();
      });
    expect(await overTls({ cert: client.cert, key: client.private })).toBe(200);
    expect(await overTls({ cert: other.cert, key: other.private })).toBe(401);
    expect(await overTls({})).toBe(401);

    const told = (at: TestGateway, pem: string) =>
      call(at.port, path, { headers: { authorization, 'X-Client-Pem': pem } }).then(({ status }) => status);
    expect(await told(behind, encodeURIComponent(client.cert))).toBe(200);
    expect(backEnd.seen.at(-1)?.rawHeaders.map((name) => name.toLowerCase())).not.toContain('x-client-pem');
    expect(await told(behind, raw.toString('base64'))).toBe(200);
    expect(await told(behind, encodeURIComponent(other.cert))).toBe(401);
    expect(await told(behind, 'oops')).toBe(401);
    expect(await told(open, encodeURIComponent(client.cert))).toBe(401);
    await Promise.all([direct.stop(), behind.stop(), open.stop()]);
  });
});
