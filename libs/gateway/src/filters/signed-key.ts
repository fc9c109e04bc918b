import { qualifiedUserName } from '@tollgate/base';
import { apiKeyClaimsSchema, issuedAtMs, residentKeyManager, type ApiKeyClaims } from '@tollgate/oauth/contract';
import { isSignedBy, parseJwt, textClaim } from '@tollgate/oauth/domain';
import type { KeyRing, VerificationKey } from './key-ring.js';
import { permittedCallers, type PermittedCallers } from './permitted-callers.js';
import type { RevocableToken } from './revocation-list.js';

/** What a verified API key or test key of a publisher says. */
export interface SignedKey extends RevocableToken {
  readonly organization: string;
  readonly key: VerificationKey;
  readonly kind: ApiKeyClaims['token_type'];
  readonly keyType: ApiKeyClaims['keytype'];
  readonly notBeforeMs: number;
  readonly expiresAtMs: number;
  /** Ids of the APIs that a test key opens. */
  readonly apiUuids: ReadonlySet<string>;
  readonly permitted: PermittedCallers;
}

/**
 * Verifies an API key or a test key (`token_type` says which): signed by the installation's own key manager, every
 * claim present and of its type. `null` otherwise. Access tokens and id tokens are refused here by `typ`.
 */
export function verifySignedKey(
  token: string,
  kind: ApiKeyClaims['token_type'],
  organization: string,
  ring: KeyRing,
): SignedKey | null {
  const jwt = parseJwt(token);
  const kid = jwt && textClaim(jwt.header, 'kid');
  if (!jwt || !kid || !isKeyType(jwt.header['typ'])) return null;
  const key = ring.byName(organization, residentKeyManager)?.keys.get(kid);
  if (!key?.isLive || !isSignedBy(jwt, key)) return null;
  const parsed = apiKeyClaimsSchema.safeParse(jwt.claims);
  if (!parsed.success || parsed.data.token_type !== kind || !isSensible(parsed.data)) return null;
  const claims = parsed.data;
  const permitted = permittedCallers(claims.permittedIP ?? '', claims.permittedReferer ?? '');
  if (permitted === null) return null;
  return {
    organization,
    key,
    kind,
    keyType: claims.keytype,
    jti: claims.jti,
    consumerKey: '',
    user: qualifiedUserName(claims.sub, organization),
    applicationUuid: claims.application?.uuid ?? '',
    isUserToken: false,
    issuedAtMs: issuedAtMs(claims.iat, claims.iat_ms),
    notBeforeMs: claims.iat * 1000,
    expiresAtMs: claims.exp * 1000,
    apiUuids: new Set(claims.subscribedAPIs?.map((api) => api.uuid)),
    permitted,
  };
}

/** Keys are plain JWTs; one that says it is something else is refused. */
function isKeyType(typ: unknown): boolean {
  return typ === undefined || (typeof typ === 'string' && typ.toUpperCase() === 'JWT');
}

function isSensible({ iat, exp, jti, sub }: ApiKeyClaims): boolean {
  return [iat, exp].every((time) => Number.isFinite(time) && time >= 0 && time <= 8.64e12) && jti !== '' && sub !== '';
}
