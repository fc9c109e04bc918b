import { Injectable } from '@nestjs/common';
import { InvalidInputError } from '@tollgate/base';
import type { RequestContext } from '@tollgate/database';
import { ClientService, ScopeGranter, TokenIssuer, type ClientView } from '@tollgate/oauth/server';
import { callerOf } from './caller.js';

export interface TokenInput {
  readonly consumerSecret: string;
  readonly scopes: readonly string[];
  /** null: the client's own. */
  readonly validitySeconds: number | null;
}

/** As the contract names it. */
export interface ApplicationToken {
  readonly accessToken: string;
  readonly tokenScopes: readonly string[];
  /** Seconds. */
  readonly validityTime: number;
}

/** Access tokens that an application gets for itself (client_credentials), asked for by its owner. */
@Injectable()
export class ApplicationTokens {
  constructor(
    private readonly clients: ClientService,
    private readonly granter: ScopeGranter,
    private readonly issuer: TokenIssuer,
  ) {}

  async issue(
    ctx: RequestContext,
    client: ClientView,
    input: Omit<TokenInput, 'consumerSecret'>,
  ): Promise<ApplicationToken> {
    const scopes = await this.granter.grant(client, client.organization, callerOf(ctx).roles, input.scopes);
    const lifetimeSeconds = input.validitySeconds ?? client.accessTokenLifetimeSeconds;
    if (lifetimeSeconds > client.accessTokenLifetimeSeconds)
      await this.clients.allowLifetime(client.consumerKey, lifetimeSeconds);
    const token = await this.issuer.issueAccessToken({ client, scopes, lifetimeSeconds });
    return { accessToken: token.accessToken, tokenScopes: token.scope.split(' '), validityTime: token.expiresIn };
  }

  /** @throws InvalidInputError when the secret is wrong or the client may not use client_credentials */
  async issueForSecret(ctx: RequestContext, consumerKey: string, input: TokenInput): Promise<ApplicationToken> {
    const client = await this.clients.authenticate(consumerKey, input.consumerSecret);
    if (!client)
      throw new InvalidInputError([
        { field: 'consumerSecret', message: 'This is not the consumer secret of these keys.' },
      ]);
    if (!client.grantTypes.includes('client_credentials'))
      throw new InvalidInputError([
        { field: 'grantType', message: 'Add client_credentials to the grant types of these keys first.' },
      ]);
    return this.issue(ctx, client, input);
  }
}
