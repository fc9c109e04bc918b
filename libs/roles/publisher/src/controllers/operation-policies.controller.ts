import { Controller, Param } from '@nestjs/common';
import { NotFoundError } from '@tollgate/base';
import { policyNames, policyVersion, type PolicyName } from '@tollgate/api/contract';
import { policyOfId } from '@tollgate/api/domain';
import { ApiService } from '@tollgate/api/server';
import type { RequestContext } from '@tollgate/database';
import { Ctx, Operation, pageOf, pageQuery, Query, type Page } from '@tollgate/http';
import { operationPolicyAnswer } from '../mappers/operation-policy.mapper.js';
import {
  operationPolicyAnswer as policyShape,
  operationPolicyListAnswer,
  operationPolicyQuery,
  type OperationPolicyAnswer,
  type OperationPolicyQuery,
} from '../schemas/operation-policy.js';
import { publisherBase, scopes } from './base.js';

/** Policies that can be attached to the flows of an API: those that gateways carry out. */
@Controller(publisherBase)
export class OperationPoliciesController {
  constructor(private readonly apis: ApiService) {}

  @Operation({
    method: 'GET',
    path: '/operation-policies',
    scopes: scopes.viewOperationPolicies,
    summary: 'List and search the policies for the flows of any API',
    query: operationPolicyQuery,
    answer: operationPolicyListAnswer,
  })
  list(@Query() query: OperationPolicyQuery): object {
    const { query: conditions = [], ...page } = query;
    const found = policyNames.filter((name) =>
      conditions.every(({ attribute, value }) =>
        attribute === 'version' ? policyVersion === value : name.toLowerCase().includes(value.toLowerCase()),
      ),
    );
    const search = conditions.map(({ attribute, value }) => `${attribute}:${value}`).join('&');
    return pageOfPolicies(found, page, '/operation-policies', { query: search });
  }

  @Operation({
    method: 'GET',
    path: '/operation-policies/:operationPolicyId',
    scopes: scopes.readOperationPolicy,
    summary: 'Read a policy for the flows of any API',
    answer: policyShape,
  })
  get(@Param('operationPolicyId') id: string): OperationPolicyAnswer {
    return answerFor(id);
  }

  @Operation({
    method: 'GET',
    path: '/apis/:apiId/operation-policies',
    scopes: scopes.viewApiOperationPolicies,
    summary: 'List the policies that can be attached to an API, by its type',
    query: pageQuery,
    answer: operationPolicyListAnswer,
  })
  async listFor(@Ctx() ctx: RequestContext, @Param('apiId') apiId: string, @Query() page: Page): Promise<object> {
    const { body } = await this.apis.get(ctx, apiId);
    const path = `/apis/${encodeURIComponent(apiId)}/operation-policies`;
    return pageOfPolicies(body.type === 'HTTP' ? policyNames : [], page, path);
  }

  @Operation({
    method: 'GET',
    path: '/apis/:apiId/operation-policies/:operationPolicyId',
    scopes: scopes.viewApiOperationPolicies,
    summary: 'Read a policy that can be attached to an API',
    answer: policyShape,
  })
  async getFor(
    @Ctx() ctx: RequestContext,
    @Param('apiId') apiId: string,
    @Param('operationPolicyId') id: string,
  ): Promise<OperationPolicyAnswer> {
    await this.apis.get(ctx, apiId);
    return answerFor(id);
  }
}

function pageOfPolicies(
  names: readonly PolicyName[],
  page: Page,
  path: string,
  filters: Record<string, string> = {},
): object {
  const list = names.slice(page.offset, page.offset + page.limit).map(operationPolicyAnswer);
  return pageOf(list, names.length, page, path, filters);
}

/** @throws NotFoundError */
function answerFor(id: string): OperationPolicyAnswer {
  const name = policyOfId(id);
  if (name === undefined) throw new NotFoundError('Operation policy', id);
  return operationPolicyAnswer(name);
}
