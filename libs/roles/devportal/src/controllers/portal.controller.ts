import { Controller } from '@nestjs/common';
import { KeyService } from '@tollgate/application/server';
import type { RequestContext } from '@tollgate/database';
import { EnvironmentReader } from '@tollgate/deployment/server';
import { Ctx, Operation, pageOf, Query } from '@tollgate/http';
import { maxPasswordLength } from '@tollgate/identity/domain';
import { OrganizationReader, PasswordPolicy } from '@tollgate/identity/server';
import { mayUseKeyManager } from '@tollgate/oauth/domain';
import { KeyManagerService, OAuthSettings } from '@tollgate/oauth/server';
import { keyManagerAnswer } from '../mappers/key-manager.mapper.js';
import {
  attributeListAnswer,
  keyManagerListAnswer,
  settingsAnswer,
  tenantListAnswer,
  tenantQuery,
  type TenantQuery,
} from '../schemas/portal.js';
import { appScopes, devportalBase, subscriptionScopes } from './base.js';

const portalScopes = [
  ...new Set([...appScopes, ...subscriptionScopes, 'apim:api_key', 'apim:store_settings', 'apim:app_import_export']),
];

/** What a portal needs to know before it shows anything. */
@Controller(devportalBase)
export class PortalController {
  constructor(
    private readonly keys: KeyService,
    private readonly oauth: OAuthSettings,
    private readonly managers: KeyManagerService,
    private readonly environments: EnvironmentReader,
    private readonly organizations: OrganizationReader,
    private readonly passwords: PasswordPolicy,
  ) {}

  @Operation({
    method: 'GET',
    path: '/settings',
    summary: 'Settings of the portal',
    scopes: ['apim:store_settings'],
    answer: settingsAnswer,
  })
  async settings(@Ctx() ctx: RequestContext): Promise<object> {
    return {
      grantTypes: this.keys.supportedGrantTypes(),
      scopes: portalScopes,
      applicationSharingEnabled: false,
      mapExistingAuthApps: true,
      apiGatewayEndpoint: await this.gatewayAddresses(ctx),
      monetizationEnabled: false,
      recommendationEnabled: false,
      IsUnlimitedTierPaid: false,
      identityProvider: { external: false },
      IsAnonymousModeEnabled: true,
      IsPasswordChangeEnabled: true,
      userStorePasswordPattern: '',
      passwordPolicyPattern: '',
      passwordPolicyMinLength: this.passwords.minLength,
      passwordPolicyMaxLength: maxPasswordLength,
    };
  }

  @Operation({
    method: 'GET',
    path: '/settings/application-attributes',
    summary: 'Attributes that an application may or must have',
    scopes: ['apim:subscribe'],
    answer: attributeListAnswer,
  })
  attributes(): object {
    // None is configured: an application may carry any attribute and needs none.
    return { count: 0, list: [] };
  }

  @Operation({
    method: 'GET',
    path: '/key-managers',
    summary: 'List key managers',
    scopes: ['apim:subscribe'],
    answer: keyManagerListAnswer,
  })
  async keyManagers(@Ctx() ctx: RequestContext): Promise<object> {
    const roles = ctx.principal?.roles ?? [];
    const usable = (await this.managers.list(ctx)).filter(
      (row) => row.enabled && mayUseKeyManager(row.settings, roles),
    );
    const resident = { base: this.oauth.oauthUrl(ctx.organization), grantTypes: this.keys.supportedGrantTypes() };
    const list = usable.map((row) => keyManagerAnswer(row, resident));
    return { count: list.length, list };
  }

  @Operation({
    method: 'GET',
    path: '/tenants',
    auth: 'public',
    summary: 'List tenants',
    query: tenantQuery,
    answer: tenantListAnswer,
  })
  async tenants(@Query() query: TenantQuery): Promise<object> {
    const found = (await this.organizations.list()).filter(({ active }) => active === (query.state === 'active'));
    const rows = found
      .slice(query.offset, query.offset + query.limit)
      .map(({ domain }) => ({ domain, status: query.state }));
    return pageOf(rows, found.length, query, '/tenants', { state: query.state });
  }

  /** Of the first environment, as `http,https`. */
  private async gatewayAddresses(ctx: RequestContext): Promise<string> {
    const vhost = (await this.environments.all(ctx))[0]?.vhosts[0];
    return vhost ? `http://${vhost.host}:${vhost.httpPort},https://${vhost.host}:${vhost.httpsPort}` : '';
  }
}
