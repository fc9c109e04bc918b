import { Controller, Inject } from '@nestjs/common';
import { ApplicationReader } from '@tollgate/application/server';
import { NotFoundError, qualifiedUserName, tollgateClock, type Clock } from '@tollgate/base';
import { Database, type RequestContext } from '@tollgate/database';
import { Body, Ctx, Operation } from '@tollgate/http';
import { UserReader } from '@tollgate/identity/server';
import { ClientService, hundredYearsSeconds, longAfter, RevocationService } from '@tollgate/oauth/server';
import { z } from 'zod';
import { adminPaths } from '../surface.js';

export const revocationBody = z.object({
  type: z.enum(['user', 'userGrant', 'application', 'consumerKey']),
  value: z.string().min(1, 'Give a user name, an application id or a consumer key.').max(190),
});
type RevocationBody = z.output<typeof revocationBody>;
type Target = Pick<RevocationBody, 'type' | 'value'>;

/** Ends tokens at once, at every gateway. Ours alone: the contract has nothing for it. */
@Controller(adminPaths('/token-revocations'))
export class TokenRevocationsController {
  constructor(
    private readonly db: Database,
    private readonly users: UserReader,
    private readonly applications: ApplicationReader,
    private readonly clients: ClientService,
    private readonly revocations: RevocationService,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  @Operation({
    method: 'POST',
    path: '/',
    scopes: ['apim:admin'],
    status: 204,
    summary:
      'End all tokens issued so far of a user (`user`: with API keys; `userGrant`: only those the user granted), an application or a client',
    body: revocationBody,
  })
  async revoke(@Ctx() ctx: RequestContext, @Body() body: RevocationBody): Promise<void> {
    const expiresAtMs = longAfter(this.clock.nowMs(), hundredYearsSeconds); // keys may never expire
    await this.db.transaction(ctx, async (tx) => {
      const { type, value } = await this.targetOf(tx, body);
      await this.revocations.revoke(tx, { type, value, organization: ctx.organization, expiresAtMs });
    });
  }

  /** Within the caller's organization only. @throws NotFoundError */
  private async targetOf(ctx: RequestContext, { type, value }: RevocationBody): Promise<Target> {
    const { organization } = ctx;
    if (type === 'consumerKey') {
      const client = await this.clients.findByConsumerKey(value, ctx);
      if (client?.organization !== organization) throw new NotFoundError('OAuth client', value);
      return { type, value };
    }
    if (type === 'application') {
      if (!(await this.applications.exists(ctx, value))) throw new NotFoundError('Application', value);
      return { type, value };
    }
    if (!(await this.users.find(organization, value, ctx))) throw new NotFoundError('User', value);
    return { type, value: qualifiedUserName(value, organization) };
  }
}
