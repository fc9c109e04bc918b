import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readJwks, readPem } from './public-keys.js';
import { importPublicJwk } from './token-algorithm.js';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const jwk = (pair: typeof rsa, more: object = {}): object => ({ ...pair.publicKey.export({ format: 'jwk' }), ...more });
const pem = (pair: typeof rsa): string => pair.publicKey.export({ type: 'spki', format: 'pem' }) as string;
const set = (...keys: object[]): string => JSON.stringify({ keys });

describe('a JWK set', () => {
  it('gives its signature keys, without what is private and without what cannot be used', () => {
    const secret = { ...rsa.privateKey.export({ format: 'jwk' }), kid: 'a', use: 'sig', x5u: 'https://elsewhere.test' };
    const keys = readJwks(set(secret, { kty: 'oct', k: 'AAAA', kid: 'b' }, jwk(weak), jwk(rsa, { use: 'enc' })));
    expect(keys).toEqual([{ kid: 'a', kty: 'RSA', n: expect.any(String), e: 'AQAB' }]);
  });

  it('gives keys without a name as such', () => {
    expect(readJwks(set(jwk(rsa), jwk(p384)))).toMatchObject([
      { kid: '#0', isUnnamed: true },
      { kid: '#1', isUnnamed: true },
    ]);
  });

  it.each([
    ['no JSON', '<html>'],
    ['no set', '{}'],
    ['an empty set', set()],
    ['only symmetric keys', set({ kty: 'oct', k: 'AAAA', kid: 'a' })],
    ['only weak keys', set(jwk(weak))],
    ['keys that are no objects', '{"keys":[1,null,"x"]}'],
    ['a name twice', '{"keys":[],"keys":[]}'],
  ])('that is %s is refused (R-37, V-07)', (_, text) => {
    expect(() => readJwks(text)).toThrow(/^It /);
  });
});

describe('PEM', () => {
  it('gives every key in it, also in base64 as portals send it', () => {
    const both = `${pem(rsa)}\n${pem(p384)}`;
    expect(readPem(both)).toMatchObject([{ kty: 'RSA' }, { kty: 'EC', crv: 'P-384' }]);
    expect(readPem(Buffer.from(both).toString('base64'))).toEqual(readPem(both));
  });

  it.each([
    ['no PEM', 'hello'],
    ['a weak key', pem(weak)],
    ['a private key', rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string],
    ['a broken block', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'],
  ])('that is %s is refused', (_, text) => {
    expect(() => readPem(text)).toThrow(/PEM|used/);
  });
});

describe('the algorithm of a key (R-35)', () => {
  it.each([
    [jwk(rsa), 'RS256'],
    [jwk(rsa, { alg: 'PS256' }), 'PS256'],
    [jwk(p384), 'ES384'],
    [jwk(rsa, { alg: 'HS256' }), undefined],
    [jwk(rsa, { alg: 'ES256' }), undefined],
    [jwk(rsa, { alg: 'none' }), undefined],
  ])('is its own', (key, algorithm) => {
    expect(importPublicJwk(key as Record<string, unknown>)?.algorithm).toBe(algorithm);
  });
});
