import { Controller, Headers, Param, Res, UseInterceptors } from '@nestjs/common';
import type { RequestContext } from '@tollgate/database';
import { Body, Ctx, IfMatch, Operation, Query } from '@tollgate/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { patchBody, type PatchBody } from './protocol/patch-body.js';
import { roleViews, type RoleView } from './role-type.js';
import {
  listQueryOf,
  projectionOf,
  scimListQuery,
  scimSearchBody,
  scimShowQuery,
  type ScimListQuery,
  type ScimSearchBody,
  type ScimShowQuery,
} from './scim-list.js';
import { ScimMediaType } from './scim-media-type.js';
import { ScimRolesService } from './scim-roles.service.js';
import { scimBase } from './scim-scope.js';
import { answerShown } from './scim-shown.js';

const auth = 'admin';
const resource = z.record(z.string(), z.unknown());
type Given = z.infer<typeof resource>;

/** The operations that roles and groups share; the subclasses say under which names. */
abstract class RoleResourceController {
  protected abstract readonly view: RoleView;

  constructor(protected readonly roles: ScimRolesService) {}

  @Operation({ method: 'GET', path: '/', auth, summary: 'List or find', query: scimListQuery })
  list(@Ctx() ctx: RequestContext, @Query() query: ScimListQuery, @Param('tenant') tenant?: string): Promise<object> {
    return this.roles.list(ctx, query, { view: this.view, base: scimBase(ctx, tenant) });
  }

  @Operation({ method: 'POST', path: '/.search', auth, summary: 'Find by a body', body: scimSearchBody, status: 200 })
  search(@Ctx() ctx: RequestContext, @Body() body: ScimSearchBody, @Param('tenant') tenant?: string): Promise<object> {
    return this.roles.list(ctx, listQueryOf(body), { view: this.view, base: scimBase(ctx, tenant) });
  }

  @Operation({ method: 'GET', path: '/:id', auth, summary: 'Read one', query: scimShowQuery })
  async get(
    @Ctx() ctx: RequestContext,
    @Param('id') id: string,
    @Query() query: ScimShowQuery,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('tenant') tenant?: string,
  ): Promise<object | undefined> {
    const shown = await this.roles.get(ctx, id, { view: this.view, base: scimBase(ctx, tenant) });
    return answerShown(reply, shown, { type: this.view.type, projection: projectionOf(query), known });
  }

  @Operation({ method: 'POST', path: '/', auth, summary: 'Create one', body: resource, query: scimShowQuery })
  async create(
    @Ctx() ctx: RequestContext,
    @Body() given: Given,
    @Query() query: ScimShowQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('tenant') tenant?: string,
  ): Promise<object | undefined> {
    const shown = await this.roles.create(ctx, given, { view: this.view, base: scimBase(ctx, tenant) });
    return answerShown(reply, shown, { type: this.view.type, projection: projectionOf(query), isNew: true });
  }

  @Operation({ method: 'PUT', path: '/:id', auth, summary: 'Replace its users', body: resource, query: scimShowQuery })
  async put(
    @Ctx() ctx: RequestContext,
    @Param('id') id: string,
    @Body() given: Given,
    @Query() query: ScimShowQuery,
    @IfMatch() expectedVersion: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('tenant') tenant?: string,
  ): Promise<object | undefined> {
    const place = { view: this.view, base: scimBase(ctx, tenant) };
    const shown = await this.roles.replace(ctx, id, { given, expectedVersion }, place);
    return answerShown(reply, shown, { type: this.view.type, projection: projectionOf(query) });
  }

  @Operation({
    method: 'PATCH',
    path: '/:id',
    auth,
    summary: 'Add, replace or remove users',
    body: patchBody,
    query: scimShowQuery,
  })
  async patch(
    @Ctx() ctx: RequestContext,
    @Param('id') id: string,
    @Body() body: PatchBody,
    @Query() query: ScimShowQuery,
    @IfMatch() expectedVersion: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('tenant') tenant?: string,
  ): Promise<object | undefined> {
    const place = { view: this.view, base: scimBase(ctx, tenant) };
    const shown = await this.roles.patch(ctx, id, { body, expectedVersion }, place);
    return answerShown(reply, shown, { type: this.view.type, projection: projectionOf(query) });
  }

  @Operation({ method: 'DELETE', path: '/:id', auth, summary: 'Delete one', status: 204 })
  async delete(
    @Ctx() ctx: RequestContext,
    @Param('id') id: string,
    @IfMatch() expectedVersion: number | undefined,
    @Param('tenant') tenant?: string,
  ): Promise<void> {
    scimBase(ctx, tenant);
    await this.roles.delete(ctx, id, expectedVersion);
  }
}

@UseInterceptors(ScimMediaType)
@Controller(['/scim2/Roles', '/t/:tenant/scim2/Roles'])
export class ScimRolesController extends RoleResourceController {
  protected readonly view = roleViews.roles;

  constructor(roles: ScimRolesService) {
    super(roles);
  }
}

@UseInterceptors(ScimMediaType)
@Controller(['/scim2/v2/Roles', '/t/:tenant/scim2/v2/Roles'])
export class ScimRolesV2Controller extends RoleResourceController {
  protected readonly view = roleViews.rolesV2;

  constructor(roles: ScimRolesService) {
    super(roles);
  }
}

@UseInterceptors(ScimMediaType)
@Controller(['/scim2/Groups', '/t/:tenant/scim2/Groups'])
export class ScimGroupsController extends RoleResourceController {
  protected readonly view = roleViews.groups;

  constructor(roles: ScimRolesService) {
    super(roles);
  }
}
