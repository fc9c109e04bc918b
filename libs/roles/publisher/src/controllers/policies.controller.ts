import { Controller, Param } from '@nestjs/common';
import { NotFoundError } from '@tollgate/base';
import type { RequestContext } from '@tollgate/database';
import { Ctx, Operation, pageOf, pageQuery, parseInput, Query, type Page } from '@tollgate/http';
import { ThrottlePolicyReader, type ThrottlePolicy } from '@tollgate/throttling/server';
import { eventPlanAnswer, policyAnswer } from '../mappers/policy.mapper.js';
import {
  eventPlanListAnswer,
  policyAnswer as policyShape,
  policyLevel,
  policyListAnswer,
  type PolicyAnswer,
} from '../schemas/policy.js';
import { publisherBase, scopes } from './base.js';

/** The plan of callers without a token: not one that an API offers. */
const unauthenticated = 'Unauthenticated';

/** Policies that an API can name: business plans, and advanced policies for the API or an operation. */
@Controller(publisherBase)
export class PoliciesController {
  constructor(private readonly policies: ThrottlePolicyReader) {}

  @Operation({
    method: 'GET',
    path: '/throttling-policies/:policyLevel',
    scopes: scopes.viewPolicies,
    summary: 'List business plans for requests, or advanced policies',
    query: pageQuery,
    answer: policyListAnswer,
  })
  async list(@Ctx() ctx: RequestContext, @Param('policyLevel') text: string, @Query() page: Page): Promise<object> {
    const level = levelOf(text);
    const offered = await this.offered(ctx, level);
    const rows = level === 'api' ? offered : offered.filter(({ quota }) => quota?.type !== 'EVENTCOUNTLIMIT');
    const list = rows.slice(page.offset, page.offset + page.limit).map((policy) => policyAnswer(policy, level));
    return pageOf(list, rows.length, page, `/throttling-policies/${level}`);
  }

  @Operation({
    method: 'GET',
    path: '/throttling-policies/streaming/subscription',
    scopes: scopes.viewPolicies,
    summary: 'List business plans for events, which streams carry',
    query: pageQuery,
    answer: eventPlanListAnswer,
  })
  async listEventPlans(@Ctx() ctx: RequestContext, @Query() page: Page): Promise<object> {
    const rows = (await this.offered(ctx, 'subscription')).map(eventPlanAnswer).filter((plan) => plan !== null);
    const list = rows.slice(page.offset, page.offset + page.limit);
    return pageOf(list, rows.length, page, '/throttling-policies/streaming/subscription');
  }

  @Operation({
    method: 'GET',
    path: '/throttling-policies/:policyLevel/:policyName',
    scopes: scopes.viewPolicies,
    summary: 'Read a policy by its name',
    answer: policyShape,
  })
  async get(
    @Ctx() ctx: RequestContext,
    @Param('policyLevel') text: string,
    @Param('policyName') name: string,
  ): Promise<PolicyAnswer> {
    const level = levelOf(text);
    const found = (await this.offered(ctx, level)).find((policy) => policy.name === name);
    if (!found) throw new NotFoundError('Policy', name);
    return policyAnswer(found, level);
  }

  private async offered(ctx: RequestContext, level: 'api' | 'subscription'): Promise<ThrottlePolicy[]> {
    const rows = await this.policies.list(ctx, level === 'api' ? 'advanced' : 'subscription');
    return rows.filter((policy) => level === 'api' || policy.name !== unauthenticated);
  }
}

function levelOf(text: string): 'api' | 'subscription' {
  return parseInput(policyLevel, text, 'policyLevel') === 'api' ? 'api' : 'subscription';
}
