import { timingSafeEqual } from 'node:crypto';
import { Controller, Param, Req, Res } from '@nestjs/common';
import { SecretBox, superOrganization } from '@tollgate/base';
import { Database, systemContext, type RequestContext } from '@tollgate/database';
import { Ctx, Operation } from '@tollgate/http';
import { presentedToken, ClientService, OAuthSettings, type ClientView } from '@tollgate/oauth/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CertificateAuthentication } from '../oauth2/certificate-authentication.js';
import { OAuthError } from '../oauth2/oauth-error.js';
import { readClientMetadata, shownMetadata, type ClientMetadata } from './client-metadata.js';
import { registrationScheme } from './registration.authenticator.js';

/**
 * Dynamic client registration (RFC 7591) and its management (RFC 7592). Registering needs a user who may register
 * clients; what was registered is managed with the token that came with it.
 */
@Controller(['/oauth2/register', '/t/:tenant/oauth2/register'])
export class DynamicRegistrationController {
  constructor(
    private readonly db: Database,
    private readonly clients: ClientService,
    private readonly settings: OAuthSettings,
    private readonly box: SecretBox,
    private readonly certificates: CertificateAuthentication,
  ) {}

  @Operation({
    method: 'POST',
    path: '/',
    auth: registrationScheme,
    summary: 'Register a client (RFC 7591)',
    consumes: ['application/json'],
    status: 201,
  })
  async register(
    @Ctx() ctx: RequestContext,
    @Req() request: FastifyRequest,
    @Param('tenant') tenant?: string,
  ): Promise<object> {
    if (!ctx.principal || (tenant !== undefined && tenant !== ctx.organization))
      throw new OAuthError('invalid_token', 'Register at the path of your own organization.', 401);
    const metadata = readClientMetadata(request.body, this.certificates.methods());
    const owner = ctx.principal.userName;
    const made = await this.db.transaction(ctx, (tx) =>
      this.clients.create(tx, { ...columnsOf(metadata), name: metadata.name ?? 'Unnamed client', owner }),
    );
    return this.answer(made.client, made.secret);
  }

  @Operation({ method: 'GET', path: '/:clientId', auth: 'public', summary: 'Read a registered client (RFC 7592)' })
  async read(@Req() request: FastifyRequest, @Param('clientId') clientId: string): Promise<object> {
    const client = await this.authorized(request, clientId);
    return this.answer(client, await this.clients.secretOf(clientId));
  }

  @Operation({
    method: 'PUT',
    path: '/:clientId',
    auth: 'public',
    summary: 'Replace the metadata of a registered client',
    consumes: ['application/json'],
  })
  async replace(@Req() request: FastifyRequest, @Param('clientId') clientId: string): Promise<object> {
    const client = await this.authorized(request, clientId);
    const body = request.body as { client_id?: unknown; client_secret?: unknown } | null | undefined;
    if (body?.client_id !== clientId) throw new OAuthError('invalid_request', 'client_id is not that of the address.');
    const secret = await this.clients.secretOf(clientId);
    if (body.client_secret !== undefined && body.client_secret !== secret)
      throw new OAuthError('invalid_request', 'client_secret is not the one that was given.');
    const metadata = readClientMetadata(body, this.certificates.methods());
    const changed = await this.db.transaction(systemContext(client.organization, request.id), (tx) =>
      this.clients.update(tx, clientId, { ...columnsOf(metadata), ...(metadata.name ? { name: metadata.name } : {}) }),
    );
    if (!changed) throw unknownClient();
    return this.answer(changed, secret);
  }

  @Operation({
    method: 'DELETE',
    path: '/:clientId',
    auth: 'public',
    summary: 'Remove a registered client',
    status: 204,
  })
  async remove(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) _reply: FastifyReply,
    @Param('clientId') clientId: string,
  ): Promise<void> {
    const client = await this.authorized(request, clientId);
    const ctx = systemContext(client.organization, request.id);
    await this.db.transaction(ctx, (tx) => this.clients.remove(tx, clientId));
  }

  /** Only what was registered here; the consumer keys of applications belong to the developer portal. */
  private async authorized(request: FastifyRequest, clientId: string): Promise<ClientView> {
    const token = Buffer.from(presentedToken(request)?.token ?? '');
    const client = await this.clients.findByConsumerKey(clientId);
    const wanted = Buffer.from(this.tokenOf(clientId, client?.uuid ?? ''));
    const matches = token.length === wanted.length && timingSafeEqual(token, wanted);
    if (!client || client.applicationUuid !== null || client.firstParty || !matches) throw unknownClient();
    return client;
  }

  private tokenOf(clientId: string, uuid: string): string {
    return this.box.digest(JSON.stringify([clientId, uuid]), 'registration-token');
  }

  private answer(client: ClientView, secret: string | null): object {
    const { consumerKey, organization, authMethod, createdAt, uuid } = client;
    const base = this.settings.oauthUrl(organization === superOrganization ? superOrganization : organization);
    const shown = authMethod === 'client_secret' && secret !== null;
    return {
      client_id: consumerKey,
      ...(shown ? { client_secret: secret, client_secret_expires_at: 0 } : {}),
      client_id_issued_at: Math.floor(createdAt / 1000),
      registration_access_token: this.tokenOf(consumerKey, uuid),
      registration_client_uri: `${base}/register/${consumerKey}`,
      ...shownMetadata(client),
    };
  }
}

function columnsOf({ redirectUris: callbackUrls, name: _name, ...columns }: ClientMetadata) {
  return { callbackUrls, ...columns };
}

function unknownClient(): OAuthError {
  return new OAuthError('invalid_token', 'The registration access token is not valid for this client.', 401);
}
