import { X509Certificate } from 'node:crypto';
import {
  certificateNameProblem,
  knownGrantTypes,
  redirectUriProblem,
  type CertificateName,
  type GrantType,
} from '@tollgate/oauth/domain';
import type { ClientAuthMethod, ClientView } from '@tollgate/oauth/server';
import { z } from 'zod';
import { OAuthError } from '../oauth2/oauth-error.js';

const uris = z.array(z.string().max(2000)).max(50).default([]);
const method = z.enum([
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
  'tls_client_auth',
  'self_signed_tls_client_auth',
  'none',
]);
const certificateName = z.string().max(1000).optional();

/** Client metadata (RFC 7591 section 2, RFC 8705 section 2.1.2, OpenID Connect RP-Initiated Logout section 3.1). What we do not know is left out. */
const metadataSchema = z.object({
  client_name: z.string().trim().min(1).max(190).optional(),
  redirect_uris: uris,
  post_logout_redirect_uris: uris,
  grant_types: z.array(z.string().max(200)).max(50).default(['authorization_code']),
  response_types: z.array(z.string()).default(['code']),
  token_endpoint_auth_method: method.default('client_secret_basic'),
  jwks: z.object({ keys: z.array(z.record(z.string(), z.unknown())).min(1).max(20) }).optional(),
  jwks_uri: z.string().optional(),
  tls_client_auth_subject_dn: certificateName,
  tls_client_auth_san_dns: certificateName,
  tls_client_auth_san_uri: certificateName,
  tls_client_auth_san_ip: certificateName,
  tls_client_auth_san_email: certificateName,
  tls_client_certificate_bound_access_tokens: z.boolean().default(false),
});

export interface ClientMetadata {
  readonly name: string | undefined;
  readonly redirectUris: readonly string[];
  readonly postLogoutUris: readonly string[];
  readonly grantTypes: readonly GrantType[];
  readonly authMethod: ClientAuthMethod;
  readonly jwks: ClientView['jwks'];
  readonly certificateName: ClientView['certificateName'];
  readonly bindsToCertificate: boolean;
}

/**
 * @param certificateMethods those of RFC 8705 that can be used here
 * @throws OAuthError `invalid_redirect_uri` or `invalid_client_metadata` (RFC 7591 section 3.2.2)
 */
export function readClientMetadata(body: unknown, certificateMethods: readonly string[]): ClientMetadata {
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
  checkCertificates(data, authMethod, certificateMethods);
  return {
    name: data.client_name,
    redirectUris: data.redirect_uris,
    postLogoutUris: data.post_logout_redirect_uris,
    grantTypes,
    authMethod,
    jwks: usesJwks(authMethod) ? publicOnly(data.jwks) : null,
    certificateName: authMethod === 'tls_client_auth' ? nameOf(data) : null,
    bindsToCertificate: data.tls_client_certificate_bound_access_tokens,
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
    ...(client.certificateName
      ? { [`tls_client_auth_${client.certificateName.kind}`]: client.certificateName.value }
      : {}),
    ...(client.bindsToCertificate ? { tls_client_certificate_bound_access_tokens: true } : {}),
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
  if (usesJwks(authMethod) && !data.jwks) throw bad(`${authMethod} needs jwks.`);
}

function usesJwks(method: ClientAuthMethod): boolean {
  return method === 'private_key_jwt' || method === 'self_signed_tls_client_auth';
}

function checkCertificates(
  data: z.infer<typeof metadataSchema>,
  authMethod: ClientAuthMethod,
  offered: readonly string[],
): void {
  const usesTls = authMethod === 'tls_client_auth' || authMethod === 'self_signed_tls_client_auth';
  if (usesTls && !offered.includes(authMethod)) throw bad(`${authMethod} is not offered by this server.`);
  if (data.tls_client_certificate_bound_access_tokens && offered.length === 0)
    throw bad('This server sees no certificates of clients, so it binds no tokens to them.');
  if (authMethod === 'tls_client_auth') {
    const problem = certificateNameProblem(nameOf(data));
    if (problem !== null) throw bad(problem);
  }
  if (authMethod === 'self_signed_tls_client_auth' && !data.jwks?.keys.every(({ x5c }) => isCertificate(x5c)))
    throw bad('Each key in jwks has its certificate in x5c, as base64 of its DER form.');
}

const nameKinds = ['subject_dn', 'san_dns', 'san_uri', 'san_ip', 'san_email'] as const;

/** @throws OAuthError unless there is exactly one (RFC 8705 section 2.1.2) */
function nameOf(data: z.infer<typeof metadataSchema>): CertificateName {
  const names = nameKinds.flatMap((kind) => {
    const value = data[`tls_client_auth_${kind}`];
    return value === undefined ? [] : [{ kind, value }];
  });
  const [name] = names;
  if (!name || names.length > 1) throw bad('tls_client_auth needs exactly one of the tls_client_auth_ names.');
  return name;
}

function isCertificate(x5c: unknown): boolean {
  const [first] = Array.isArray(x5c) ? (x5c as unknown[]) : [];
  if (typeof first !== 'string') return false;
  try {
    return new X509Certificate(Buffer.from(first, 'base64')).raw.toString('base64') === first;
  } catch {
    return false;
  }
}

function methodOf(name: z.infer<typeof method>): ClientAuthMethod {
  return name === 'client_secret_basic' || name === 'client_secret_post' ? 'client_secret' : name;
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
