import { qualifiedUserName } from '@tollgate/base';
import { issuedAtMs } from '@tollgate/oauth/contract';
import { isSignedBy, parseJwt, textClaim, timeClaim, type ParsedJwt } from '@tollgate/oauth/domain';
import type { KeyRing, VerificationKey } from './key-ring.js';
import type { RevocableToken } from './revocation-list.js';

/** What a verified access token (RFC 9068) says. */
export interface AccessToken extends RevocableToken {
  readonly organization: string;
  readonly key: VerificationKey;
  readonly notBeforeMs: number;
  readonly expiresAtMs: number;
  readonly audiences: readonly string[];
  readonly scopes: readonly string[];
  readonly keyType: 'PRODUCTION' | 'SANDBOX' | null;
}

/** Clocks may differ by this much, in milliseconds (requirement R-39: at most 60 s). */
export const maxSkewMs = 30_000;

/**
 * Verifies an access token for the APIs of one organization: the signature by a key of a key manager that has the
 * token's issuer name, and the presence and type of every claim. Times are left to `isInTime`, asked on each use.
 * `null` whenever anything is missing, of another type, or unknown.
 */
export function verifyAccessToken(token: string, organization: string, ring: KeyRing): AccessToken | null {
  const jwt = parseJwt(token);
  if (jwt === null || !isAccessTokenType(jwt.header['typ'])) return null;
  const issuer = textClaim(jwt.claims, 'iss');
  const kid = textClaim(jwt.header, 'kid');
  if (issuer === null || kid === null) return null;
  for (const manager of ring.byIssuer(organization, issuer)) {
    const key = manager.keys.get(kid);
    if (key?.isLive && isSignedBy(jwt, key)) return readClaims(jwt, key, organization);
  }
  return null;
}

/** Looked at on each use, because a cached token grows old. */
export function isInTime(
  token: { notBeforeMs: number; expiresAtMs: number; issuedAtMs: number },
  nowMs: number,
): boolean {
  return nowMs < token.expiresAtMs + maxSkewMs && nowMs + maxSkewMs >= Math.max(token.notBeforeMs, token.issuedAtMs);
}

/** An id token, refresh token or API key is no access token: `typ` tells (RFC 9068 section 4). */
function isAccessTokenType(typ: unknown): boolean {
  return typeof typ === 'string' && ['at+jwt', 'application/at+jwt'].includes(typ.toLowerCase());
}

function readClaims({ claims }: ParsedJwt, key: VerificationKey, organization: string): AccessToken | null {
  const { consumerKeyClaim, scopesClaim } = key.manager.record;
  const sub = textClaim(claims, 'sub');
  const consumerKey = textClaim(claims, consumerKeyClaim);
  const jti = textClaim(claims, 'jti');
  const times = { exp: timeClaim(claims, 'exp'), nbf: timeClaim(claims, 'nbf'), iat: timeClaim(claims, 'iat') };
  const audiences = readAudiences(claims['aud']);
  const scopes = readScopes(Object.hasOwn(claims, scopesClaim) ? claims[scopesClaim] : '');
  const keyType = readKeyType(claims['keytype']);
  if (claims['cnf'] !== undefined) return null; // bound to a key (RFC 7800) that nobody proves here
  if (sub === null || consumerKey === null || jti === null || textClaim(claims, 'client_id') === null) return null;
  if (times.exp === null || times.nbf === null || times.iat === null) return null;
  if (audiences === null || scopes === null || keyType === undefined) return null;
  return {
    organization,
    key,
    jti,
    consumerKey,
    applicationUuid: '',
    user: qualifiedUserName(sub, textClaim(claims, 'organization') ?? organization),
    issuedAtMs: issuedAtMs(times.iat / 1000, claims['iat_ms']),
    notBeforeMs: times.nbf,
    expiresAtMs: times.exp,
    audiences,
    scopes,
    isUserToken: claims['aut'] === 'APPLICATION_USER',
    keyType,
  };
}

function readAudiences(aud: unknown): string[] | null {
  const list: unknown[] = Array.isArray(aud) ? aud : [aud];
  return list.length > 0 && list.every((each) => typeof each === 'string' && each !== '') ? (list as string[]) : null;
}

/** Space-separated text (RFC 6749), or a list as some key managers write it. */
function readScopes(value: unknown): string[] | null {
  if (typeof value === 'string') return value.split(' ').filter((scope) => scope !== '');
  return Array.isArray(value) && value.every((each) => typeof each === 'string') ? (value as string[]) : null;
}

/** `undefined`: the claim is there and says nothing we know. */
function readKeyType(value: unknown): 'PRODUCTION' | 'SANDBOX' | null | undefined {
  if (value === undefined) return null;
  return value === 'PRODUCTION' || value === 'SANDBOX' ? value : undefined;
}
