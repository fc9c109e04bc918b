import { Injectable } from '@nestjs/common';
import { NotFoundError } from '@tollgate/base';
import { Database, managerOf, type RequestContext } from '@tollgate/database';
import { Workflows } from '@tollgate/workflow/server';
import type { SelectQueryBuilder } from 'typeorm';
import { Application } from './application.entity.js';
import { page, type SubscriptionOfApplication } from './subscription.store.js';
import { Subscription } from './subscription.entity.js';

export interface PublisherSubscriptionFilter {
  readonly apiUuid?: string | undefined;
  /** Part of the application's name or its owner's, in any letter case. */
  readonly query?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** Subscriptions as publishers see them: of every application of the organization. */
@Injectable()
export class SubscriptionReader {
  constructor(
    private readonly db: Database,
    private readonly workflows: Workflows,
  ) {}

  /** @throws NotFoundError when the organization has none of this id */
  async get(ctx: RequestContext, uuid: string): Promise<SubscriptionOfApplication> {
    const found = await this.ofOrganization(ctx).andWhere('s.uuid = :uuid', { uuid }).getOne();
    if (!found) throw new NotFoundError('Subscription', uuid);
    return found as SubscriptionOfApplication;
  }

  /** One page, by one join however many rows. */
  list(
    ctx: RequestContext,
    filter: PublisherSubscriptionFilter,
  ): Promise<{ rows: SubscriptionOfApplication[]; total: number }> {
    const query = this.ofOrganization(ctx);
    if (filter.apiUuid !== undefined) query.andWhere('s.apiUuid = :api', { api: filter.apiUuid });
    if (filter.query)
      query.andWhere('(INSTR(LOWER(a.name), LOWER(:text)) > 0 OR INSTR(LOWER(a.owner), LOWER(:text)) > 0)', {
        text: filter.query,
      });
    return page(query, filter);
  }

  /** How many subscriptions an API has, in any state. */
  countOfApi(ctx: RequestContext, apiUuid: string): Promise<number> {
    return managerOf(this.db, ctx).countBy(Subscription, { apiUuid, organization: ctx.organization });
  }

  /** User names of the owners of applications that are subscribed to any of these APIs, each once. */
  async ownersSubscribedTo(ctx: RequestContext, apiUuids: readonly string[]): Promise<string[]> {
    if (apiUuids.length === 0) return [];
    const rows = await this.ofOrganization(ctx)
      .select('DISTINCT a.owner', 'owner')
      .andWhere('s.apiUuid IN (:...apiUuids)', { apiUuids })
      .getRawMany<{ owner: string }>();
    return rows.map((row) => row.owner);
  }

  /** How many subscriptions are under a business plan. */
  countOfPlan(ctx: RequestContext, tier: string): Promise<number> {
    return managerOf(this.db, ctx).countBy(Subscription, { tier, organization: ctx.organization });
  }

  /** How many applications are under an application policy. */
  countOfApplicationTier(ctx: RequestContext, tier: string): Promise<number> {
    return managerOf(this.db, ctx).countBy(Application, { tier, organization: ctx.organization });
  }

  /** How many subscriptions each of these applications has; absent for none. */
  async countsByApplication(ctx: RequestContext, applicationIds: readonly number[]): Promise<Map<number, number>> {
    if (applicationIds.length === 0) return new Map();
    const rows = await managerOf(this.db, ctx)
      .createQueryBuilder(Subscription, 's')
      .select('s.applicationId', 'applicationId')
      .addSelect('COUNT(*)', 'count')
      .where('s.applicationId IN (:...applicationIds)', { applicationIds })
      .groupBy('s.applicationId')
      .getRawMany<{ applicationId: number; count: number | string }>();
    return new Map(rows.map((row) => [Number(row.applicationId), Number(row.count)]));
  }

  /** Plans that wait for approval, by the id of the subscription. */
  async wantedPlans(ctx: RequestContext, rows: readonly { readonly uuid: string }[]): Promise<Map<string, string>> {
    const uuids = rows.map((row) => row.uuid);
    const tasks = await this.workflows.pendingOf(ctx, ['AM_SUBSCRIPTION_UPDATE'], uuids);
    return new Map(tasks.map((task) => [task.subject, (task.payload as { plan: string }).plan]));
  }

  private ofOrganization(ctx: RequestContext): SelectQueryBuilder<Subscription> {
    return managerOf(this.db, ctx)
      .createQueryBuilder(Subscription, 's')
      .innerJoinAndMapOne('s.application', Application, 'a', 'a.id = s.applicationId')
      .where('s.organization = :organization', { organization: ctx.organization });
  }
}
