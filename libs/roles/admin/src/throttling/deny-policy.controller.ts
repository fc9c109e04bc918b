import { Controller, Param, Res } from '@nestjs/common';
import type { RequestContext } from '@tollgate/database';
import { Body, Ctx, IfMatch, Operation, Query } from '@tollgate/http';
import { denyConditionTypes } from '@tollgate/throttling/contract';
import { DenyConditionService, type DenyCondition } from '@tollgate/throttling/server';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { adminBase, adminPaths } from '../surface.js';
import { denyConditionFilter } from './deny-policy-search.js';

const view = ['apim:admin', 'apim:bl_view', 'apim:bl_manage'];
const manage = ['apim:admin', 'apim:bl_manage'];

const conditionBody = z.object({
  /** SUBSCRIPTION is ours: the contract knows it as a runtime form only (`blocking` of the internal data API). */
  conditionType: z.enum(denyConditionTypes),
  /** Text, or an object for IP and IPRANGE; the service checks it by type. */
  conditionValue: z.unknown(),
  conditionStatus: z.boolean().default(true),
});
const statusBody = z.object({ conditionStatus: z.boolean() });
const listQuery = z.object({ query: z.string().max(500).optional() });

@Controller(adminPaths('/throttling'))
export class DenyPolicyController {
  constructor(private readonly conditions: DenyConditionService) {}

  @Operation({
    method: 'GET',
    path: '/deny-policies',
    scopes: view,
    summary: 'List the deny policies',
    query: listQuery,
  })
  async list(@Ctx() ctx: RequestContext, @Query() { query }: z.infer<typeof listQuery>): Promise<object> {
    const matches = denyConditionFilter(query ?? '');
    const list = (await this.conditions.list(ctx)).filter(matches).map(answerOf);
    return { count: list.length, list };
  }

  @Operation({
    method: 'POST',
    path: '/deny-policies',
    scopes: manage,
    summary: 'Add a deny policy',
    body: conditionBody,
  })
  async create(
    @Ctx() ctx: RequestContext,
    @Body() body: z.infer<typeof conditionBody>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const { conditionType: type, conditionValue: value, conditionStatus: status } = body;
    const condition = await this.conditions.create(ctx, { type, value, status });
    void reply.header('location', `${adminBase}/throttling/deny-policy/${condition.uuid}`);
    return withVersion(condition, reply);
  }

  @Operation({ method: 'GET', path: '/deny-policy/:conditionId', scopes: view, summary: 'Get a deny policy' })
  async get(
    @Ctx() ctx: RequestContext,
    @Param('conditionId') uuid: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    return withVersion(await this.conditions.get(ctx, uuid), reply);
  }

  @Operation({
    method: 'PATCH',
    path: '/deny-policy/:conditionId',
    scopes: manage,
    summary: 'Switch a deny policy on or off',
    body: statusBody,
  })
  async setStatus(
    @Ctx() ctx: RequestContext,
    @Param('conditionId') uuid: string,
    @Body() body: z.infer<typeof statusBody>,
    @IfMatch() version: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    return withVersion(await this.conditions.setStatus(ctx, uuid, body.conditionStatus, version), reply);
  }

  @Operation({ method: 'DELETE', path: '/deny-policy/:conditionId', scopes: manage, summary: 'Delete a deny policy' })
  async delete(
    @Ctx() ctx: RequestContext,
    @Param('conditionId') uuid: string,
    @IfMatch() version: number | undefined,
  ): Promise<void> {
    await this.conditions.delete(ctx, uuid, version);
  }
}

function answerOf({ uuid, type, value, status }: DenyCondition): object {
  return { conditionId: uuid, conditionType: type, conditionValue: value, conditionStatus: status };
}

function withVersion(condition: DenyCondition, reply: FastifyReply): object {
  void reply.header('etag', `"${condition.rowVersion}"`);
  return answerOf(condition);
}
