import { Controller, Param, Res } from '@nestjs/common';
import { ApiService, LifecycleService } from '@tollgate/api/server';
import { ApiKeyIssuer } from '@tollgate/oauth/server';
import type { RequestContext } from '@tollgate/database';
import { Ctx, IfMatch, Operation, Query } from '@tollgate/http';
import type { FastifyReply } from 'fastify';
import { lifecycleHistory, lifecycleState } from '../mappers/lifecycle.mapper.js';
import { lifecycleQuery, type LifecycleQuery } from '../schemas/api.js';
import { publisherBase, scopes, tellVersion } from './base.js';

/** A test key is for trying out, not for keeping. */
const testKeySeconds = 3600;

@Controller(publisherBase)
export class LifecycleController {
  constructor(
    private readonly apis: ApiService,
    private readonly lifecycle: LifecycleService,
    private readonly keys: ApiKeyIssuer,
  ) {}

  @Operation({
    method: 'POST',
    path: '/apis/change-lifecycle',
    status: 200,
    scopes: scopes.changeLifecycle,
    summary: 'Move an API through its lifecycle',
    query: lifecycleQuery,
  })
  async change(
    @Ctx() ctx: RequestContext,
    @Query() query: LifecycleQuery,
    @IfMatch() expectedVersion: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const api = await this.lifecycle.change(ctx, query.apiId, query.action, {
      checklist: query.lifecycleChecklist,
      expectedVersion,
    });
    tellVersion(reply, api.rowVersion);
    const waits = await this.lifecycle.isPending(ctx, api.uuid);
    return { workflowStatus: waits ? 'CREATED' : 'APPROVED', lifecycleState: lifecycleState(api) };
  }

  @Operation({
    method: 'DELETE',
    path: '/apis/:apiId/lifecycle-state/pending-tasks',
    scopes: scopes.changeLifecycle,
    summary: 'Take back a change of state that waits for approval',
  })
  async cancelPending(@Ctx() ctx: RequestContext, @Param('apiId') apiId: string): Promise<void> {
    await this.lifecycle.cancelPending(ctx, apiId);
  }

  @Operation({
    method: 'GET',
    path: '/apis/:apiId/lifecycle-state',
    scopes: scopes.viewLifecycle,
    summary: 'Read the state of an API and what may happen next',
  })
  async state(
    @Ctx() ctx: RequestContext,
    @Param('apiId') apiId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const api = await this.apis.get(ctx, apiId);
    tellVersion(reply, api.rowVersion);
    return lifecycleState(api);
  }

  @Operation({
    method: 'GET',
    path: '/apis/:apiId/lifecycle-history',
    scopes: scopes.viewLifecycle,
    summary: 'List the changes of state of an API',
  })
  async history(@Ctx() ctx: RequestContext, @Param('apiId') apiId: string): Promise<object> {
    return lifecycleHistory(await this.lifecycle.history(ctx, apiId));
  }

  @Operation({
    method: 'POST',
    path: '/apis/:apiId/generate-key',
    status: 200,
    scopes: scopes.generateKey,
    summary: 'Make a key that opens this API for a test, in any state',
  })
  async generateKey(@Ctx() ctx: RequestContext, @Param('apiId') apiId: string): Promise<object> {
    const { uuid, name, basePath, version, organization } = await this.apis.get(ctx, apiId);
    const userName = ctx.principal?.userName ?? '';
    const apis = [{ uuid, name, context: basePath, version }];
    const issued = await this.keys.issueInternalKey({ organization, userName, apis, lifetimeSeconds: testKeySeconds });
    return { apikey: issued.key, validityTime: issued.lifetimeSeconds };
  }
}
