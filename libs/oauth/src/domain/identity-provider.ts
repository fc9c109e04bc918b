import { textClaim } from './jws.js';

/** What an administrator says about an identity provider, without the secret. */
export interface IdentityProviderSettings {
  /** On its button. */
  readonly displayName: string;
  /** Exactly as it stands in its ID tokens. */
  readonly issuer: string;
  readonly wellKnownEndpoint: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly userNameClaim: string;
  readonly emailClaim: string;
  readonly groupsClaim: string;
  /** Members of the group hold the role. */
  readonly roleMappings: readonly { readonly group: string; readonly role: string }[];
  /** Whoever comes for the first time gets an account; else an administrator links people to accounts. */
  readonly createsUsers: boolean;
  /** Of the accounts that it makes. */
  readonly newUserRoles: readonly string[];
  /** `mfa` among its authentication methods counts as a second factor here. */
  readonly trustsSecondFactor: boolean;
}

/** How the provider is asked for its tokens (OpenID Connect Core section 9). */
export const providerAuthMethods = ['client_secret_basic', 'client_secret_post', 'none'] as const;
export type ProviderAuthMethod = (typeof providerAuthMethods)[number];

/** What the provider says of itself (OpenID Connect Discovery 1.0 section 3). */
export interface ProviderMetadata {
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly jwksUri: string;
  /** '' when it has none. */
  readonly userInfoEndpoint: string;
  /** Its answers carry `iss` (RFC 9207). */
  readonly sendsIssuer: boolean;
  readonly authMethods: readonly ProviderAuthMethod[];
}

/** Metadata that cannot be used; `message` is safe to show. */
export class ProviderMetadataError extends Error {}

/**
 * Reads the metadata of a provider.
 * @throws ProviderMetadataError when it is of another issuer, or says nothing that signing in could use
 */
export function readProviderMetadata(issuer: string, document: Readonly<Record<string, unknown>>): ProviderMetadata {
  const said = textClaim(document, 'issuer');
  if (said !== issuer)
    throw new ProviderMetadataError(
      said === null ? 'It is no metadata of an OpenID provider.' : `It is the metadata of "${said.slice(0, 200)}".`,
    );
  const codeFlow = document['response_types_supported'];
  if (Array.isArray(codeFlow) && !codeFlow.includes('code'))
    throw new ProviderMetadataError('It does not offer the authorization code flow.');
  return {
    authorizationEndpoint: endpoint(document, 'authorization_endpoint'),
    tokenEndpoint: endpoint(document, 'token_endpoint'),
    jwksUri: endpoint(document, 'jwks_uri'),
    userInfoEndpoint: document['userinfo_endpoint'] === undefined ? '' : endpoint(document, 'userinfo_endpoint'),
    sendsIssuer: document['authorization_response_iss_parameter_supported'] === true,
    authMethods: authMethodsIn(document['token_endpoint_auth_methods_supported']),
  };
}

function endpoint(document: Readonly<Record<string, unknown>>, name: string): string {
  const value = textClaim(document, name);
  const problem = value === null ? 'is missing' : providerUrlProblem(value);
  if (value === null || problem !== null) throw new ProviderMetadataError(`Its ${name} ${problem}.`);
  return value;
}

/** The default is that of the specification. */
function authMethodsIn(listed: unknown): ProviderAuthMethod[] {
  const names: unknown[] = Array.isArray(listed) ? listed : ['client_secret_basic'];
  return providerAuthMethods.filter((method) => names.includes(method));
}

/**
 * Why an address of a provider cannot be used; null when it can. What signs people in travels encrypted, except within
 * one machine.
 */
export function providerUrlProblem(text: string): string | null {
  const url = URL.parse(text);
  if (url === null || text.length > 2000) return 'is no absolute URL';
  if (url.username !== '' || url.password !== '' || url.hash !== '') return 'has user information or a fragment';
  const isLoopback = url.hostname === 'localhost' || url.hostname === '[::1]' || /^127\.[\d.]+$/.test(url.hostname);
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback) ? null : 'is no https URL';
}

/** What a provider tells of a person. */
export interface ClaimedPerson {
  /** In the form of our user names; null when it tells none. */
  readonly userName: string | null;
  /** '' when it tells none, or one that it has not verified. */
  readonly email: string;
  readonly givenName: string;
  readonly familyName: string;
  /** By the groups. */
  readonly roles: readonly string[];
}

/** @param claims of the ID token and of the userinfo endpoint */
export function claimedPerson(
  settings: IdentityProviderSettings,
  claims: Readonly<Record<string, unknown>>,
): ClaimedPerson {
  const groups = new Set([claimAt(claims, settings.groupsClaim) ?? []].flat());
  const verified = claims['email_verified'] === undefined || claims['email_verified'] === true;
  const text = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 190) : '');
  return {
    userName: userNameFrom(claimAt(claims, settings.userNameClaim)),
    email: verified ? text(claimAt(claims, settings.emailClaim)) : '',
    givenName: text(claims['given_name']),
    familyName: text(claims['family_name']),
    roles: [...new Set(settings.roleMappings.filter(({ group }) => groups.has(group)).map(({ role }) => role))],
  };
}

/** Names of ours have no "@" and no "/": `ann@example.com` becomes `ann.example.com`. */
function userNameFrom(value: unknown): string | null {
  const name = typeof value === 'string' ? value.normalize('NFC').trim().replaceAll(/[@/]/g, '.') : '';
  return name === '' ? null : name;
}

/** By its name, else by the way to it: `realm_access.roles`. */
function claimAt(claims: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let value: unknown = claims;
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}
