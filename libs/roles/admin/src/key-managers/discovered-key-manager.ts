/**
 * A key manager as its metadata describes it (OpenID Connect Discovery 1.0 section 3, RFC 8414 section 2), for a form
 * to be completed and saved. Null when the document is none.
 */
export function discoveredKeyManager(
  wellKnownEndpoint: string,
  type: string,
  metadata: Readonly<Record<string, unknown>>,
): object | null {
  const text = (name: string): string => (typeof metadata[name] === 'string' ? metadata[name] : '');
  const issuer = text('issuer');
  const jwks = text('jwks_uri');
  if (issuer === '' || jwks === '') return null;
  const grants = metadata['grant_types_supported'];
  return {
    name: nameOf(issuer),
    type,
    wellKnownEndpoint,
    issuer,
    introspectionEndpoint: text('introspection_endpoint'),
    clientRegistrationEndpoint: text('registration_endpoint'),
    tokenEndpoint: text('token_endpoint'),
    revokeEndpoint: text('revocation_endpoint'),
    userInfoEndpoint: text('userinfo_endpoint'),
    authorizeEndpoint: text('authorization_endpoint'),
    certificates: { type: 'JWKS', value: jwks },
    // The default of RFC 8414 when it names none.
    availableGrantTypes: Array.isArray(grants)
      ? grants.filter((grant) => typeof grant === 'string')
      : ['authorization_code', 'implicit'],
    enableOAuthAppCreation: text('registration_endpoint') !== '',
    consumerKeyClaim: 'azp',
    scopesClaim: 'scope',
  };
}

/** A name to begin with: the host of the issuer, or the issuer itself where it is no URL. */
function nameOf(issuer: string): string {
  return URL.parse(issuer)?.hostname || issuer;
}
