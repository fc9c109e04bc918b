/** Grants that the token endpoint has. */
export const grantTypes = [
  'client_credentials',
  'refresh_token',
  'password',
  'authorization_code',
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:ietf:params:oauth:grant-type:token-exchange',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
] as const;

/** RFC 8628. */
export const deviceCodeGrant = 'urn:ietf:params:oauth:grant-type:device_code' satisfies GrantType;
/** RFC 8693. */
export const tokenExchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange' satisfies GrantType;
/** RFC 7523 section 2.1. */
export const jwtBearerGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer' satisfies GrantType;

export type GrantType = (typeof grantTypes)[number];

/** Those of the named grants that exist here, each once; clients of the field also name grants that do not. */
export function knownGrantTypes(names: readonly string[]): GrantType[] {
  return grantTypes.filter((grant) => names.includes(grant));
}
