/** Grants that the token endpoint has. */
export const grantTypes = ['client_credentials', 'refresh_token', 'password', 'authorization_code'] as const;
export type GrantType = (typeof grantTypes)[number];

/** Those of the named grants that exist here, each once; clients of the field also name grants that do not. */
export function knownGrantTypes(names: readonly string[]): GrantType[] {
  return grantTypes.filter((grant) => names.includes(grant));
}
