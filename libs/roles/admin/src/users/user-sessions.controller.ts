import { Controller, Param } from '@nestjs/common';
import { NotFoundError } from '@tollgate/base';
import { Database, type RequestContext } from '@tollgate/database';
import { Ctx, Operation } from '@tollgate/http';
import { UserReader } from '@tollgate/identity/server';
import { sessionListAnswer, sessionListOf, SignInSessions } from '@tollgate/oauth/server';
import type { z } from 'zod';
import { adminPaths } from '../surface.js';

const scopes = ['apim:admin'];

/** Where the people of the organization are signed in. Ours alone: the contract has nothing for it. */
@Controller(adminPaths('/users/:userName/sessions'))
export class UserSessionsController {
  constructor(
    private readonly db: Database,
    private readonly users: UserReader,
    private readonly sessions: SignInSessions,
  ) {}

  @Operation({
    method: 'GET',
    path: '/',
    scopes,
    summary: 'List the sign-in sessions of a user',
    answer: sessionListAnswer,
  })
  async list(
    @Ctx() ctx: RequestContext,
    @Param('userName') userName: string,
  ): Promise<z.output<typeof sessionListAnswer>> {
    await this.requireUser(ctx, userName);
    return sessionListOf(await this.sessions.list(ctx.organization, userName));
  }

  @Operation({
    method: 'DELETE',
    path: '/:sessionId',
    scopes,
    status: 204,
    summary: 'Sign a user out of one session: its refresh tokens, access tokens and portal sessions end',
  })
  async end(
    @Ctx() ctx: RequestContext,
    @Param('userName') userName: string,
    @Param('sessionId') id: string,
  ): Promise<void> {
    await this.requireUser(ctx, userName);
    await this.db.transaction(ctx, (tx) => this.sessions.endOwn(tx, ctx.organization, userName, id));
  }

  @Operation({ method: 'DELETE', path: '/', scopes, status: 204, summary: 'Sign a user out everywhere' })
  async endAll(@Ctx() ctx: RequestContext, @Param('userName') userName: string): Promise<void> {
    await this.requireUser(ctx, userName);
    await this.db.transaction(ctx, (tx) => this.sessions.endOfUser(tx, ctx.organization, userName));
  }

  /** @throws NotFoundError */
  private async requireUser(ctx: RequestContext, userName: string): Promise<void> {
    if (!(await this.users.find(ctx.organization, userName, ctx))) throw new NotFoundError('User', userName);
  }
}
