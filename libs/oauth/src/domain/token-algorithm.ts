import { createPublicKey, type KeyObject } from 'node:crypto';

/** Algorithms that this installation signs with (RFC 7518 section 3.1, RFC 8037). */
export const signingAlgorithms = ['RS256', 'ES256', 'EdDSA'] as const;
export type SigningAlgorithm = (typeof signingAlgorithms)[number];

/** Algorithms that are taken from other key managers beside ours; each is bound to one kind of key. Anything else is refused. */
export const tokenAlgorithms = [...signingAlgorithms, 'RS384', 'RS512', 'PS256', 'ES384'] as const;
export type TokenAlgorithm = (typeof tokenAlgorithms)[number];

/** A public key and the one algorithm that it verifies. */
export interface PublicKey {
  readonly algorithm: TokenAlgorithm;
  readonly key: KeyObject;
}

/**
 * The key of a JWK (RFC 7517). Only its public members are read: a private key that strayed in must not become usable.
 * @returns null for a key that signs nothing here: symmetric, too weak (RSA below 2048 bits), for encryption, of
 *   another curve, or named for an algorithm that it cannot have
 */
export function importPublicJwk(jwk: Readonly<Record<string, unknown>>): PublicKey | null {
  if (jwk['use'] !== undefined && jwk['use'] !== 'sig') return null;
  let key: KeyObject;
  try {
    const { kty, n, e, crv, x, y } = jwk;
    key = createPublicKey({ key: { kty, n, e, crv, x, y } as Record<string, string>, format: 'jwk' });
  } catch {
    return null; // reported by the caller as unusable
  }
  const possible = algorithmsOf(key);
  const algorithm = jwk['alg'] === undefined ? possible[0] : possible.find((each) => each === jwk['alg']);
  return algorithm === undefined ? null : { algorithm, key };
}

/** The first is meant when a key names none. */
function algorithmsOf(key: KeyObject): readonly TokenAlgorithm[] {
  const details = key.asymmetricKeyDetails;
  if (key.asymmetricKeyType === 'rsa')
    return (details?.modulusLength ?? 0) >= 2048 ? ['RS256', 'RS384', 'RS512', 'PS256'] : [];
  if (key.asymmetricKeyType === 'ed25519') return ['EdDSA'];
  if (key.asymmetricKeyType !== 'ec') return [];
  return details?.namedCurve === 'prime256v1' ? ['ES256'] : details?.namedCurve === 'secp384r1' ? ['ES384'] : [];
}
