import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { issuer } from './records.js';

/** A key manager's signing key with the public half as it stands in a record. */
export interface TestKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK & { kid: string; kty: string };
}

export async function testKey(kid: string, alg = 'RS256'): Promise<TestKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } as TestKey['jwk'];
  return { kid, alg, privateKey, jwk };
}

export function accessClaims(over: Record<string, unknown> = {}): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000);
  return {
    iss: issuer,
    sub: 'bob',
    aud: 'client-1',
    azp: 'client-1',
    client_id: 'client-1',
    aut: 'APPLICATION',
    scope: 'default',
    keytype: 'PRODUCTION',
    nbf: now,
    iat: now,
    exp: now + 3600,
    jti: `jti-${Math.random()}`,
    organization: 'carbon.super',
    ...over,
  };
}

/** A real access token; `over` with `undefined` removes a claim. */
export function accessToken(
  key: TestKey,
  over: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
): Promise<string> {
  return sign(key, accessClaims(over), { typ: 'at+jwt', ...header });
}

export function sign(
  key: TestKey,
  claims: Record<string, unknown>,
  header: Record<string, unknown> = {},
): Promise<string> {
  return new SignJWT(JSON.parse(JSON.stringify(claims)) as Record<string, unknown>)
    .setProtectedHeader({ alg: key.alg, kid: key.kid, ...header })
    .sign(key.privateKey);
}

export function keyClaims(over: Record<string, unknown> = {}): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000);
  return {
    iss: issuer,
    sub: 'alice',
    jti: `key-${Math.random()}`,
    iat: now,
    exp: now + 3600,
    keytype: 'PRODUCTION',
    token_type: 'apiKey',
    application: { id: 7, uuid: 'app-1', name: 'Orders', owner: 'alice', tier: 'Unlimited' },
    ...over,
  };
}
