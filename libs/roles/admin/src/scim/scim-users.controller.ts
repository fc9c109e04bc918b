import { Controller, Param, Res, UseInterceptors } from '@nestjs/common';
import { ConflictError, NotFoundError } from '@tollgate/base';
import type { RequestContext } from '@tollgate/database';
import { Body, Ctx, Operation, Query } from '@tollgate/http';
import { RoleService, UserReader, UserService, type UserChanges, type UserView } from '@tollgate/identity/server';
import type { FastifyReply } from 'fastify';
import { listResponse, parseFilter, scimListQuery, type ScimListQuery } from './scim-list.js';
import { patchBody, type PatchBody } from './scim-patch.js';
import { ScimMediaType } from './scim-media-type.js';
import { scimBase } from './scim-scope.js';
import {
  changesOf,
  changesOfPatch,
  newUserBody,
  scimUser,
  userBody,
  type NewUserBody,
  type UserBody,
} from './scim-user.js';

const auth = 'admin';

/** Users of the caller's organization (RFC 7644). */
@UseInterceptors(ScimMediaType)
@Controller(['/scim2', '/t/:tenant/scim2'])
export class ScimUsersController {
  constructor(
    private readonly users: UserService,
    private readonly reader: UserReader,
    private readonly roles: RoleService,
  ) {}

  @Operation({ method: 'POST', path: '/Users', auth, summary: 'Create a user', body: newUserBody })
  async create(
    @Ctx() ctx: RequestContext,
    @Body() body: NewUserBody,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('tenant') tenant?: string,
  ): Promise<object> {
    const base = scimBase(ctx, tenant);
    const { email, givenName, familyName, status } = changesOf(body);
    const user = await this.users.create(ctx, {
      userName: body.userName,
      password: body.password,
      ...(email === undefined ? {} : { email }),
      ...(givenName === undefined ? {} : { givenName }),
      ...(familyName === undefined ? {} : { familyName }),
      active: status !== 'DISABLED',
    });
    void reply.header('location', `${base}/Users/${user.uuid}`);
    return this.show(ctx, user, base);
  }

  @Operation({ method: 'GET', path: '/Users', auth, summary: 'List or find users', query: scimListQuery })
  async list(
    @Ctx() ctx: RequestContext,
    @Query() query: ScimListQuery,
    @Param('tenant') tenant?: string,
  ): Promise<object> {
    const base = scimBase(ctx, tenant);
    const { users, total } = await this.find(ctx, query);
    const roleIds = await this.roleIds(ctx);
    return listResponse(
      users.map((user) => scimUser(user, base, roleIds)),
      total,
      query.startIndex,
    );
  }

  @Operation({ method: 'GET', path: '/Users/:id', auth, summary: 'Read a user' })
  async get(@Ctx() ctx: RequestContext, @Param('id') id: string, @Param('tenant') tenant?: string): Promise<object> {
    const base = scimBase(ctx, tenant);
    return this.show(ctx, await this.getOrThrow(ctx, id), base);
  }

  @Operation({ method: 'PUT', path: '/Users/:id', auth, summary: 'Change a user; the name stays', body: userBody })
  async put(
    @Ctx() ctx: RequestContext,
    @Param('id') id: string,
    @Body() body: UserBody,
    @Param('tenant') tenant?: string,
  ): Promise<object> {
    const base = scimBase(ctx, tenant);
    const user = await this.getOrThrow(ctx, id);
    if (body.userName !== user.userName)
      throw new ConflictError('USER_NAME_FIXED', 'A user name cannot be changed.', 'Create another user.');
    const emptied = { email: '', givenName: '', familyName: '' };
    return this.show(ctx, await this.update(ctx, user, { ...emptied, ...changesOf(body) }), base);
  }

  @Operation({ method: 'PATCH', path: '/Users/:id', auth, summary: 'Change parts of a user', body: patchBody })
  async patch(
    @Ctx() ctx: RequestContext,
    @Param('id') id: string,
    @Body() body: PatchBody,
    @Param('tenant') tenant?: string,
  ): Promise<object> {
    const base = scimBase(ctx, tenant);
    const user = await this.getOrThrow(ctx, id);
    return this.show(ctx, await this.update(ctx, user, changesOfPatch(body.Operations)), base);
  }

  @Operation({ method: 'DELETE', path: '/Users/:id', auth, summary: 'Delete a user', status: 204 })
  async delete(@Ctx() ctx: RequestContext, @Param('id') id: string, @Param('tenant') tenant?: string): Promise<void> {
    scimBase(ctx, tenant);
    const user = await this.getOrThrow(ctx, id);
    if (user.userName === ctx.principal?.userName)
      throw new ConflictError('OWN_ACCOUNT', 'You cannot delete your own account.', 'Let another administrator do it.');
    await this.users.delete(ctx, user.userName);
  }

  private async find(
    ctx: RequestContext,
    query: ScimListQuery,
  ): Promise<{ users: readonly UserView[]; total: number }> {
    const filter = parseFilter(query.filter, 'userName');
    if (filter?.operator === 'eq') {
      const user = await this.reader.find(ctx.organization, filter.value.replace(/^(?:PRIMARY|DEFAULT)\//, ''));
      return { users: user && query.startIndex === 1 && query.count > 0 ? [user] : [], total: user ? 1 : 0 };
    }
    const part =
      filter === null
        ? {}
        : filter.operator === 'sw'
          ? { nameStartsWith: filter.value }
          : { nameContains: filter.value };
    return this.reader.list(ctx.organization, { skip: query.startIndex - 1, take: query.count, ...part });
  }

  private async update(ctx: RequestContext, user: UserView, changes: UserChanges): Promise<UserView> {
    if (user.userName === ctx.principal?.userName && changes.status !== undefined && changes.status !== 'ACTIVE')
      throw new ConflictError('OWN_ACCOUNT', 'You cannot lock your own account.', 'Let another administrator do it.');
    return this.users.update(ctx, user.userName, changes);
  }

  private async getOrThrow(ctx: RequestContext, id: string): Promise<UserView> {
    const user = await this.reader.findByUuid(ctx.organization, id);
    if (!user) throw new NotFoundError('User', id);
    return user;
  }

  private async show(ctx: RequestContext, user: UserView, base: string): Promise<object> {
    return scimUser(user, base, await this.roleIds(ctx));
  }

  private async roleIds(ctx: RequestContext): Promise<ReadonlyMap<string, string>> {
    return new Map((await this.roles.list(ctx.organization)).map((role) => [role.name, role.uuid]));
  }
}
