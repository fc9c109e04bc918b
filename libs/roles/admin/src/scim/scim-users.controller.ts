import { Controller, Headers, Param, Res, UseInterceptors } from '@nestjs/common';
import type { RequestContext } from '@tollgate/database';
import { Body, Ctx, IfMatch, Operation, Query } from '@tollgate/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { patchBody, type PatchBody } from './protocol/patch-body.js';
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
import { scimBase } from './scim-scope.js';
import { answerShown } from './scim-shown.js';
import { ScimUsersService } from './scim-users.service.js';
import { userType } from './user-type.js';

const auth = 'admin';
/** Read by the rules of the schema, which know more than names and types: see `/Schemas`. */
const resource = z.record(z.string(), z.unknown());
type Given = z.infer<typeof resource>;

/** Users of the caller's organization (RFC 7644). */
@UseInterceptors(ScimMediaType)
@Controller(['/scim2', '/t/:tenant/scim2'])
export class ScimUsersController {
  constructor(private readonly users: ScimUsersService) {}

  @Operation({ method: 'POST', path: '/Users', auth, summary: 'Create a user', body: resource, query: scimShowQuery })
  async create(
    @Ctx() ctx: RequestContext,
    @Body() given: Given,
    @Query() query: ScimShowQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('tenant') tenant?: string,
  ): Promise<object | undefined> {
    const shown = await this.users.create(ctx, given, scimBase(ctx, tenant));
    return answerShown(reply, shown, { type: userType, projection: projectionOf(query), isNew: true });
  }

  @Operation({ method: 'GET', path: '/Users', auth, summary: 'List or find users', query: scimListQuery })
  list(@Ctx() ctx: RequestContext, @Query() query: ScimListQuery, @Param('tenant') tenant?: string): Promise<object> {
    return this.users.list(ctx, query, scimBase(ctx, tenant));
  }

  @Operation({
    method: 'POST',
    path: '/Users/.search',
    auth,
    summary: 'Find users by a body',
    body: scimSearchBody,
    status: 200,
  })
  search(@Ctx() ctx: RequestContext, @Body() body: ScimSearchBody, @Param('tenant') tenant?: string): Promise<object> {
    return this.users.list(ctx, listQueryOf(body), scimBase(ctx, tenant));
  }

  @Operation({ method: 'GET', path: '/Users/:id', auth, summary: 'Read a user', query: scimShowQuery })
  async get(
    @Ctx() ctx: RequestContext,
    @Param('id') id: string,
    @Query() query: ScimShowQuery,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('tenant') tenant?: string,
  ): Promise<object | undefined> {
    const shown = await this.users.get(ctx, id, scimBase(ctx, tenant));
    return answerShown(reply, shown, { type: userType, projection: projectionOf(query), known });
  }

  @Operation({
    method: 'PUT',
    path: '/Users/:id',
    auth,
    summary: 'Replace a user; the name stays, and so do password and state when they are left out',
    body: resource,
    query: scimShowQuery,
  })
  async put(
    @Ctx() ctx: RequestContext,
    @Param('id') id: string,
    @Body() given: Given,
    @Query() query: ScimShowQuery,
    @IfMatch() expectedVersion: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('tenant') tenant?: string,
  ): Promise<object | undefined> {
    const shown = await this.users.replace(ctx, id, { given, expectedVersion }, scimBase(ctx, tenant));
    return answerShown(reply, shown, { type: userType, projection: projectionOf(query) });
  }

  @Operation({
    method: 'PATCH',
    path: '/Users/:id',
    auth,
    summary: 'Change parts of a user',
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
    const shown = await this.users.patch(ctx, id, { body, expectedVersion }, scimBase(ctx, tenant));
    return answerShown(reply, shown, { type: userType, projection: projectionOf(query) });
  }

  @Operation({ method: 'DELETE', path: '/Users/:id', auth, summary: 'Delete a user', status: 204 })
  async delete(
    @Ctx() ctx: RequestContext,
    @Param('id') id: string,
    @IfMatch() expectedVersion: number | undefined,
    @Param('tenant') tenant?: string,
  ): Promise<void> {
    scimBase(ctx, tenant);
    await this.users.delete(ctx, id, expectedVersion);
  }
}
