import { Controller, Req } from '@nestjs/common';
import { superOrganization } from '@tollgate/base';
import { HubReader } from '@tollgate/deployment/server';
import { Operation, Query } from '@tollgate/http';
import {
  customRuleRecordSchema,
  throttlePolicyRecordSchema,
  type CustomRuleRecord,
  type PolicyLevel,
  type ThrottlePolicyRecord,
} from '@tollgate/throttling/contract';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { blockConditionsOf } from './block-conditions.js';
import { hubScheme } from './hub-authentication.js';
import { blockAnswer, type BlockAnswer } from './internal-data.schemas.js';
import {
  apiPolicyAnswer,
  applicationPolicyAnswer,
  globalPolicyAnswer,
  subscriptionPolicyAnswer,
} from './policy-answers.js';
import {
  apiPoliciesAnswer,
  applicationPoliciesAnswer,
  globalPoliciesAnswer,
  keyTemplatesAnswer,
  policyQuery,
  subscriptionPoliciesAnswer,
  type ApiPolicyAnswer,
  type ApplicationPolicyAnswer,
  type GlobalPolicyAnswer,
  type ListAnswer,
  type SubscriptionPolicyAnswer,
} from './throttling-data.schemas.js';

type PolicyQuery = z.infer<typeof policyQuery>;

/** Header that names the organization whose policies are asked for; `*`: those of all. */
const organizationHeader = 'xwso2tenant';

/** Policies and deny conditions as the contract's clients read them; Tollgate's own nodes read the snapshot. */
@Controller('/internal/data/v1')
export class ThrottlingDataController {
  constructor(private readonly hub: HubReader) {}

  @Operation({
    method: 'GET',
    path: '/block',
    auth: hubScheme,
    summary: 'Deny conditions that are switched on',
    answer: blockAnswer,
  })
  async block(): Promise<BlockAnswer> {
    return blockConditionsOf(await this.hub.recordsOf('deny-condition'));
  }

  @Operation({
    method: 'GET',
    path: '/keyTemplates',
    auth: hubScheme,
    summary: 'Key templates of the custom rules that are deployed',
    answer: keyTemplatesAnswer,
  })
  async keyTemplates(): Promise<string[]> {
    const templates = (await this.#rules()).map(({ keyTemplate }) => keyTemplate);
    return [...new Set(templates)].toSorted();
  }

  @Operation({
    method: 'GET',
    path: '/subscription-policies',
    auth: hubScheme,
    summary: 'Subscription policies of an organization',
    query: policyQuery,
    answer: subscriptionPoliciesAnswer,
  })
  subscriptionPolicies(
    @Req() request: FastifyRequest,
    @Query() query: PolicyQuery,
  ): Promise<ListAnswer<SubscriptionPolicyAnswer>> {
    return this.#policies('subscription', request, query, subscriptionPolicyAnswer);
  }

  @Operation({
    method: 'GET',
    path: '/application-policies',
    auth: hubScheme,
    summary: 'Application policies of an organization',
    query: policyQuery,
    answer: applicationPoliciesAnswer,
  })
  applicationPolicies(
    @Req() request: FastifyRequest,
    @Query() query: PolicyQuery,
  ): Promise<ListAnswer<ApplicationPolicyAnswer>> {
    return this.#policies('application', request, query, applicationPolicyAnswer);
  }

  @Operation({
    method: 'GET',
    path: '/api-policies',
    auth: hubScheme,
    summary: 'Advanced policies of an organization',
    query: policyQuery,
    answer: apiPoliciesAnswer,
  })
  apiPolicies(@Req() request: FastifyRequest, @Query() query: PolicyQuery): Promise<ListAnswer<ApiPolicyAnswer>> {
    return this.#policies('advanced', request, query, apiPolicyAnswer);
  }

  @Operation({
    method: 'GET',
    path: '/global-policies',
    auth: hubScheme,
    summary: 'Custom rules that are deployed',
    query: policyQuery,
    answer: globalPoliciesAnswer,
  })
  async globalPolicies(
    @Req() request: FastifyRequest,
    @Query() query: PolicyQuery,
  ): Promise<ListAnswer<GlobalPolicyAnswer>> {
    return listed(await this.#rules(), request, query, globalPolicyAnswer);
  }

  async #policies<T>(
    level: PolicyLevel,
    request: FastifyRequest,
    query: PolicyQuery,
    answer: (record: ThrottlePolicyRecord) => T,
  ): Promise<ListAnswer<T>> {
    const policies = await this.#parsed('throttle-policy', throttlePolicyRecordSchema);
    const ofLevel = policies.filter((policy) => policy.level === level);
    return listed(ofLevel, request, query, answer);
  }

  #rules(): Promise<CustomRuleRecord[]> {
    return this.#parsed('custom-rule', customRuleRecordSchema);
  }

  async #parsed<S extends z.ZodType>(kind: 'throttle-policy' | 'custom-rule', schema: S): Promise<z.infer<S>[]> {
    const records = await this.hub.recordsOf(kind);
    return records.flatMap(({ value }) => (value === null ? [] : [schema.parse(JSON.parse(value))]));
  }
}

/** What the question asks for, by name. */
function listed<R extends { name: string; organization: string }, T>(
  records: readonly R[],
  request: FastifyRequest,
  { policyName }: PolicyQuery,
  answer: (record: R) => T,
): ListAnswer<T> {
  const wanted = request.headers[organizationHeader] ?? superOrganization;
  const list = records
    .filter(({ organization }) => wanted === '*' || organization === wanted)
    .filter(({ name }) => policyName === undefined || name === policyName)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(answer);
  return { count: list.length, list };
}
