import { z } from 'zod';

/** The key manager that is part of this installation. */
export const residentKeyManager = 'Resident Key Manager';

/** Record kind `key-manager`, id = `{organization}:{name}`: whose tokens gateways take, with the keys inline so that no call leaves the gateway. */
export const keyManagerRecordSchema = z.object({
  name: z.string(),
  organization: z.string(),
  issuer: z.string(),
  enabled: z.boolean(),
  /** Public keys (RFC 7517). Signs OAuth2 access tokens, API keys and internal keys alike; `typ`/`token_type` tells them apart. */
  jwks: z.object({
    /** `isUnnamed`: tried for tokens whose `kid` names no other key. Only external key managers have such. */
    keys: z.array(z.looseObject({ kid: z.string(), kty: z.string(), isUnnamed: z.boolean().optional() })),
  }),
  /** Claim that holds the consumer key. */
  consumerKeyClaim: z.string(),
  scopesClaim: z.string(),
  /** Claim that names the user. */
  userClaim: z.string().default('sub'),
  /** Not of this installation: less is known of its tokens, and its users are not ours. */
  isExternal: z.boolean().default(false),
  /** Its users get tokens of the resident key manager; false ends those. Absent: the control plane does not say. */
  vouchesForUsers: z.boolean().optional(),
  /** Policies that ask for `localClaim` read `remoteClaim` in its tokens. */
  claimMapping: z.array(z.object({ remoteClaim: z.string(), localClaim: z.string() })).default([]),
});
export type KeyManagerRecord = z.infer<typeof keyManagerRecordSchema>;

/** Record kind `revocation`, id = `{type}:{value}`. Dropped by everybody once `expiresAtMs` has passed. */
export const revocationRecordSchema = z.object({
  /**
   * `jti`: this one token, API key or internal key. `consumerKey`, `user` (qualified name), `application` (uuid):
   * every token of theirs that was issued before `revokedAtMs`. `userGrant` (qualified name): the access tokens that
   * this user granted, while those of applications and keys that the user owns go on.
   */
  type: z.enum(['jti', 'consumerKey', 'user', 'userGrant', 'application']),
  value: z.string(),
  revokedAtMs: z.number().int(),
  expiresAtMs: z.number().int(),
});
export type RevocationRecord = z.infer<typeof revocationRecordSchema>;

const seconds = z.number().min(0).max(8.64e12);

/** Claims of an access token of the resident key manager (RFC 9068), with those that its client adds. Times in seconds. */
export const accessTokenClaimsSchema = z.looseObject({
  iss: z.string(),
  sub: z.string(),
  aud: z.union([z.string(), z.array(z.string())]),
  azp: z.string(),
  client_id: z.string(),
  aut: z.enum(['APPLICATION', 'APPLICATION_USER']),
  scope: z.string(),
  keytype: z.enum(['PRODUCTION', 'SANDBOX']).optional(),
  nbf: seconds,
  iat: seconds,
  /** Milliseconds of `iat`, so that a revocation within the same second tells older tokens from newer ones. */
  iat_ms: z.number().int().optional(),
  exp: seconds,
  jti: z.string(),
  /** Organization of the user. */
  organization: z.string(),
  /** The external key manager that vouches for the user. */
  key_manager: z.string().optional(),
  /** What whoever sends the token has to prove: a key (RFC 9449 section 6), a certificate (RFC 8705 section 3.1). */
  cnf: z.strictObject({ jkt: z.string().optional(), 'x5t#S256': z.string().optional() }).optional(),
});
/**
 * When a token was issued, in milliseconds: `iat_ms` where it is that of `iat`, else the beginning of the second, so
 * that in doubt a token counts as older than a revocation.
 * @param iat seconds (RFC 7519 section 4.1.6)
 */
export function issuedAtMs(iat: number, iatMs: unknown): number {
  return typeof iatMs === 'number' && Math.floor(iatMs / 1000) === Math.floor(iat) ? iatMs : iat * 1000;
}

export type AccessTokenClaims = z.infer<typeof accessTokenClaimsSchema>;

/** Claims of an API key JWT (header `apikey`) and, with `token_type: "InternalKey"`, of a publisher's test key. */
export const apiKeyClaimsSchema = z.object({
  iss: z.string(),
  sub: z.string(),
  jti: z.string(),
  iat: z.number(),
  /** As in access tokens. */
  iat_ms: z.number().int().optional(),
  exp: z.number(),
  keytype: z.enum(['PRODUCTION', 'SANDBOX']),
  token_type: z.enum(['apiKey', 'InternalKey']),
  application: z
    .object({ id: z.number(), uuid: z.string(), name: z.string(), owner: z.string(), tier: z.string() })
    .optional(),
  /** The APIs an internal key opens. An API key opens what its application is subscribed to, looked up in the gateway's own records. */
  subscribedAPIs: z
    .array(z.object({ uuid: z.string(), name: z.string(), context: z.string(), version: z.string() }))
    .optional(),
  /** Comma list of IPv4, IPv6 and CIDR; '' = any. */
  permittedIP: z.string().optional(),
  /** Comma list of referer patterns; '' = any. */
  permittedReferer: z.string().optional(),
});
export type ApiKeyClaims = z.infer<typeof apiKeyClaimsSchema>;
