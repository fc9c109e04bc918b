/** What is known of a user that claims can tell. */
export interface ClaimSource {
  readonly userName: string;
  readonly organization: string;
  readonly email: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly roles: readonly string[];
  /** Milliseconds since the epoch. */
  readonly updatedAt: number;
}

/** Claims of the scopes `profile` and `email` (OpenID Connect Core section 5.4). What is not known is absent. */
export function userClaims(user: ClaimSource, scopes: readonly string[]): Record<string, unknown> {
  const profile = scopes.includes('profile') ? profileClaims(user) : {};
  const email = scopes.includes('email') && user.email !== '' ? { email: user.email, email_verified: false } : {};
  return { ...profile, ...email };
}

function profileClaims(user: ClaimSource): Record<string, unknown> {
  const name = [user.givenName, user.familyName].filter(Boolean).join(' ');
  const texts = { name, given_name: user.givenName, family_name: user.familyName };
  return {
    ...Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== '')),
    preferred_username: user.userName,
    organization: user.organization,
    groups: user.roles,
    updated_at: Math.floor(user.updatedAt / 1000),
  };
}
