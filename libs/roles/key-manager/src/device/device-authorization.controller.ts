import { Controller, Param, Req, Res } from '@nestjs/common';
import { superOrganization } from '@tollgate/base';
import { Operation } from '@tollgate/http';
import { deviceCodeGrant } from '@tollgate/oauth/domain';
import { DeviceGrants, OAuthSettings } from '@tollgate/oauth/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { scopesOf } from '../authorize/request-reader.js';
import { ClientAuthentication } from '../oauth2/client-authentication.js';
import { OAuthError } from '../oauth2/oauth-error.js';
import { readParameters } from '../oauth2/parameters.js';
import { TenantPath } from '../oauth2/tenant-path.js';

/** Where devices without a browser begin (RFC 8628 section 3.1). */
@Controller(['/oauth2', '/t/:tenant/oauth2'])
export class DeviceAuthorizationController {
  constructor(
    private readonly tenants: TenantPath,
    private readonly clients: ClientAuthentication,
    private readonly devices: DeviceGrants,
    private readonly settings: OAuthSettings,
  ) {}

  @Operation({
    method: 'POST',
    path: '/device_authorization',
    auth: 'public',
    summary: 'Begin to authorize a device',
    consumes: ['application/x-www-form-urlencoded'],
    status: 200,
  })
  async start(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('tenant') tenantInPath?: string,
  ): Promise<object> {
    void reply.header('cache-control', 'no-store');
    const tenant = await this.tenants.resolve(tenantInPath);
    const parameters = readParameters(request);
    const client = await this.clients.require(request, parameters, tenant);
    if (!client.grantTypes.includes(deviceCodeGrant))
      throw new OAuthError('unauthorized_client', 'This client may not use the device code grant.');
    const scopes = scopesOf(parameters.get('scope'), (_, text) => {
      throw new OAuthError('invalid_scope', text);
    });
    const started = await this.devices.start({ consumerKey: client.consumerKey, tenant, scopes });
    const page = `${this.settings.oauthUrl(tenant ?? superOrganization)}/device`;
    return {
      device_code: started.deviceCode,
      user_code: started.userCode,
      verification_uri: page,
      verification_uri_complete: `${page}?user_code=${started.userCode}`,
      expires_in: started.expiresInSeconds,
      interval: started.intervalSeconds,
    };
  }
}
