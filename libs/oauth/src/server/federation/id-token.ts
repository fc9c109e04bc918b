import { createLocalJWKSet, errors, jwtVerify, type JSONWebKeySet, type JWTPayload } from 'jose';

export interface ExpectedIdToken {
  readonly issuer: string;
  readonly clientId: string;
  readonly nonce: string;
  readonly nowMs: number;
  /** The person has signed in no longer ago. */
  readonly maxAgeSeconds: number | undefined;
}

export type IdTokenClaims = JWTPayload & { readonly sub: string };

/** The token is none that is taken; `message` is for the log. */
export class IdTokenError extends Error {}

/** Signatures by a private key. No `none`, and no HMAC: a provider's public key is nobody's secret. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const toleranceSeconds = 30;

/**
 * The claims of an ID token (OpenID Connect Core section 3.1.3.7).
 * @param jwks text of the provider's JWK set
 * @throws IdTokenError
 */
export async function verifyIdToken(token: string, jwks: string, expected: ExpectedIdToken): Promise<IdTokenClaims> {
  const { issuer, clientId, nonce, nowMs, maxAgeSeconds } = expected;
  let claims: JWTPayload;
  try {
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(JSON.parse(jwks) as JSONWebKeySet), {
      algorithms,
      issuer,
      audience: clientId,
      requiredClaims: ['sub', 'exp', 'iat', 'nonce'],
      currentDate: new Date(nowMs),
      clockTolerance: toleranceSeconds,
      maxTokenAge: '1 hour',
    });
    // Access, logout and other tokens of the same issuer are no proof of a sign-in (RFC 8725 section 3.11).
    if (protectedHeader.typ !== undefined && !/^(application\/)?jwt$/i.test(protectedHeader.typ))
      throw new IdTokenError(`It is a token of the type ${protectedHeader.typ.slice(0, 50)}.`);
    claims = payload;
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof SyntaxError || error instanceof TypeError)
      throw new IdTokenError(`Its ID token is refused: ${error.message}`);
    throw error;
  }
  const { sub } = claims;
  if (claims['nonce'] !== nonce) throw new IdTokenError('Its nonce is not that of this sign-in.');
  const azp = claims['azp'];
  if (azp === undefined ? Array.isArray(claims.aud) && claims.aud.length > 1 : azp !== clientId)
    throw new IdTokenError('It was issued to another client.');
  if (typeof sub !== 'string' || sub.length > 255 || sub !== sub.trim() || sub === '' || /[\p{Cc}\p{Cf}]/u.test(sub))
    throw new IdTokenError('Its subject cannot be kept.');
  if (maxAgeSeconds !== undefined && !isRecent(claims['auth_time'], maxAgeSeconds, nowMs))
    throw new IdTokenError('The person signed in there too long ago, or it does not say when.');
  return { ...claims, sub };
}

function isRecent(authTime: unknown, maxAgeSeconds: number, nowMs: number): boolean {
  return typeof authTime === 'number' && authTime + maxAgeSeconds + toleranceSeconds >= nowMs / 1000;
}
