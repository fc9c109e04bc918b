import { Controller, Param, Req, Res } from '@nestjs/common';
import { ApiCatalogReader, ApiService, LifecycleService } from '@tollgate/api/server';
import type { RequestContext } from '@tollgate/database';
import { Body, Ctx, IfMatch, Operation, pageOf, Query } from '@tollgate/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { apiAnswer, apiInfoAnswer } from '../mappers/api.mapper.js';
import {
  apiListAnswer,
  changedApiBody,
  copyQuery,
  createQuery,
  listQuery,
  newApiBody,
  type ChangedApiBody,
  type CopyQuery,
  type CreateQuery,
  type ListQuery,
  type NewApiBody,
} from '../schemas/api.js';
import { callerHas, publisherBase, scopes, tellVersion } from './base.js';

/** What a token with `apim:api_publish` alone may change: how an API is offered, not what it does. */
const publisherFields = [
  'tags',
  'policies',
  'apiThrottlingPolicy',
  'visibility',
  'visibleRoles',
  'subscriptionAvailability',
  'subscriptionAvailableTenants',
  'additionalProperties',
  'businessInformation',
  'categories',
] as const;

function mayChangeAll(ctx: RequestContext): boolean {
  const needed: readonly string[] = scopes.changeAll;
  return ctx.principal?.scopes.some((scope) => needed.includes(scope)) ?? false;
}

@Controller(publisherBase)
export class ApisController {
  constructor(
    private readonly apis: ApiService,
    private readonly catalog: ApiCatalogReader,
    private readonly lifecycle: LifecycleService,
  ) {}

  @Operation({
    method: 'GET',
    path: '/apis',
    scopes: scopes.list,
    summary: 'List and search APIs',
    query: listQuery,
    answer: apiListAnswer,
  })
  async list(@Ctx() ctx: RequestContext, @Query() query: ListQuery): Promise<object> {
    const sortBy = query.sortBy === 'apiName' ? 'name' : query.sortBy;
    const page = await this.catalog.list(ctx, { ...query, sortBy, search: query.query });
    return pageOf(page.list.map(apiInfoAnswer), page.total, query, '/apis', {
      query: query.query,
      sortBy: query.sortBy,
      sortOrder: query.sortOrder,
    });
  }

  @Operation({
    method: 'POST',
    path: '/apis',
    scopes: scopes.create,
    summary: 'Create an API',
    query: createQuery,
    body: newApiBody,
  })
  async create(
    @Ctx() ctx: RequestContext,
    @Query() query: CreateQuery,
    @Body() body: NewApiBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const { name, context, version, ...input } = body;
    const api = await this.apis.create(ctx, {
      identity: { name, context, version },
      input,
      openApiVersion: query.openAPIVersion,
    });
    tellVersion(reply, api.rowVersion, `/apis/${api.uuid}`);
    return apiAnswer(api);
  }

  @Operation({
    method: 'POST',
    path: '/apis/copy-api',
    scopes: scopes.create,
    summary: 'Make a new version of an API',
    query: copyQuery,
  })
  async copy(
    @Ctx() ctx: RequestContext,
    @Query() query: CopyQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const api = await this.apis.copy(ctx, query.apiId, query.newVersion, query.defaultVersion);
    tellVersion(reply, api.rowVersion, `/apis/${api.uuid}`);
    return apiAnswer(api);
  }

  @Operation({ method: 'GET', path: '/apis/:apiId', scopes: scopes.view, summary: 'Read an API' })
  async get(
    @Ctx() ctx: RequestContext,
    @Param('apiId') apiId: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object | undefined> {
    const api = await this.apis.get(ctx, apiId);
    if (callerHas(request, reply, api.rowVersion)) return undefined;
    const waits = await this.lifecycle.isPending(ctx, api.uuid);
    return { ...apiAnswer(api), workflowStatus: waits ? 'CREATED' : 'APPROVED' };
  }

  @Operation({
    method: 'PUT',
    path: '/apis/:apiId',
    scopes: scopes.change,
    summary: 'Change an API',
    body: changedApiBody,
  })
  async update(
    @Ctx() ctx: RequestContext,
    @Param('apiId') apiId: string,
    @Body() body: ChangedApiBody,
    @IfMatch() version: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const only = mayChangeAll(ctx) ? undefined : publisherFields;
    const api = await this.apis.update(ctx, apiId, body, version, only);
    tellVersion(reply, api.rowVersion, `/apis/${api.uuid}`);
    return apiAnswer(api);
  }

  @Operation({
    method: 'DELETE',
    path: '/apis/:apiId',
    scopes: scopes.delete,
    summary: 'Delete an API that nothing depends on',
  })
  async delete(
    @Ctx() ctx: RequestContext,
    @Param('apiId') apiId: string,
    @IfMatch() version: number | undefined,
  ): Promise<void> {
    await this.apis.delete(ctx, apiId, version);
  }
}
