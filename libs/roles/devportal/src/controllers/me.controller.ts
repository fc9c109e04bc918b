import { Controller } from '@nestjs/common';
import { UnauthenticatedError } from '@tollgate/base';
import type { RequestContext } from '@tollgate/database';
import { Body, Ctx, Operation } from '@tollgate/http';
import { UserService } from '@tollgate/identity/server';
import { passwordChangeBody, type PasswordChangeBody } from '../schemas/portal.js';
import { devportalBase } from './base.js';

/** What callers do with their own account. */
@Controller(devportalBase)
export class MeController {
  constructor(private readonly users: UserService) {}

  @Operation({
    method: 'POST',
    path: '/me/change-password',
    summary: 'Change the own password; sessions and tokens that were given for the old one end',
    scopes: ['apim:subscribe'],
    status: 200,
    body: passwordChangeBody,
  })
  async changePassword(@Ctx() ctx: RequestContext, @Body() body: PasswordChangeBody): Promise<void> {
    if (ctx.principal === null) throw new UnauthenticatedError();
    await this.users.changeOwnPassword(ctx, ctx.principal.userName, { ...body, address: ctx.address });
  }
}
