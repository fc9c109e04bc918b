import { Controller, Param, Res } from '@nestjs/common';
import { RatingService, type ApiRating } from '@tollgate/api/server';
import { shownUserName } from '@tollgate/base';
import type { RequestContext } from '@tollgate/database';
import { Body, Ctx, Operation, pageOf, pageQuery, Query, type Page } from '@tollgate/http';
import type { FastifyReply } from 'fastify';
import { ApiAnswers } from '../mappers/api-answers.js';
import { averageRating } from '../mappers/api.mapper.js';
import { ratingAnswer, ratingBody, ratingListAnswer, type RatingAnswer, type RatingBody } from '../schemas/rating.js';
import { devportalBase, tellVersion } from './base.js';

const own = '/apis/:apiId/user-rating';
const scopes = ['apim:subscribe'];

/** Stars for APIs, 1 to 5 (contract tag "Ratings"). Visitors see them. */
@Controller(devportalBase)
export class RatingsController {
  constructor(
    private readonly apis: ApiAnswers,
    private readonly ratings: RatingService,
  ) {}

  @Operation({
    method: 'GET',
    path: '/apis/:apiId/ratings',
    auth: 'optional',
    summary: 'Ratings of an API, their average and your own',
    query: pageQuery,
    answer: ratingListAnswer,
  })
  async list(@Ctx() ctx: RequestContext, @Param('apiId') apiId: string, @Query() page: Page): Promise<object> {
    await this.apis.visible(ctx, apiId);
    const { list, total, average } = await this.ratings.list(ctx, apiId, page);
    const mine = await this.ratings.own(ctx, apiId);
    const rows = list.map((rating) => answerOf(rating, apiId));
    return {
      avgRating: averageRating(average),
      userRating: mine?.stars ?? 0,
      ...pageOf(rows, total, page, `/apis/${apiId}/ratings`),
    };
  }

  @Operation({ method: 'GET', path: own, scopes, summary: 'Your rating of an API; 0: none', answer: ratingAnswer })
  async get(
    @Ctx() ctx: RequestContext,
    @Param('apiId') apiId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RatingAnswer> {
    await this.apis.visible(ctx, apiId);
    const found = await this.ratings.own(ctx, apiId);
    if (found) {
      tellVersion(reply, found.rowVersion);
      return answerOf(found, apiId);
    }
    return { apiId, ratedBy: shownUserName(ctx.principal?.userName ?? '', ctx.organization), rating: 0 };
  }

  @Operation({
    method: 'PUT',
    path: own,
    scopes,
    summary: 'Rate an API, 1 to 5, in the place of your rating so far',
    body: ratingBody,
    answer: ratingAnswer,
  })
  async rate(
    @Ctx() ctx: RequestContext,
    @Param('apiId') apiId: string,
    @Body() { rating }: RatingBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RatingAnswer> {
    await this.apis.visible(ctx, apiId);
    const stored = await this.ratings.rate(ctx, apiId, rating);
    tellVersion(reply, stored.rowVersion);
    return answerOf(stored, apiId);
  }

  @Operation({ method: 'DELETE', path: own, scopes, summary: 'Take your rating of an API back' })
  async remove(@Ctx() ctx: RequestContext, @Param('apiId') apiId: string): Promise<void> {
    await this.apis.visible(ctx, apiId);
    await this.ratings.removeOwn(ctx, apiId);
  }
}

function answerOf({ uuid, userName, organization, stars }: ApiRating, apiId: string): RatingAnswer {
  return { ratingId: uuid, apiId, ratedBy: shownUserName(userName, organization), rating: stars };
}
