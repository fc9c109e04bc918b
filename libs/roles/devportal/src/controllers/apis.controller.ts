import { Controller, Param, Res } from '@nestjs/common';
import { ApiReader } from '@tollgate/api/server';
import type { RequestContext } from '@tollgate/database';
import { Ctx, Operation, pageOf, Query } from '@tollgate/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ApiAnswers } from '../mappers/api-answers.js';
import { apiInfo } from '../mappers/api.mapper.js';
import { policyAnswer } from '../mappers/policy.mapper.js';
import { apiAnswer, apiListAnswer, apiQuery, definitionQuery, type ApiAnswer, type ApiQuery } from '../schemas/api.js';
import { policyAnswer as policyShape, type PolicyAnswer } from '../schemas/policy.js';
import { devportalBase, tellVersion } from './base.js';

/** Open to visitors, who see what is public. */
@Controller(devportalBase)
export class ApisController {
  constructor(
    private readonly apis: ApiReader,
    private readonly answers: ApiAnswers,
  ) {}

  @Operation({
    method: 'GET',
    path: '/apis',
    auth: 'optional',
    summary: 'List and search APIs',
    query: apiQuery,
    answer: apiListAnswer,
  })
  async list(@Ctx() ctx: RequestContext, @Query() query: ApiQuery): Promise<object> {
    const { limit, offset } = query;
    const { list, total } = await this.apis.listVisible(ctx, { limit, offset, search: query.query });
    return pageOf(await this.answers.listed(ctx, list, apiInfo), total, query, '/apis', { query: query.query });
  }

  @Operation({ method: 'GET', path: '/apis/:apiId', auth: 'optional', summary: 'Read an API', answer: apiAnswer })
  async get(
    @Ctx() ctx: RequestContext,
    @Param('apiId') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ApiAnswer> {
    const { rowVersion } = await this.answers.visible(ctx, id);
    tellVersion(reply, rowVersion);
    return this.answers.whole(ctx, id);
  }

  @Operation({
    method: 'GET',
    path: '/apis/:apiId/swagger',
    auth: 'optional',
    summary: 'OpenAPI definition with the addresses of the gateways',
    query: definitionQuery,
  })
  definition(
    @Ctx() ctx: RequestContext,
    @Param('apiId') id: string,
    @Query() query: { environmentName?: string },
  ): Promise<object> {
    return this.answers.definition(ctx, id, query.environmentName);
  }

  @Operation({
    method: 'GET',
    path: '/apis/:apiId/subscription-policies',
    auth: 'optional',
    summary: 'Business plans that an API offers',
    answer: z.array(policyShape),
  })
  async plans(@Ctx() ctx: RequestContext, @Param('apiId') id: string): Promise<PolicyAnswer[]> {
    const plans = await this.answers.plans(ctx, await this.answers.visible(ctx, id));
    return plans.map((plan) => policyAnswer(plan, 'subscription'));
  }
}
