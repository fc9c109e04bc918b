import { createPublicKey, X509Certificate } from 'node:crypto';
import { parseStrictJson } from '@tollgate/base';
import { importPublicJwk } from './token-algorithm.js';

/** A public key as gateways get it. */
export interface ForeignJwk extends Record<string, unknown> {
  readonly kid: string;
  readonly kty: string;
  /** It came without a name, so it is tried for tokens whose `kid` names no other key. */
  readonly isUnnamed?: boolean;
}

const maxKeys = 100;

/** What somebody gave as public keys cannot be used; `message` is safe to show. */
export class PublicKeysError extends Error {}

/**
 * The keys of a JWK set (RFC 7517 section 5) that can verify tokens here; others in it are passed over.
 * @throws PublicKeysError when it is none or holds no such key
 */
export function readJwks(text: string): ForeignJwk[] {
  const keys = keysOf(text).slice(0, maxKeys);
  const usable = keys.filter((key) => importPublicJwk(key) !== null).map((key, index) => publicPart(key, index));
  if (usable.length === 0)
    throw new PublicKeysError(
      'It holds no key that can be used: RSA from 2048 bits, P-256, P-384 or Ed25519, for signatures.',
    );
  return usable;
}

function keysOf(text: string): Record<string, unknown>[] {
  let value: unknown;
  try {
    value = parseStrictJson(text);
  } catch {
    throw new PublicKeysError('It is no JSON.');
  }
  const keys = typeof value === 'object' && value !== null && 'keys' in value ? value.keys : undefined;
  if (!Array.isArray(keys)) throw new PublicKeysError('It is no JWK set: "keys" is missing.');
  return keys.filter((key): key is Record<string, unknown> => typeof key === 'object' && key !== null);
}

/** Nothing else of a stranger's document travels to gateways. */
function publicPart(jwk: Readonly<Record<string, unknown>>, index: number): ForeignJwk {
  const { kty, n, e, crv, x, y, alg, kid } = jwk;
  const named = typeof kid === 'string' && kid !== '' && kid.length <= 500;
  const members = Object.entries({ kty, n, e, crv, x, y, alg }).filter(([, value]) => typeof value === 'string');
  return {
    ...(Object.fromEntries(members) as { kty: string }),
    kid: named ? kid : `#${index}`,
    ...(named ? {} : { isUnnamed: true }),
  };
}

/**
 * Public keys and certificates in PEM, or that text in base64 as portals of the field send it.
 * @throws PublicKeysError when a part of it cannot be used
 */
export function readPem(given: string): ForeignJwk[] {
  const text = given.includes('-----BEGIN') ? given : Buffer.from(given, 'base64').toString('utf8');
  const blocks = text.match(/-----BEGIN (CERTIFICATE|PUBLIC KEY|RSA PUBLIC KEY)-----[^-]+-----END \1-----/g) ?? [];
  if (blocks.length === 0) throw new PublicKeysError('It holds no PEM certificate or public key.');
  return blocks.slice(0, maxKeys).map((block, index) => {
    const jwk = publicPart(jwkOf(block), index);
    if (importPublicJwk(jwk) === null)
      throw new PublicKeysError(`Key ${index + 1} cannot be used: RSA from 2048 bits, P-256, P-384 or Ed25519 can.`);
    return jwk;
  });
}

function jwkOf(block: string): Record<string, unknown> {
  try {
    const key = block.includes('CERTIFICATE') ? new X509Certificate(block).publicKey : createPublicKey(block);
    return key.export({ format: 'jwk' }) as Record<string, unknown>;
  } catch {
    throw new PublicKeysError('A part of it cannot be read as PEM.');
  }
}
