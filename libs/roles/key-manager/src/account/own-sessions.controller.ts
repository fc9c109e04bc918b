import { Controller, Param } from '@nestjs/common';
import { UnauthenticatedError } from '@tollgate/base';
import { Database, type RequestContext } from '@tollgate/database';
import { Ctx, Operation } from '@tollgate/http';
import { sessionListAnswer, sessionListOf, SignInSessions } from '@tollgate/oauth/server';
import type { z } from 'zod';

/** The caller's own sign-in sessions, for programs. The person's access token is enough, whatever its scopes. */
@Controller('/oauth2/sessions')
export class OwnSessionsController {
  constructor(
    private readonly db: Database,
    private readonly sessions: SignInSessions,
  ) {}

  @Operation({
    method: 'GET',
    path: '/',
    auth: 'optional',
    summary: 'List the sign-in sessions of the caller',
    answer: sessionListAnswer,
  })
  async list(@Ctx() ctx: RequestContext): Promise<z.output<typeof sessionListAnswer>> {
    return sessionListOf(await this.sessions.list(ctx.organization, ownName(ctx)));
  }

  @Operation({
    method: 'DELETE',
    path: '/:id',
    auth: 'optional',
    status: 204,
    summary: 'Sign the caller out of one session',
  })
  async end(@Ctx() ctx: RequestContext, @Param('id') id: string): Promise<void> {
    const userName = ownName(ctx);
    await this.db.transaction(ctx, (tx) => this.sessions.endOwn(tx, ctx.organization, userName, id));
  }

  @Operation({ method: 'DELETE', path: '/', auth: 'optional', status: 204, summary: 'Sign the caller out everywhere' })
  async endAll(@Ctx() ctx: RequestContext): Promise<void> {
    const userName = ownName(ctx);
    await this.db.transaction(ctx, (tx) => this.sessions.endOfUser(tx, ctx.organization, userName));
  }
}

function ownName({ principal }: RequestContext): string {
  if (principal === null) throw new UnauthenticatedError();
  return principal.userName;
}
