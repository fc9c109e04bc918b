import { Controller, Res } from '@nestjs/common';
import { ApiService } from '@tollgate/api/server';
import { SubscriptionReader, SubscriptionService, type SubscriptionOfApplication } from '@tollgate/application/server';
import { shownUserName } from '@tollgate/base';
import type { RequestContext } from '@tollgate/database';
import { Ctx, IfMatch, Operation, pageOf, Query } from '@tollgate/http';
import type { FastifyReply } from 'fastify';
import {
  blockQuery,
  planQuery,
  subscriptionAnswer,
  subscriptionListAnswer,
  subscriptionsQuery,
  unblockQuery,
  type BlockQuery,
  type PlanQuery,
  type SubscriptionAnswer,
  type SubscriptionsQuery,
  type UnblockQuery,
} from '../schemas/subscription.js';
import { publisherBase, scopes, tellVersion } from './base.js';

/** Subscriptions as those see them who offer the APIs. */
@Controller(publisherBase)
export class SubscriptionsController {
  constructor(
    private readonly apis: ApiService,
    private readonly reader: SubscriptionReader,
    private readonly subscriptions: SubscriptionService,
  ) {}

  @Operation({
    method: 'GET',
    path: '/subscriptions',
    scopes: scopes.viewSubscriptions,
    summary: 'List subscriptions, of one API or of all',
    query: subscriptionsQuery,
    answer: subscriptionListAnswer,
  })
  async list(@Ctx() ctx: RequestContext, @Query() query: SubscriptionsQuery): Promise<object> {
    if (query.apiId !== undefined) await this.apis.get(ctx, query.apiId);
    const { rows, total } = await this.reader.list(ctx, { ...query, apiUuid: query.apiId });
    return pageOf(rows.map(answerOf), total, query, '/subscriptions', { apiId: query.apiId, query: query.query });
  }

  @Operation({
    method: 'POST',
    path: '/subscriptions/block-subscription',
    status: 200,
    scopes: scopes.blockSubscription,
    summary: 'Block a subscription',
    query: blockQuery,
    answer: subscriptionAnswer,
  })
  async block(
    @Ctx() ctx: RequestContext,
    @Query() query: BlockQuery,
    @IfMatch() version: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SubscriptionAnswer> {
    await this.requireManageable(ctx, query.subscriptionId);
    return told(reply, await this.subscriptions.block(ctx, query.subscriptionId, query.blockState, version));
  }

  @Operation({
    method: 'POST',
    path: '/subscriptions/unblock-subscription',
    status: 200,
    scopes: scopes.blockSubscription,
    summary: 'Open a blocked subscription again',
    query: unblockQuery,
    answer: subscriptionAnswer,
  })
  async unblock(
    @Ctx() ctx: RequestContext,
    @Query() query: UnblockQuery,
    @IfMatch() version: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SubscriptionAnswer> {
    await this.requireManageable(ctx, query.subscriptionId);
    return told(reply, await this.subscriptions.unblock(ctx, query.subscriptionId, version));
  }

  @Operation({
    method: 'POST',
    path: '/subscriptions/change-business-plan',
    status: 200,
    scopes: scopes.manageSubscription,
    summary: 'Move a subscription to another plan of its API',
    query: planQuery,
    answer: subscriptionAnswer,
  })
  async changePlan(
    @Ctx() ctx: RequestContext,
    @Query() query: PlanQuery,
    @IfMatch() version: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SubscriptionAnswer> {
    await this.requireManageable(ctx, query.subscriptionId);
    return told(reply, await this.subscriptions.changePlan(ctx, query.subscriptionId, query.businessPlan, version));
  }

  /** @throws NotFoundError for an unknown subscription, and for one of an API that the caller may not manage */
  private async requireManageable(ctx: RequestContext, subscriptionId: string): Promise<void> {
    const subscription = await this.reader.get(ctx, subscriptionId);
    await this.apis.get(ctx, subscription.apiUuid);
  }
}

function told(reply: FastifyReply, subscription: SubscriptionOfApplication): SubscriptionAnswer {
  tellVersion(reply, subscription.rowVersion);
  return answerOf(subscription);
}

function answerOf({ uuid, tier, state, application }: SubscriptionOfApplication): SubscriptionAnswer {
  return {
    subscriptionId: uuid,
    applicationInfo: {
      applicationId: application.uuid,
      name: application.name,
      subscriber: shownUserName(application.owner, application.organization),
      description: application.description ?? '',
    },
    throttlingPolicy: tier,
    subscriptionStatus: state,
  };
}
