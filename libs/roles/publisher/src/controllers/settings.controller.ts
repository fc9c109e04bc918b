import { Controller, Inject } from '@nestjs/common';
import { tollgateConfig } from '@tollgate/base';
import { ports, type TollgateConfig } from '@tollgate/config';
import type { RequestContext } from '@tollgate/database';
import { EnvironmentReader, type Environment } from '@tollgate/deployment/server';
import { Ctx, OpenApiDocuments, Operation } from '@tollgate/http';
import { unlimitedPolicy } from '@tollgate/throttling/contract';
import { publisherBase, scopes } from './base.js';

/** What a portal asks first, and this surface's own description. */
@Controller(publisherBase)
export class SettingsController {
  constructor(
    private readonly environments: EnvironmentReader,
    private readonly documents: OpenApiDocuments,
    @Inject(tollgateConfig) private readonly config: TollgateConfig,
  ) {}

  @Operation({
    method: 'GET',
    path: '/settings',
    scopes: scopes.settings,
    summary: 'Environments, scopes and switches of this installation',
  })
  async settings(@Ctx() ctx: RequestContext): Promise<object> {
    return {
      devportalUrl: `https://${this.config.server.hostname}:${ports(this.config).management_https}/devportal`,
      environment: (await this.environments.list(ctx)).map(environmentAnswer),
      gatewayTypes: ['Regular'],
      scopes: this.usedScopes(),
      monetizationAttributes: [],
      externalStoresEnabled: false,
      docVisibilityEnabled: false,
      crossTenantSubscriptionEnabled: false,
      defaultAdvancePolicy: unlimitedPolicy,
      defaultSubscriptionPolicy: unlimitedPolicy,
      authorizationHeader: 'Authorization',
    };
  }

  @Operation({ method: 'GET', path: '/openapi.json', auth: 'public', summary: 'This surface as OpenAPI 3.1' })
  document(): object {
    return this.documents.document(publisherBase[0] ?? '', 'Tollgate publisher');
  }

  /** Every scope that an operation of this surface asks for: what a portal's token needs. */
  private usedScopes(): string[] {
    return [...new Set(Object.values(scopes).flat())].toSorted((a, b) => a.localeCompare(b));
  }
}

function environmentAnswer(environment: Environment): object {
  const { uuid, name, displayName, type, vhosts, details } = environment;
  return {
    id: uuid,
    name,
    displayName,
    type,
    serverUrl: details.serviceUrl,
    provider: details.provider,
    showInApiConsole: details.showInApiConsole,
    vhosts,
    endpointURIs: details.endpointURIs,
    additionalProperties: details.additionalProperties,
  };
}
