import { Injectable } from '@nestjs/common';
import {
  ConflictError,
  ForbiddenError,
  InvalidInputError,
  superOrganization,
  UnauthenticatedError,
} from '@tollgate/base';
import { Database, type RequestContext, type Transaction } from '@tollgate/database';
import { adminRole, parseUserName } from '@tollgate/identity/domain';
import { UserReader } from '@tollgate/identity/server';
import { knownGrantTypes } from '@tollgate/oauth/domain';
import { ClientService, type ClientView, type NewClient } from '@tollgate/oauth/server';
import type { RegistrationBody } from './registration.schemas.js';

export interface RegisteredClient {
  readonly client: ClientView;
  readonly secret: string;
}

/** Clients of the management surfaces, registered by their users. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly db: Database,
    private readonly clients: ClientService,
    private readonly users: UserReader,
  ) {}

  /**
   * Registers a client, or returns the one that the owner registered under this name before, brought to what is asked now.
   * @throws InvalidInputError, ForbiddenError when a plain user names another owner
   */
  async register(ctx: RequestContext, body: RegistrationBody): Promise<RegisteredClient> {
    const wanted = this.clientOf(ctx, body, await this.ownerOf(ctx, body.owner));
    try {
      return await this.db.transaction(ctx, (tx) => this.createOrRefresh(tx, wanted));
    } catch (error) {
      // Another call registered the same name at the same time: now it is there.
      if (!(error instanceof ConflictError)) throw error;
      return this.db.transaction(ctx, (tx) => this.createOrRefresh(tx, wanted));
    }
  }

  private async createOrRefresh(tx: Transaction, wanted: NewClient): Promise<RegisteredClient> {
    const present = await this.clients.findRegistered(tx, wanted.owner, wanted.name);
    if (!present) return this.clients.create(tx, wanted);
    const { grantTypes, callbackUrls = [], saas = false } = wanted;
    const changed =
      present.saas !== saas ||
      !sameTexts(present.grantTypes, grantTypes) ||
      !sameTexts(present.callbackUrls, callbackUrls);
    if (changed) await this.clients.update(tx, present.consumerKey, { grantTypes, callbackUrls, saas });
    const client = await this.clients.findByConsumerKey(present.consumerKey, tx);
    const secret = await this.clients.secretOf(present.consumerKey, tx);
    if (!client || secret === null) throw new Error('A registered client is there without its secret');
    return { client, secret };
  }

  /** Only grants that exist are kept. A client that serves every organization belongs to the super organization. */
  private clientOf(ctx: RequestContext, body: RegistrationBody, owner: string): NewClient {
    const asked = body.grantType?.split(/[\s,]+/) ?? ['client_credentials'];
    const callbackUrls = (body.callbackUrl ?? '')
      .split(',')
      .map((url) => url.trim())
      .filter(Boolean);
    return {
      name: body.clientName,
      owner,
      grantTypes: knownGrantTypes(asked),
      callbackUrls,
      saas: body.saasApp === true && ctx.organization === superOrganization,
      registered: true,
    };
  }

  private async ownerOf(ctx: RequestContext, asked: string | undefined): Promise<string> {
    const caller = ctx.principal;
    if (!caller) throw new UnauthenticatedError();
    if (!asked) return caller.userName;
    const named = asked.includes('@') ? parseUserName(asked) : { userName: asked, organization: ctx.organization };
    if (named.organization === ctx.organization && named.userName === caller.userName) return caller.userName;
    if (!caller.roles.includes(adminRole))
      throw new ForbiddenError(
        'NOT_OWN_CLIENT',
        'Only an administrator registers clients for others.',
        'Leave out the owner.',
      );
    const user =
      named.organization === ctx.organization ? await this.users.find(ctx.organization, named.userName) : null;
    if (!user) throw new InvalidInputError([{ field: 'owner', message: 'There is no such user.' }]);
    return user.userName;
  }
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}
