import { Controller, Param } from '@nestjs/common';
import { NotFoundError } from '@tollgate/base';
import { Database, type RequestContext } from '@tollgate/database';
import { Ctx, Operation } from '@tollgate/http';
import { SecondFactorPolicy, SecondFactors, UserReader, type UserView } from '@tollgate/identity/server';
import { SignInSessions } from '@tollgate/oauth/server';
import { z } from 'zod';
import { adminPaths } from '../surface.js';

const scopes = ['apim:admin'];
const answer = z.object({ totp: z.boolean(), recoveryCodesLeft: z.number().int(), required: z.boolean() });

/** Second factors of the people of the organization. Ours alone: the contract has nothing for them. */
@Controller(adminPaths('/users/:userName/second-factor'))
export class UserFactorsController {
  constructor(
    private readonly db: Database,
    private readonly users: UserReader,
    private readonly factors: SecondFactors,
    private readonly policy: SecondFactorPolicy,
    private readonly sessions: SignInSessions,
  ) {}

  @Operation({ method: 'GET', path: '/', scopes, summary: 'Whether a user has a second factor, or needs one', answer })
  async get(@Ctx() ctx: RequestContext, @Param('userName') userName: string): Promise<z.output<typeof answer>> {
    const user = await this.user(ctx, userName);
    return {
      totp: await this.policy.isEnrolled(user),
      recoveryCodesLeft: await this.factors.recoveryCodesLeft(user),
      required: await this.policy.isRequired(user),
    };
  }

  @Operation({
    method: 'DELETE',
    path: '/',
    scopes,
    status: 204,
    summary: 'Take the second factor of a user who lost it, and end the sessions; one whose role needs it enrols anew',
  })
  async reset(@Ctx() ctx: RequestContext, @Param('userName') userName: string): Promise<void> {
    const user = await this.user(ctx, userName);
    await this.db.transaction(ctx, async (tx) => {
      await this.factors.remove(tx, user);
      await this.sessions.endOfUser(tx, user.organization, user.userName);
    });
  }

  /** @throws NotFoundError */
  private async user(ctx: RequestContext, userName: string): Promise<UserView> {
    const user = await this.users.find(ctx.organization, userName, ctx);
    if (!user) throw new NotFoundError('User', userName);
    return user;
  }
}
