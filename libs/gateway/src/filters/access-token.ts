import { qualifiedUserName } from '@tollgate/base';
import { issuedAtMs } from '@tollgate/oauth/contract';
import { isOfClientItself, isSignedBy, parseJwt, textClaim, timeClaim, type ParsedJwt } from '@tollgate/oauth/domain';
import type { KeyRing, TrustedManager, VerificationKey } from './key-ring.js';
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
  /** The external key manager whose user got this token of ours in exchange; `null`: nobody but us. */
  readonly vouchedBy: string | null;
  /** `null`: whoever has it may send it. */
  readonly binding: TokenBinding | null;
}

/** What the sender of a token has to prove beside having it (RFC 7800 `cnf`). */
export interface TokenBinding {
  /** Thumbprint of the key of its proofs (RFC 9449 section 6). */
  readonly jkt: string | null;
  /** SHA-256 of its client certificate (RFC 8705 section 3.1), base64url. */
  readonly certificate: string | null;
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
  const issuer = jwt && textClaim(jwt.claims, 'iss');
  if (jwt === null || issuer === null) return null;
  for (const manager of ring.byIssuer(organization, issuer)) {
    const key = candidates(manager, jwt.header['kid']).find((each) => each.isLive && isSignedBy(jwt, each));
    if (!key) continue;
    return manager.record.isExternal ? readForeignClaims(jwt, key, organization) : readClaims(jwt, key, organization);
  }
  return null;
}

/** The key of that name, else those that have none (of PEM files, and of key managers that name no keys). */
function candidates({ keys }: TrustedManager, kid: unknown): VerificationKey[] {
  const named = typeof kid === 'string' ? keys.get(kid) : undefined;
  return named ? [named] : [...keys.values()].filter((key) => key.isUnnamed);
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

function readClaims({ header, claims }: ParsedJwt, key: VerificationKey, organization: string): AccessToken | null {
  const common = isAccessTokenType(header['typ']) ? readCommon(claims, key, organization) : null;
  const sub = textClaim(claims, 'sub');
  const jti = textClaim(claims, 'jti');
  const keyType = readKeyType(claims['keytype']);
  const notBeforeMs = timeClaim(claims, 'nbf');
  if (common === null || sub === null || jti === null || keyType === undefined || notBeforeMs === null) return null;
  if (textClaim(claims, 'client_id') === null) return null;
  const user = qualifiedUserName(sub, textClaim(claims, 'organization') ?? organization);
  const isUserToken = claims['aut'] === 'APPLICATION_USER';
  return { ...common, jti, user, notBeforeMs, isUserToken, keyType, vouchedBy: textClaim(claims, 'key_manager') };
}

/**
 * Other key managers promise less (RFC 9068 is not common): `jti`, `nbf` and `client_id` may be missing and `typ` may be
 * JWT. Its users are not those of this installation, so their names carry the key manager's.
 */
function readForeignClaims(jwt: ParsedJwt, key: VerificationKey, organization: string): AccessToken | null {
  const { claims } = jwt;
  const { name, userClaim } = key.manager.record;
  const common = readCommon(claims, key, organization);
  const user = textClaim(claims, userClaim) ?? textClaim(claims, 'sub');
  if (common === null || user === null || !isForeignAccessToken(jwt, common)) return null;
  const hasNotBefore = Object.hasOwn(claims, 'nbf');
  const notBeforeMs = hasNotBefore ? timeClaim(claims, 'nbf') : common.issuedAtMs;
  if (notBeforeMs === null) return null;
  return {
    ...common,
    jti: textClaim(claims, 'jti') ?? '',
    user: `${name}/${user}@${organization}`,
    notBeforeMs,
    isUserToken: !isOfClientItself(claims, common.consumerKey),
    keyType: null,
    vouchedBy: null,
  };
}

/**
 * An ID token (OpenID Connect Core 1.0 section 2) is signed by the same key; it is meant for the client alone, or says
 * what it is.
 */
function isForeignAccessToken(
  { header, claims }: ParsedJwt,
  token: { consumerKey: string; audiences: readonly string[] },
): boolean {
  if (isAccessTokenType(header['typ'])) return true;
  const { typ } = header;
  if (typ !== undefined && !(typeof typ === 'string' && typ.toUpperCase() === 'JWT')) return false;
  if (['nonce', 'at_hash', 'c_hash', 's_hash'].some((name) => Object.hasOwn(claims, name))) return false;
  if (typeof claims['typ'] === 'string' && claims['typ'] !== 'Bearer') return false; // Keycloak: ID, Refresh, Offline
  return token.audiences.some((audience) => audience !== token.consumerKey);
}

function readCommon(claims: ParsedJwt['claims'], key: VerificationKey, organization: string) {
  const binding = readBinding(claims['cnf']);
  if (binding === undefined) return null; // bound in a way that nobody proves here
  const { consumerKeyClaim, scopesClaim } = key.manager.record;
  const consumerKey = textClaim(claims, consumerKeyClaim) ?? foreignConsumerKey(claims, key.manager);
  const expiresAtMs = timeClaim(claims, 'exp');
  const iatMs = timeClaim(claims, 'iat');
  const audiences = readAudiences(claims['aud']);
  const scopes = readScopes(Object.hasOwn(claims, scopesClaim) ? claims[scopesClaim] : '');
  if (consumerKey === null || expiresAtMs === null || iatMs === null || audiences === null || scopes === null)
    return null;
  return {
    organization,
    key,
    consumerKey,
    applicationUuid: '',
    issuedAtMs: issuedAtMs(iatMs / 1000, claims['iat_ms']),
    expiresAtMs,
    audiences,
    scopes,
    binding,
  };
}

/** RFC 9068 has `client_id` where OpenID Connect has `azp`: without the one asked for, the other says the same. */
function foreignConsumerKey(claims: ParsedJwt['claims'], { record }: TrustedManager): string | null {
  if (!record.isExternal || !['azp', 'client_id'].includes(record.consumerKeyClaim)) return null;
  return textClaim(claims, 'client_id') ?? textClaim(claims, 'azp');
}

function readAudiences(aud: unknown): string[] | null {
  const list: unknown[] = Array.isArray(aud) ? aud : [aud];
  return list.length > 0 && list.every((each) => typeof each === 'string' && each !== '') ? (list as string[]) : null;
}

/** `undefined`: the claim asks for a proof that is not known here. */
function readBinding(cnf: unknown): TokenBinding | null | undefined {
  if (cnf === undefined) return null;
  if (typeof cnf !== 'object' || cnf === null || Array.isArray(cnf)) return undefined;
  const { jkt = null, 'x5t#S256': certificate = null, ...others } = cnf as Record<string, unknown>;
  const isText = (value: unknown): value is string | null =>
    value === null || (typeof value === 'string' && value !== '');
  if (Object.keys(others).length > 0 || !isText(jkt) || !isText(certificate)) return undefined;
  return jkt === null && certificate === null ? undefined : { jkt, certificate };
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
