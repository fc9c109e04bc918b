export const tokenTypes = ['DIRECT', 'EXCHANGED', 'BOTH'] as const;
export type KeyManagerTokenType = (typeof tokenTypes)[number];

/** What an administrator says about a key manager, without the secrets. Addresses are '' where there is none. */
export interface KeyManagerSettings {
  readonly displayName: string;
  readonly description: string;
  readonly tokenType: KeyManagerTokenType;
  readonly alias: string;
  readonly issuer: string;
  readonly wellKnownEndpoint: string;
  readonly clientRegistrationEndpoint: string;
  readonly introspectionEndpoint: string;
  readonly tokenEndpoint: string;
  readonly displayTokenEndpoint: string;
  readonly revokeEndpoint: string;
  readonly displayRevokeEndpoint: string;
  readonly userInfoEndpoint: string;
  readonly authorizeEndpoint: string;
  readonly scopeManagementEndpoint: string;
  /** JWKS: an address. PEM: certificates or public keys, one after the other. */
  readonly certificates: { readonly type: 'JWKS' | 'PEM'; readonly value: string };
  readonly availableGrantTypes: readonly string[];
  readonly enableTokenGeneration: boolean;
  readonly enableMapOAuthConsumerApps: boolean;
  readonly enableOAuthAppCreation: boolean;
  /** A client that is brought along has to prove itself at the token endpoint. */
  readonly enableProvisionedAppValidation: boolean;
  readonly consumerKeyClaim: string;
  readonly scopesClaim: string;
  /** `localClaim` is what policies ask for, `remoteClaim` what its tokens carry. */
  readonly claimMapping: readonly { readonly remoteClaim: string; readonly localClaim: string }[];
  readonly permissions: { readonly permissionType: 'PUBLIC' | 'ALLOW' | 'DENY'; readonly roles: readonly string[] };
}

/** Whether a user who holds `roles` may make keys with it. */
export function mayUseKeyManager({ permissions }: KeyManagerSettings, roles: readonly string[]): boolean {
  const named = permissions.roles.some((role) => roles.includes(role));
  if (permissions.permissionType === 'PUBLIC') return true;
  return permissions.permissionType === 'ALLOW' ? named : !named;
}

/** Names of the claim that holds the user, as administrators of the field write them. */
const userClaims: ReadonlySet<string> = new Set([
  'sub',
  'username',
  'http://wso2.org/claims/username',
  'http://wso2.org/username',
]);

/** Claim of its tokens that names the user. */
export function userClaimOf({ claimMapping }: KeyManagerSettings): string {
  return claimMapping.find(({ localClaim }) => userClaims.has(localClaim))?.remoteClaim ?? 'sub';
}
