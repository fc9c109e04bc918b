import { Controller, Param } from '@nestjs/common';
import { NotFoundError } from '@tollgate/base';
import type { RequestContext } from '@tollgate/database';
import { Ctx, Operation, pageOf, pageQuery, parseInput, Query, type Page } from '@tollgate/http';
import { ThrottlePolicyReader } from '@tollgate/throttling/server';
import { z } from 'zod';
import { mayChoose, policyAnswer } from '../mappers/policy.mapper.js';
import { policyAnswer as policyShape, policyListAnswer, type PolicyAnswer } from '../schemas/policy.js';
import { devportalBase } from './base.js';

const level = z.enum(['application', 'subscription']);

@Controller(devportalBase)
export class PoliciesController {
  constructor(private readonly policies: ThrottlePolicyReader) {}

  @Operation({
    method: 'GET',
    path: '/throttling-policies/:policyLevel',
    auth: 'optional',
    summary: 'List application policies or business plans',
    query: pageQuery,
    answer: policyListAnswer,
  })
  async list(@Ctx() ctx: RequestContext, @Param('policyLevel') text: string, @Query() page: Page): Promise<object> {
    const policyLevel = parseInput(level, text, 'policyLevel');
    const usable = (await this.policies.list(ctx, policyLevel)).filter((policy) => mayChoose(policy, ctx));
    const rows = usable.slice(page.offset, page.offset + page.limit).map((policy) => policyAnswer(policy, policyLevel));
    return pageOf(rows, usable.length, page, `/throttling-policies/${policyLevel}`);
  }

  @Operation({
    method: 'GET',
    path: '/throttling-policies/:policyLevel/:policyId',
    auth: 'optional',
    summary: 'Read a policy by its name',
    answer: policyShape,
  })
  async get(
    @Ctx() ctx: RequestContext,
    @Param('policyLevel') text: string,
    @Param('policyId') name: string,
  ): Promise<PolicyAnswer> {
    const policyLevel = parseInput(level, text, 'policyLevel');
    const found = await this.policies.find(ctx, policyLevel, name);
    if (!found || !mayChoose(found, ctx)) throw new NotFoundError('Policy', name);
    return policyAnswer(found, policyLevel);
  }
}
