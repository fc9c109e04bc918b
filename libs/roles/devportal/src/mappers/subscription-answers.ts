import { Injectable } from '@nestjs/common';
import { ApiReader, RatingService } from '@tollgate/api/server';
import { SubscriptionReader, type SubscriptionOfApplication } from '@tollgate/application/server';
import type { RequestContext } from '@tollgate/database';
import type { SubscriptionAnswer } from '../schemas/subscription.js';
import { apiInfo } from './api.mapper.js';
import { applicationInfo } from './application.mapper.js';

/** Subscriptions with what they connect, read for a whole page at once. */
@Injectable()
export class SubscriptionAnswers {
  constructor(
    private readonly apis: ApiReader,
    private readonly subscriptions: SubscriptionReader,
    private readonly ratings: RatingService,
  ) {}

  async of(ctx: RequestContext, rows: readonly SubscriptionOfApplication[]): Promise<SubscriptionAnswer[]> {
    const apis = await this.apis.findAll(ctx, [...new Set(rows.map((row) => row.apiUuid))]);
    const apiIds = [...apis.values()].map(({ id }) => id);
    const averages = await this.ratings.averages(ctx, apiIds);
    const counts = await this.subscriptions.countsByApplication(ctx, [
      ...new Set(rows.map((row) => row.applicationId)),
    ]);
    const wanted = await this.subscriptions.wantedPlans(ctx, rows);
    return rows.map((row) => {
      const api = apis.get(row.apiUuid);
      return {
        ...answerOf(row, counts.get(row.applicationId) ?? 0),
        ...(api ? { apiInfo: apiInfo(api, averages.get(api.id)) } : {}),
        requestedThrottlingPolicy: wanted.get(row.uuid) ?? row.tier,
      };
    });
  }

  async ofOne(ctx: RequestContext, row: SubscriptionOfApplication): Promise<SubscriptionAnswer> {
    const [answer] = await this.of(ctx, [row]);
    if (!answer) throw new Error('One row gives one answer');
    return answer;
  }
}

function answerOf(row: SubscriptionOfApplication, subscriptionCount: number): SubscriptionAnswer {
  return {
    subscriptionId: row.uuid,
    applicationId: row.application.uuid,
    apiId: row.apiUuid,
    applicationInfo: applicationInfo(row.application, subscriptionCount),
    throttlingPolicy: row.tier,
    requestedThrottlingPolicy: row.tier,
    status: row.state,
    redirectionParams: '',
  };
}
