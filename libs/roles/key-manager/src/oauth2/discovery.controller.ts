import { Controller, Param } from '@nestjs/common';
import { Operation } from '@tollgate/http';
import { acrValues, identityScopes } from '@tollgate/oauth/domain';
import { dpopAlgorithms, OAuthSettings } from '@tollgate/oauth/server';
import { CertificateAuthentication } from './certificate-authentication.js';
import { assertionAlgorithms } from './client-assertion.js';
import { TenantPath } from './tenant-path.js';
import { TokenEndpoint } from './token-endpoint.js';

const claims =
  'sub name given_name family_name preferred_username email email_verified groups organization updated_at acr amr auth_time sid nonce at_hash'.split(
    ' ',
  );

/** What this key manager can do, and nothing that it cannot (RFC 8414). */
@Controller()
export class DiscoveryController {
  constructor(
    private readonly tenants: TenantPath,
    private readonly settings: OAuthSettings,
    private readonly tokens: TokenEndpoint,
    private readonly certificates: CertificateAuthentication,
  ) {}

  @Operation({
    method: 'GET',
    path: '/oauth2/token/.well-known/openid-configuration',
    auth: 'public',
    summary: 'Metadata',
  })
  atToken(): Promise<object> {
    return this.metadata(undefined);
  }

  @Operation({
    method: 'GET',
    path: '/t/:tenant/oauth2/token/.well-known/openid-configuration',
    auth: 'public',
    summary: 'Metadata of a tenant',
  })
  atTenantToken(@Param('tenant') tenant: string): Promise<object> {
    return this.metadata(tenant);
  }

  @Operation({ method: 'GET', path: '/.well-known/oauth-authorization-server', auth: 'public', summary: 'Metadata' })
  atRoot(): Promise<object> {
    return this.metadata(undefined);
  }

  /** Where RFC 8414 section 3.1 puts it for an issuer that has a path. */
  @Operation({
    method: 'GET',
    path: '/.well-known/oauth-authorization-server/oauth2/token',
    auth: 'public',
    summary: 'Metadata',
  })
  atIssuer(): Promise<object> {
    return this.metadata(undefined);
  }

  @Operation({
    method: 'GET',
    path: '/.well-known/oauth-authorization-server/t/:tenant/oauth2/token',
    auth: 'public',
    summary: 'Metadata of a tenant',
  })
  atTenantIssuer(@Param('tenant') tenant: string): Promise<object> {
    return this.metadata(tenant);
  }

  private async metadata(tenant: string | undefined): Promise<object> {
    const organization = await this.tenants.organization(tenant);
    const base = this.settings.oauthUrl(organization);
    const authentication = [
      'client_secret_basic',
      'client_secret_post',
      'private_key_jwt',
      ...this.certificates.methods(),
    ];
    return {
      issuer: this.settings.issuer(organization),
      authorization_endpoint: `${base}/authorize`,
      token_endpoint: `${base}/token`,
      userinfo_endpoint: `${base}/userinfo`,
      registration_endpoint: `${base}/register`,
      pushed_authorization_request_endpoint: `${base}/par`,
      device_authorization_endpoint: `${base}/device_authorization`,
      revocation_endpoint: `${base}/revoke`,
      introspection_endpoint: `${base}/introspect`,
      end_session_endpoint: `${base.slice(0, -'/oauth2'.length)}/oidc/logout`,
      jwks_uri: `${base}/jwks`,
      grant_types_supported: this.tokens.grantTypes(),
      response_types_supported: ['code'],
      response_modes_supported: ['query', 'form_post'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      scopes_supported: identityScopes,
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [this.settings.algorithm],
      acr_values_supported: acrValues,
      claims_supported: claims,
      prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
      ui_locales_supported: ['en', 'zh-Hans', 'zh-Hant'],
      dpop_signing_alg_values_supported: dpopAlgorithms,
      tls_client_certificate_bound_access_tokens: this.certificates.methods().length > 0,
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
      token_endpoint_auth_methods_supported: [...authentication, 'none'],
      revocation_endpoint_auth_methods_supported: [...authentication, 'none'],
      introspection_endpoint_auth_methods_supported: authentication,
      token_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
      revocation_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
      introspection_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    };
  }
}
