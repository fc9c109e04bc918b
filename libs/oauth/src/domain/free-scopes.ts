/** Returned when no scope was asked for, or none of those asked for could be given. */
export const defaultScope = 'default';

/** Scopes of OpenID Connect (Core section 5.4): they open nothing but facts about the user. */
export const identityScopes = ['openid', 'profile', 'email'] as const;

/** Scopes that need no role, besides those that the configuration allows. */
export function isFreeScope(scope: string): boolean {
  return (
    scope === defaultScope || scope === 'am_application_scope' || (identityScopes as readonly string[]).includes(scope)
  );
}
