import { Controller } from '@nestjs/common';
import { anywhere } from '@tollgate/api/domain';
import { ApiReader } from '@tollgate/api/server';
import type { RequestContext } from '@tollgate/database';
import { Ctx, Operation, pageOf, pageQuery, Query, type Page } from '@tollgate/http';
import { ApiAnswers } from '../mappers/api-answers.js';
import { apiFound } from '../mappers/api.mapper.js';
import { apiQuery, searchAnswer, tagListAnswer, type ApiQuery } from '../schemas/api.js';
import { devportalBase } from './base.js';

/** Ways to an API for those who do not know its name; open to visitors. */
@Controller(devportalBase)
export class SearchController {
  constructor(
    private readonly apis: ApiReader,
    private readonly answers: ApiAnswers,
  ) {}

  @Operation({
    method: 'GET',
    path: '/search',
    auth: 'optional',
    summary: 'Find APIs by words in names, descriptions, contexts and tags',
    query: apiQuery,
    answer: searchAnswer,
  })
  async search(@Ctx() ctx: RequestContext, @Query() query: ApiQuery): Promise<object> {
    const { limit, offset, query: search } = query;
    const { list, total } = await this.apis.listVisible(ctx, { limit, offset, search, words: anywhere });
    return pageOf(await this.answers.listed(ctx, list, apiFound), total, query, '/search', { query: search });
  }

  @Operation({
    method: 'GET',
    path: '/tags',
    auth: 'optional',
    summary: 'List the tags of APIs',
    query: pageQuery,
    answer: tagListAnswer,
  })
  async tags(@Ctx() ctx: RequestContext, @Query() page: Page): Promise<object> {
    const tags = await this.apis.visibleTags(ctx);
    return pageOf(tags.slice(page.offset, page.offset + page.limit), tags.length, page, '/tags');
  }
}
