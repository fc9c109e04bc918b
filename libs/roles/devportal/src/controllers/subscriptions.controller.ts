import { Controller, Headers, Param, Res } from '@nestjs/common';
import { IdempotencyService, SubscriptionService, type SubscriptionOfApplication } from '@tollgate/application/server';
import type { RequestContext } from '@tollgate/database';
import { Body, Ctx, IfMatch, Operation, pageOf, Query } from '@tollgate/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { SubscriptionAnswers } from '../mappers/subscription-answers.js';
import {
  subscriptionAnswer,
  subscriptionBody,
  subscriptionChangeBody,
  subscriptionListAnswer,
  subscriptionQuery,
  subscriptionsBody,
  type SubscriptionAnswer,
  type SubscriptionBody,
  type SubscriptionChangeBody,
  type SubscriptionQuery,
} from '../schemas/subscription.js';
import { answerRemoval, devportalBase, idempotencyKeyOf, subscriptionScopes, tellVersion } from './base.js';

@Controller(devportalBase)
export class SubscriptionsController {
  constructor(
    private readonly subscriptions: SubscriptionService,
    private readonly answers: SubscriptionAnswers,
    private readonly idempotency: IdempotencyService,
  ) {}

  @Operation({
    method: 'GET',
    path: '/subscriptions',
    summary: 'List the own subscriptions of an API or an application',
    scopes: subscriptionScopes,
    query: subscriptionQuery,
    answer: subscriptionListAnswer,
  })
  async list(@Ctx() ctx: RequestContext, @Query() query: SubscriptionQuery): Promise<object> {
    const { apiId, applicationId, limit, offset } = query;
    const { rows, total } = await this.subscriptions.listOwn(ctx, {
      apiUuid: apiId,
      applicationUuid: applicationId,
      limit,
      offset,
    });
    return pageOf(await this.answers.of(ctx, rows), total, query, '/subscriptions', { apiId, applicationId });
  }

  @Operation({
    method: 'POST',
    path: '/subscriptions',
    summary: 'Subscribe an application to an API',
    scopes: subscriptionScopes,
    body: subscriptionBody,
    answer: subscriptionAnswer,
  })
  async create(
    @Ctx() ctx: RequestContext,
    @Body() body: SubscriptionBody,
    @Headers('idempotency-key') key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SubscriptionAnswer> {
    const request = { operation: 'subscribe', key: idempotencyKeyOf(key), asked: body };
    const answer = await this.idempotency.run(ctx, request, {
      work: async (tx) => (await this.subscriptions.create(tx, input(body))).uuid,
      answer: async (uuid) => this.answers.ofOne(ctx, await this.subscriptions.getOwn(ctx, uuid)),
    });
    tellVersion(reply, 1, `/subscriptions/${answer.subscriptionId}`);
    return answer;
  }

  @Operation({
    method: 'POST',
    path: '/subscriptions/multiple',
    summary: 'Make several subscriptions, all or none',
    scopes: subscriptionScopes,
    body: subscriptionsBody,
    status: 200,
    answer: z.array(subscriptionAnswer),
  })
  async createMultiple(@Ctx() ctx: RequestContext, @Body() body: SubscriptionBody[]): Promise<SubscriptionAnswer[]> {
    return this.answers.of(ctx, await this.subscriptions.createAll(ctx, body.map(input)));
  }

  @Operation({
    method: 'GET',
    path: '/subscriptions/:subscriptionId',
    summary: 'Read a subscription',
    scopes: subscriptionScopes,
    answer: subscriptionAnswer,
  })
  async get(
    @Ctx() ctx: RequestContext,
    @Param('subscriptionId') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SubscriptionAnswer> {
    return this.told(ctx, reply, await this.subscriptions.getOwn(ctx, id));
  }

  @Operation({
    method: 'PUT',
    path: '/subscriptions/:subscriptionId',
    summary: 'Move a subscription to another plan',
    scopes: subscriptionScopes,
    body: subscriptionChangeBody,
    answer: subscriptionAnswer,
  })
  async update(
    @Ctx() ctx: RequestContext,
    @Param('subscriptionId') id: string,
    @IfMatch() version: number | undefined,
    @Body() body: SubscriptionChangeBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SubscriptionAnswer> {
    // Clients of the field repeat the present plan in `throttlingPolicy` and name the wanted one beside it.
    const change = {
      applicationUuid: body.applicationId,
      apiUuid: body.apiId ?? undefined,
      plan: body.requestedThrottlingPolicy ?? body.throttlingPolicy,
    };
    return this.told(ctx, reply, await this.subscriptions.changeOwnPlan(ctx, id, change, version));
  }

  @Operation({
    method: 'DELETE',
    path: '/subscriptions/:subscriptionId',
    summary: 'Give up a subscription',
    scopes: subscriptionScopes,
  })
  async remove(
    @Ctx() ctx: RequestContext,
    @Param('subscriptionId') id: string,
    @IfMatch() version: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object | undefined> {
    return answerRemoval(reply, await this.subscriptions.delete(ctx, id, version), `/subscriptions/${id}`);
  }

  private told(ctx: RequestContext, reply: FastifyReply, row: SubscriptionOfApplication): Promise<SubscriptionAnswer> {
    tellVersion(reply, row.rowVersion);
    return this.answers.ofOne(ctx, row);
  }
}

function input(body: SubscriptionBody) {
  return { apiUuid: body.apiId, applicationUuid: body.applicationId, plan: body.throttlingPolicy };
}
