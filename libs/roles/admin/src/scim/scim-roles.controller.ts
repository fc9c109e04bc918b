import { Controller, Param, Res, UseInterceptors } from '@nestjs/common';
import type { RequestContext } from '@tollgate/database';
import { Body, Ctx, Operation, Query } from '@tollgate/http';
import type { FastifyReply } from 'fastify';
import { scimListQuery, type ScimListQuery } from './scim-list.js';
import { patchBody, type PatchBody } from './scim-patch.js';
import { newRoleBody, roleViews, type NewRoleBody, type RoleView } from './scim-role.js';
import { ScimRolesService } from './scim-roles.service.js';
import { ScimMediaType } from './scim-media-type.js';
import { scimBase } from './scim-scope.js';

const auth = 'admin';

/** The operations that roles and groups share; the subclasses say under which names. */
abstract class RoleResourceController {
  protected abstract readonly view: RoleView;

  constructor(protected readonly roles: ScimRolesService) {}

  @Operation({ method: 'GET', path: '/', auth, summary: 'List or find', query: scimListQuery })
  list(@Ctx() ctx: RequestContext, @Query() query: ScimListQuery, @Param('tenant') tenant?: string): Promise<object> {
    return this.roles.list(ctx, query, { view: this.view, base: scimBase(ctx, tenant) });
  }

  @Operation({ method: 'GET', path: '/:id', auth, summary: 'Read one' })
  get(@Ctx() ctx: RequestContext, @Param('id') id: string, @Param('tenant') tenant?: string): Promise<object> {
    return this.roles.get(ctx, id, { view: this.view, base: scimBase(ctx, tenant) });
  }

  @Operation({ method: 'POST', path: '/', auth, summary: 'Create one', body: newRoleBody })
  async create(
    @Ctx() ctx: RequestContext,
    @Body() body: NewRoleBody,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('tenant') tenant?: string,
  ): Promise<object> {
    const place = { view: this.view, base: scimBase(ctx, tenant) };
    const made = await this.roles.create(ctx, body, place);
    void reply.header('location', `${place.base}/${this.view.path}/${made.id}`);
    return made.body;
  }

  @Operation({ method: 'PATCH', path: '/:id', auth, summary: 'Add, replace or remove users', body: patchBody })
  patch(
    @Ctx() ctx: RequestContext,
    @Param('id') id: string,
    @Body() body: PatchBody,
    @Param('tenant') tenant?: string,
  ): Promise<object> {
    return this.roles.patch(ctx, id, body, { view: this.view, base: scimBase(ctx, tenant) });
  }

  @Operation({ method: 'DELETE', path: '/:id', auth, summary: 'Delete one', status: 204 })
  async delete(@Ctx() ctx: RequestContext, @Param('id') id: string, @Param('tenant') tenant?: string): Promise<void> {
    scimBase(ctx, tenant);
    await this.roles.delete(ctx, id);
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
