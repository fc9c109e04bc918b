import { Controller, Inject, Res, type OnModuleInit } from '@nestjs/common';
import { NotFoundError, superOrganization, tollgateConfig } from '@tollgate/base';
import { controlPlaneUrl, type TollgateConfig } from '@tollgate/config';
import { AuthenticatorRegistry, Operation, Query } from '@tollgate/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { gatewayAdminAuthenticator, gatewayAdminScheme } from './gateway-credentials.js';
import { GatewayRuntime } from './gateway-runtime.js';

const artifactQuery = z.object({
  apiName: z.string().min(1).max(256),
  version: z.string().min(1).max(256),
  tenantDomain: z.string().min(1).max(256).default(superOrganization),
});

/** The part of the gateway contract (`/api/am/gateway/v2`) that tells whether deployments are live here. */
@Controller('/api/am/gateway/v2')
export class GatewayAdminController implements OnModuleInit {
  constructor(
    @Inject(tollgateConfig) private readonly config: TollgateConfig,
    @Inject(AuthenticatorRegistry) private readonly schemes: AuthenticatorRegistry,
    @Inject(GatewayRuntime) private readonly runtime: GatewayRuntime,
  ) {}

  onModuleInit(): void {
    const hasControlPlane = controlPlaneUrl(this.config) === undefined;
    this.schemes.register(gatewayAdminScheme, gatewayAdminAuthenticator(this.config, this.schemes, hasControlPlane));
  }

  @Operation({
    method: 'GET',
    path: '/server-startup-healthcheck',
    auth: 'public',
    summary: 'Whether every API is deployed',
  })
  startup(@Res({ passthrough: true }) reply: FastifyReply): string {
    const isComplete = this.runtime.gateway?.status().isLoaded === true;
    void reply.type('text/plain').status(isComplete ? 200 : 500);
    return isComplete ? 'OK' : 'Internal Server Error.';
  }

  @Operation({
    method: 'GET',
    path: '/api-artifact',
    auth: gatewayAdminScheme,
    query: artifactQuery,
    summary: 'The revision of an API that this gateway serves',
  })
  artifact(@Query() query: z.output<typeof artifactQuery>): { api: string } {
    for (const deployed of this.runtime.gateway?.deployments() ?? []) {
      const { name, version, organization } = deployed;
      if (name === query.apiName && version === query.version && organization === query.tenantDomain) {
        return { api: JSON.stringify(deployed) };
      }
    }
    throw new NotFoundError('API', `${query.apiName}:${query.version}`);
  }
}
