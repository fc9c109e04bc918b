import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { InvalidInputError, tollgateClock, type Clock } from '@tollgate/base';
import { Database, isDuplicateKey, managerOf, updateVersioned, type RequestContext } from '@tollgate/database';
import { In } from 'typeorm';
import { ratingProblems } from '../domain/index.js';
import { callerName } from './access.js';
import { ApiReader } from './api.reader.js';
import { ApiRating } from './rating.entity.js';

export interface RatingPage {
  readonly list: readonly ApiRating[];
  readonly total: number;
  /** Of all ratings, not of this page; 0 when there is none. */
  readonly average: number;
}

/** Stars that users give to APIs they see. Every method throws NotFoundError for an API that the caller does not see. */
@Injectable()
export class RatingService {
  constructor(
    private readonly db: Database,
    private readonly apis: ApiReader,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /** Newest first. */
  async list(ctx: RequestContext, apiUuid: string, range: { limit: number; offset: number }): Promise<RatingPage> {
    const { id: apiId } = await this.apis.getVisible(ctx, apiUuid);
    const [list, total] = await managerOf(this.db, ctx).findAndCount(ApiRating, {
      where: { apiId },
      order: { id: 'DESC' },
      take: range.limit,
      skip: range.offset,
    });
    return { list, total, average: (await this.averages(ctx, [apiId])).get(apiId) ?? 0 };
  }

  /** The caller's own; null when they gave none, or are a visitor. */
  async own(ctx: RequestContext, apiUuid: string): Promise<ApiRating | null> {
    const { id: apiId } = await this.apis.getVisible(ctx, apiUuid);
    if (ctx.principal === null) return null;
    return managerOf(this.db, ctx).findOneBy(ApiRating, { apiId, userName: callerName(ctx) });
  }

  /** Puts the caller's stars in the place of those they gave before. @throws InvalidInputError */
  async rate(ctx: RequestContext, apiUuid: string, stars: number): Promise<ApiRating> {
    const problems = ratingProblems(stars);
    if (problems.length > 0) throw new InvalidInputError(problems);
    try {
      return await this.write(ctx, apiUuid, stars);
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      return this.write(ctx, apiUuid, stars); // the same user rated from elsewhere at the same time
    }
  }

  async removeOwn(ctx: RequestContext, apiUuid: string): Promise<void> {
    const { id: apiId } = await this.apis.getVisible(ctx, apiUuid);
    await managerOf(this.db, ctx).delete(ApiRating, { apiId, userName: callerName(ctx) });
  }

  /** By `id` of the API, in one statement; those that nobody rated are absent. */
  async averages(ctx: RequestContext, apiIds: readonly number[]): Promise<ReadonlyMap<number, number>> {
    if (apiIds.length === 0) return new Map();
    const rows = await managerOf(this.db, ctx)
      .createQueryBuilder(ApiRating, 'rating')
      .select('rating.apiId', 'apiId')
      .addSelect('AVG(rating.stars)', 'average')
      .where({ apiId: In([...apiIds]) })
      .groupBy('rating.apiId')
      .getRawMany<{ apiId: number; average: number | string }>();
    return new Map(rows.map(({ apiId, average }) => [apiId, Number(average)]));
  }

  private write(ctx: RequestContext, apiUuid: string, stars: number): Promise<ApiRating> {
    return this.db.transaction(ctx, async (tx) => {
      const { id: apiId } = await this.apis.holdVisible(tx, apiUuid);
      const [now, userName] = [this.clock.nowMs(), callerName(tx)];
      const present = await tx.manager.findOneBy(ApiRating, { apiId, userName });
      if (present) return updateVersioned(tx, ApiRating, present, { stars }, { nowMs: now });
      const rating = tx.manager.create(ApiRating, {
        uuid: randomUUID(),
        organization: tx.organization,
        rowVersion: 1,
        createdAt: now,
        updatedAt: now,
        apiId,
        userName,
        stars,
      });
      await tx.manager.insert(ApiRating, rating);
      return rating;
    });
  }
}
