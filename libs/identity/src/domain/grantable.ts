import { adminRole } from './default-roles.js';

/**
 * Those of the requested scopes that the roles give, in the order asked, each once.
 * @param scopeRoles scope → roles; a scope that is absent is given to nobody
 */
export function grantableScopes(
  scopeRoles: ReadonlyMap<string, readonly string[]>,
  roles: readonly string[],
  requested: readonly string[],
): string[] {
  const held = new Set(roles);
  const given = (scope: string): boolean => {
    const needed = scopeRoles.get(scope);
    return needed !== undefined && (held.has(adminRole) || needed.some((role) => held.has(role)));
  };
  return [...new Set(requested)].filter(given);
}
