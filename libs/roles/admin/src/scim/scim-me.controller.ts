import { Controller, Param, Res, UseInterceptors } from '@nestjs/common';
import { NotFoundError, UnauthenticatedError } from '@tollgate/base';
import type { RequestContext } from '@tollgate/database';
import { Body, Ctx, Operation, Query } from '@tollgate/http';
import { OrganizationReader, SelfSignUpService, UserReader } from '@tollgate/identity/server';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { projectionOf, scimShowQuery, type ScimShowQuery } from './scim-list.js';
import { ScimMediaType } from './scim-media-type.js';
import { scimBase } from './scim-scope.js';
import { answerShown } from './scim-shown.js';
import { ScimUsersService } from './scim-users.service.js';
import { newUserOf, readUser } from './user-body.js';
import { userType } from './user-type.js';

const resource = z.record(z.string(), z.unknown());

/** The caller's own account (RFC 7644 section 3.11): making it, and reading it. */
@UseInterceptors(ScimMediaType)
@Controller(['/scim2', '/t/:tenant/scim2'])
export class ScimMeController {
  constructor(
    private readonly signUps: SelfSignUpService,
    private readonly organizations: OrganizationReader,
    private readonly reader: UserReader,
    private readonly users: ScimUsersService,
  ) {}

  @Operation({
    method: 'POST',
    path: '/Me',
    auth: 'public',
    summary: 'Sign up, where the organization lets people',
    body: resource,
  })
  async signUp(
    @Ctx() visitor: RequestContext,
    @Body() given: z.infer<typeof resource>,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('tenant') tenant?: string,
  ): Promise<object | undefined> {
    const organization = tenant ?? visitor.organization;
    if (!(await this.organizations.find(organization))?.active) throw new NotFoundError('Tenant', organization);
    const ctx = { ...visitor, organization };
    const { active: _, ...input } = newUserOf(readUser(given));
    const user = await this.signUps.signUp(ctx, input);
    const shown = await this.users.get(ctx, user.uuid, scimBase(ctx, tenant));
    return answerShown(reply, shown, { type: userType, projection: projectionOf({}), isNew: true });
  }

  @Operation({ method: 'GET', path: '/Me', auth: 'basic', summary: 'Read the own account', query: scimShowQuery })
  async me(
    @Ctx() ctx: RequestContext,
    @Query() query: ScimShowQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('tenant') tenant?: string,
  ): Promise<object | undefined> {
    const base = scimBase(ctx, tenant);
    const user = ctx.principal ? await this.reader.find(ctx.organization, ctx.principal.userName) : null;
    if (!user) throw new UnauthenticatedError();
    return answerShown(reply, await this.users.get(ctx, user.uuid, base), {
      type: userType,
      projection: projectionOf(query),
    });
  }
}
