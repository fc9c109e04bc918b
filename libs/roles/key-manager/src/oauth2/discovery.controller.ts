import { Controller, Param } from '@nestjs/common';
import { Operation } from '@tollgate/http';
import { OAuthSettings } from '@tollgate/oauth/server';
import { TenantPath } from './tenant-path.js';
import { TokenEndpoint } from './token-endpoint.js';

/** What this key manager can do, and nothing that it cannot (RFC 8414). */
@Controller()
export class DiscoveryController {
  constructor(
    private readonly tenants: TenantPath,
    private readonly settings: OAuthSettings,
    private readonly tokens: TokenEndpoint,
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
    const authentication = ['client_secret_basic', 'client_secret_post'];
    return {
      issuer: this.settings.issuer(organization),
      token_endpoint: `${base}/token`,
      revocation_endpoint: `${base}/revoke`,
      introspection_endpoint: `${base}/introspect`,
      jwks_uri: `${base}/jwks`,
      grant_types_supported: this.tokens.grantTypes(),
      response_types_supported: [],
      token_endpoint_auth_methods_supported: authentication,
      revocation_endpoint_auth_methods_supported: authentication,
      introspection_endpoint_auth_methods_supported: authentication,
    };
  }
}
