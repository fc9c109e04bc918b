import { Controller, Param, Req, Res } from '@nestjs/common';
import { Operation } from '@tollgate/http';
import { PushedRequests } from '@tollgate/oauth/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AuthorizationRefusal } from '../authorize/authorization-request.js';
import { AuthorizationRequests } from '../authorize/request-reader.js';
import { PageError } from '../pages/error-page.js';
import { ClientAuthentication } from './client-authentication.js';
import { OAuthError, type OAuthErrorCode } from './oauth-error.js';
import { readParameters } from './parameters.js';
import { TenantPath } from './tenant-path.js';

const credentials = new Set(['client_secret', 'client_assertion', 'client_assertion_type']);

/** Authorization requests sent ahead (RFC 9126). */
@Controller(['/oauth2', '/t/:tenant/oauth2'])
export class PushedAuthorizationController {
  constructor(
    private readonly tenants: TenantPath,
    private readonly clients: ClientAuthentication,
    private readonly requests: AuthorizationRequests,
    private readonly pushed: PushedRequests,
  ) {}

  @Operation({
    method: 'POST',
    path: '/par',
    auth: 'public',
    summary: 'Push an authorization request',
    consumes: ['application/x-www-form-urlencoded'],
    status: 201,
  })
  async push(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('tenant') tenantInPath?: string,
  ): Promise<object> {
    void reply.header('cache-control', 'no-store');
    const tenant = await this.tenants.resolve(tenantInPath);
    const parameters = readParameters(request);
    const client = await this.clients.require(request, parameters, tenant);
    if (parameters.has('request_uri')) throw new OAuthError('invalid_request', 'A pushed request has no request_uri.');
    const own = [...parameters].filter(([name]) => !credentials.has(name));
    const values = new Map([...own, ['client_id', client.consumerKey] as const]);
    await this.check(values, tenant);
    const { requestUri, expiresInSeconds } = await this.pushed.keep(client.consumerKey, Object.fromEntries(values));
    return { request_uri: requestUri, expires_in: expiresInSeconds };
  }

  private async check(values: ReadonlyMap<string, string>, tenant: string | null): Promise<void> {
    try {
      await this.requests.read({ values, repeated: new Set() }, tenant);
    } catch (error) {
      if (error instanceof PageError) throw new OAuthError('invalid_request', error.message);
      if (!(error instanceof AuthorizationRefusal)) throw error;
      throw new OAuthError(error.code as OAuthErrorCode, error.description);
    }
  }
}
