import { knownGrantTypes, redirectUriProblem, type GrantType } from '@tollgate/oauth/domain';
import type { ClientAuthMethod, ClientView } from '@tollgate/oauth/server';
import { z } from 'zod';
import { OAuthError } from '../oauth2/oauth-error.js';

const uris = z.array(z.string().max(2000)).max(50).default([]);
const method = z.enum(['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none']);

/** Client metadata (RFC 7591 section 2, OpenID Connect RP-Initiated Logout section 3.1). What we do not know is left out. */
const metadataSchema = z.object({
  client_name: z.string().trim().min(1).max(190).optional(),
  redirect_uris: uris,
  post_logout_redirect_uris: uris,
  grant_types: z.array(z.string().max(200)).max(50).default(['authorization_code']),
  response_types: z.array(z.string()).default(['code']),
  token_endpoint_auth_method: method.default('client_secret_basic'),
  jwks: z.object({ keys: z.array(z.record(z.string(), z.unknown())).min(1).max(20) }).optional(),
  jwks_uri: z.string().optional(),
});

export interface ClientMetadata {
  readonly name: string | undefined;
  readonly redirectUris: readonly string[];
  readonly postLogoutUris: readonly string[];
  readonly grantTypes: readonly GrantType[];
  readonly authMethod: ClientAuthMethod;
  readonly jwks: ClientView['jwks'];
}

/** @throws OAuthError `invalid_redirect_uri` or `invalid_client_metadata` (RFC 7591 section 3.2.2) */
export function readClientMetadata(body: unknown): ClientMetadata {
  const parsed = metadataSchema.safeParse(body);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw bad(`${issue?.path.map(String).join('.') ?? 'body'}: ${issue?.message ?? 'not valid'}.`);
  }
  const { data } = parsed;
  for (const uri of [...data.redirect_uris, ...data.post_logout_redirect_uris]) checkUri(uri);
  const grantTypes = knownGrantTypes(data.grant_types);
  const authMethod = methodOf(data.token_endpoint_auth_method);
  checkTogether(data, grantTypes, authMethod);
  return {
    name: data.client_name,
    redirectUris: data.redirect_uris,
    postLogoutUris: data.post_logout_redirect_uris,
    grantTypes,
    authMethod,
    jwks: authMethod === 'private_key_jwt' ? publicOnly(data.jwks) : null,
  };
}

/** As the client is now. */
export function shownMetadata(client: ClientView): Record<string, unknown> {
  return {
    client_name: client.name,
    redirect_uris: client.callbackUrls,
    post_logout_redirect_uris: client.postLogoutUris ?? [],
    grant_types: client.grantTypes,
    response_types: client.grantTypes.includes('authorization_code') ? ['code'] : [],
    token_endpoint_auth_method: client.authMethod === 'client_secret' ? 'client_secret_basic' : client.authMethod,
    ...(client.jwks ? { jwks: client.jwks } : {}),
  };
}

function checkUri(uri: string): void {
  const problem = /^[a-z][a-z0-9+.-]*:/i.test(uri) ? redirectUriProblem(uri) : 'A redirect URI is absolute.';
  if (problem !== null) throw new OAuthError('invalid_redirect_uri', problem);
}

function checkTogether(
  data: z.infer<typeof metadataSchema>,
  grantTypes: readonly GrantType[],
  authMethod: ClientAuthMethod,
): void {
  if (grantTypes.length === 0) throw bad('grant_types names no grant of this server.');
  if (grantTypes.includes('authorization_code') && data.redirect_uris.length === 0)
    throw new OAuthError('invalid_redirect_uri', 'authorization_code needs a redirect URI.');
  if (data.response_types.some((type) => type !== 'code')) throw bad('The only response type is code.');
  if (authMethod === 'none' && grantTypes.includes('client_credentials'))
    throw bad('A public client cannot act for itself: leave client_credentials out.');
  if (data.jwks_uri !== undefined) throw bad('Send the keys in jwks: jwks_uri is not taken.');
  if (authMethod === 'private_key_jwt' && !data.jwks) throw bad('private_key_jwt needs jwks.');
}

function methodOf(name: z.infer<typeof method>): ClientAuthMethod {
  return name === 'private_key_jwt' || name === 'none' ? name : 'client_secret';
}

const secretParts = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

function publicOnly(jwks: z.infer<typeof metadataSchema>['jwks']): ClientView['jwks'] {
  if (jwks?.keys.some((key) => secretParts.some((part) => part in key)))
    throw bad('jwks holds a secret key: send public ones, and replace this one, which is known now.');
  return jwks ?? null;
}

function bad(description: string): OAuthError {
  return new OAuthError('invalid_client_metadata', description);
}
