import { Controller, Param, Res } from '@nestjs/common';
import type { RequestContext } from '@tollgate/database';
import { Body, Ctx, IfMatch, Operation } from '@tollgate/http';
import { FederatedAccounts, IdentityProviders, ProviderSignIn, type IdentityProvider } from '@tollgate/oauth/server';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { adminBase, adminPaths } from '../surface.js';
import {
  federatedAccountAnswer,
  federatedAccountBody,
  federatedAccountListAnswer,
  federatedAccountView,
  identityProviderAnswer,
  identityProviderBody,
  identityProviderListAnswer,
  identityProviderView,
  toIdentityProviderInput,
  type FederatedAccountBody,
  type IdentityProviderBody,
} from './identity-provider-body.js';

const scopes = ['apim:admin'];
type Answer = z.output<typeof identityProviderAnswer>;

/** OpenID providers at which users of the organization sign in. Ours alone: the contract has nothing for them. */
@Controller(adminPaths('/identity-providers'))
export class IdentityProviderController {
  constructor(
    private readonly providers: IdentityProviders,
    private readonly accounts: FederatedAccounts,
    private readonly signIn: ProviderSignIn,
  ) {}

  @Operation({
    method: 'GET',
    path: '/',
    scopes,
    summary: 'List the identity providers',
    answer: identityProviderListAnswer,
  })
  async list(@Ctx() ctx: RequestContext): Promise<z.output<typeof identityProviderListAnswer>> {
    const list = (await this.providers.list(ctx)).map((row) => this.view(row));
    return { count: list.length, list };
  }

  @Operation({
    method: 'POST',
    path: '/',
    scopes,
    summary: 'Register an OpenID provider at which users sign in; its metadata is read now',
    body: identityProviderBody,
    answer: identityProviderAnswer,
  })
  async create(
    @Ctx() ctx: RequestContext,
    @Body() body: IdentityProviderBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer> {
    const made = await this.providers.create(ctx, toIdentityProviderInput(body));
    void reply.header('location', `${adminBase}/identity-providers/${made.uuid}`);
    return this.answer(made, reply);
  }

  @Operation({
    method: 'GET',
    path: '/:identityProviderId',
    scopes,
    summary: 'Read an identity provider',
    answer: identityProviderAnswer,
  })
  async get(
    @Ctx() ctx: RequestContext,
    @Param('identityProviderId') uuid: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer> {
    return this.answer(await this.providers.get(ctx, uuid), reply);
  }

  @Operation({
    method: 'PUT',
    path: '/:identityProviderId',
    scopes,
    summary:
      'Change an identity provider and read its metadata again; switching it off ends the sessions begun with it',
    body: identityProviderBody,
    answer: identityProviderAnswer,
  })
  async update(
    @Ctx() ctx: RequestContext,
    @Param('identityProviderId') uuid: string,
    @Body() body: IdentityProviderBody,
    @IfMatch() version: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer> {
    return this.answer(await this.providers.update(ctx, uuid, toIdentityProviderInput(body), version), reply);
  }

  @Operation({
    method: 'DELETE',
    path: '/:identityProviderId',
    scopes,
    summary: 'Remove an identity provider, its links and the sessions begun with it; the accounts stay',
  })
  async delete(@Ctx() ctx: RequestContext, @Param('identityProviderId') uuid: string): Promise<void> {
    await this.providers.delete(ctx, uuid);
  }

  @Operation({
    method: 'GET',
    path: '/:identityProviderId/accounts',
    scopes,
    summary: 'List whose accounts people of the provider use',
    answer: federatedAccountListAnswer,
  })
  async listAccounts(
    @Ctx() ctx: RequestContext,
    @Param('identityProviderId') uuid: string,
  ): Promise<z.output<typeof federatedAccountListAnswer>> {
    const list = (await this.accounts.list(ctx, await this.providers.get(ctx, uuid))).map(federatedAccountView);
    return { count: list.length, list };
  }

  @Operation({
    method: 'POST',
    path: '/:identityProviderId/accounts',
    scopes,
    summary: 'Link a person of the provider, known by subject, to the account of a user',
    body: federatedAccountBody,
    answer: federatedAccountAnswer,
  })
  async link(
    @Ctx() ctx: RequestContext,
    @Param('identityProviderId') uuid: string,
    @Body() { subject, userName }: FederatedAccountBody,
  ): Promise<z.output<typeof federatedAccountAnswer>> {
    const provider = await this.providers.get(ctx, uuid);
    return federatedAccountView(await this.accounts.link(ctx, provider, subject, userName));
  }

  @Operation({
    method: 'DELETE',
    path: '/:identityProviderId/accounts/:accountId',
    scopes,
    summary: 'Take a link away; the account stays, and what was begun with it ends',
  })
  async unlink(
    @Ctx() ctx: RequestContext,
    @Param('identityProviderId') uuid: string,
    @Param('accountId') account: string,
  ): Promise<void> {
    await this.accounts.unlink(ctx, await this.providers.get(ctx, uuid), account);
  }

  private view(row: IdentityProvider): Answer {
    return identityProviderView(row, this.signIn.redirectUri(row));
  }

  private answer(row: IdentityProvider, reply: FastifyReply): Answer {
    void reply.header('etag', `"${row.rowVersion}"`);
    return this.view(row);
  }
}
