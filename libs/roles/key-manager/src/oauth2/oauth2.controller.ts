import { Controller, Inject, Param, Req, Res } from '@nestjs/common';
import { superOrganization, tollgateClock, UnauthenticatedError, type Clock } from '@tollgate/base';
import { Operation } from '@tollgate/http';
import { BasicAuthenticator, SigningKeys } from '@tollgate/oauth/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ClientAuthentication } from './client-authentication.js';
import { Introspection, type Introspector } from './introspection.js';
import { clientAuthenticationFailed, OAuthError } from './oauth-error.js';
import { readParameters, type Parameters } from './parameters.js';
import { TokenRequestProofs } from './token-request-proofs.js';
import { TenantPath } from './tenant-path.js';
import { TokenEndpoint, type TokenAnswer } from './token-endpoint.js';
import { TokenRevocation } from './token-revocation.js';

const form = ['application/x-www-form-urlencoded'] as const;

/** Token, revocation, introspection and keys. `/oauth2` serves every organization, the tenant form one. */
@Controller(['/oauth2', '/t/:tenant/oauth2'])
export class OAuth2Controller {
  constructor(
    private readonly tenants: TenantPath,
    private readonly clients: ClientAuthentication,
    private readonly tokens: TokenEndpoint,
    private readonly revocation: TokenRevocation,
    private readonly introspection: Introspection,
    private readonly basic: BasicAuthenticator,
    private readonly keys: SigningKeys,
    private readonly proofs: TokenRequestProofs,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  @Operation({ method: 'POST', path: '/token', auth: 'public', summary: 'Issue a token', consumes: form, status: 200 })
  async token(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('tenant') tenant?: string,
  ): Promise<TokenAnswer> {
    const from = { id: request.id, ip: request.ip, arrivedAtMs: this.clock.nowMs() };
    neverStored(reply);
    const organization = await this.tenants.resolve(tenant);
    const parameters = readParameters(request);
    const client = await this.clients.require(request, parameters, organization);
    const proof = await this.proofs.atTokenEndpoint(request, reply, client);
    return this.tokens.issue(client, parameters, from, organization ?? superOrganization, proof);
  }

  @Operation({
    method: 'GET',
    path: '/token',
    auth: 'public',
    summary: 'Refused: tokens are asked for by POST',
    status: 405,
  })
  tokenByGet(@Res({ passthrough: true }) reply: FastifyReply): never {
    void reply.header('allow', 'POST');
    throw new OAuthError('invalid_request', 'Ask for a token by POST.', 405);
  }

  @Operation({
    method: 'POST',
    path: '/revoke',
    auth: 'public',
    summary: 'Revoke a token',
    consumes: form,
    status: 200,
  })
  async revoke(@Req() request: FastifyRequest, @Param('tenant') tenant?: string): Promise<void> {
    const organization = await this.tenants.resolve(tenant);
    const parameters = readParameters(request);
    const client = await this.clients.require(request, parameters, organization);
    await this.revocation.revoke(client, requireToken(parameters), request.id);
  }

  @Operation({
    method: 'POST',
    path: '/introspect',
    auth: 'public',
    summary: 'Look at a token',
    consumes: form,
    status: 200,
  })
  async introspect(@Req() request: FastifyRequest, @Param('tenant') tenant?: string): Promise<object> {
    const organization = await this.tenants.resolve(tenant);
    const parameters = readParameters(request);
    const asker = await this.introspector(request, parameters, organization);
    return this.introspection.introspect(asker, requireToken(parameters));
  }

  @Operation({ method: 'GET', path: '/jwks', auth: 'public', summary: 'Public keys that verify tokens' })
  async jwks(@Param('tenant') tenant?: string): Promise<object> {
    await this.tenants.resolve(tenant);
    return { keys: await this.keys.publicJwks() };
  }

  private async introspector(
    request: FastifyRequest,
    parameters: Parameters,
    tenant: string | null,
  ): Promise<Introspector> {
    const client = await this.clients.find(request, parameters, tenant);
    if (client) return { client };
    const admin = await this.basic.authenticateAdmin(request).catch((error: unknown) => {
      if (error instanceof UnauthenticatedError) return null;
      throw error;
    });
    if (!admin || (tenant !== null && admin.organization !== tenant)) throw clientAuthenticationFailed();
    return { admin };
  }
}

function requireToken(parameters: Parameters): string {
  const token = parameters.get('token');
  if (token === undefined) throw new OAuthError('invalid_request', 'The parameter token is missing.');
  return token;
}

function neverStored(reply: FastifyReply): void {
  void reply.headers({ 'cache-control': 'no-store', pragma: 'no-cache' });
}
