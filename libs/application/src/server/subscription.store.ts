import { Injectable } from '@nestjs/common';
import { NotFoundError } from '@tollgate/base';
import { Database, managerOf, type RequestContext } from '@tollgate/database';
import type { SelectQueryBuilder } from 'typeorm';
import { Application } from './application.entity.js';
import { callerOf } from './caller.js';
import { Subscription } from './subscription.entity.js';

/** A subscription with its application, read by one join. */
export type SubscriptionOfApplication = Subscription & { readonly application: Application };

export interface OwnSubscriptionFilter {
  readonly apiUuid?: string | undefined;
  readonly applicationUuid?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** Finds subscriptions of the caller's applications. */
@Injectable()
export class SubscriptionStore {
  constructor(private readonly db: Database) {}

  /** @throws NotFoundError when there is none, or it belongs to somebody else's application */
  async getOwn(ctx: RequestContext, uuid: string): Promise<SubscriptionOfApplication> {
    const found = await this.own(ctx).andWhere('s.uuid = :uuid', { uuid }).getOne();
    if (!found) throw new NotFoundError('Subscription', uuid);
    return found as SubscriptionOfApplication;
  }

  async listOwn(
    ctx: RequestContext,
    filter: OwnSubscriptionFilter,
  ): Promise<{ rows: SubscriptionOfApplication[]; total: number }> {
    const query = this.own(ctx);
    if (filter.apiUuid !== undefined) query.andWhere('s.apiUuid = :api', { api: filter.apiUuid });
    if (filter.applicationUuid !== undefined)
      query.andWhere('a.uuid = :application', { application: filter.applicationUuid });
    return page(query, filter);
  }

  private own(ctx: RequestContext): SelectQueryBuilder<Subscription> {
    return managerOf(this.db, ctx)
      .createQueryBuilder(Subscription, 's')
      .innerJoinAndMapOne('s.application', Application, 'a', 'a.id = s.applicationId')
      .where('s.organization = :organization AND a.owner = :owner', {
        organization: ctx.organization,
        owner: callerOf(ctx).userName,
      });
  }
}

/** Oldest first, by id, so that pages neither repeat nor skip rows. */
export async function page(
  query: SelectQueryBuilder<Subscription>,
  range: { readonly limit: number; readonly offset: number },
): Promise<{ rows: SubscriptionOfApplication[]; total: number }> {
  const [rows, total] = await query.orderBy('s.id', 'ASC').take(range.limit).skip(range.offset).getManyAndCount();
  return { rows: rows as SubscriptionOfApplication[], total };
}
