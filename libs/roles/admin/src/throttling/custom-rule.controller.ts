import { Controller, Param, Res } from '@nestjs/common';
import type { RequestContext } from '@tollgate/database';
import { Body, Ctx, IfMatch, Operation } from '@tollgate/http';
import { CustomRuleService, type CustomRule, type CustomRuleInput } from '@tollgate/throttling/server';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { adminPaths } from '../surface.js';
import { policyBase } from './limit-body.js';

const view = ['apim:admin', 'apim:tier_view', 'apim:tier_manage'];
const manage = ['apim:admin', 'apim:tier_manage'];

/** Turns the contract's body into what the service stores. */
export const ruleBody = policyBase
  .extend({
    keyTemplate: z.string().min(1).max(190),
    siddhiQuery: z.string().min(1).max(20_000),
    /** A rule that is not deployed is kept and checked, and throttles nobody. */
    isDeployed: z.boolean().nullish(),
  })
  .transform((body): CustomRuleInput => {
    const { policyName, description, keyTemplate, siddhiQuery, isDeployed } = body;
    return {
      name: policyName,
      description: description ?? '',
      keyTemplate,
      siddhiQuery,
      isDeployed: isDeployed ?? true,
    };
  });

const checkBody = z.object({ keyTemplate: z.string().max(190), siddhiQuery: z.string().max(20_000) });
const problem = z.object({
  field: z.enum(['siddhiQuery', 'keyTemplate']),
  line: z.number().int().describe('From 1.'),
  column: z.number().int().describe('From 1.'),
  message: z.string(),
  suggestion: z.string().nullable().describe('A name that was probably meant.'),
});
const checkAnswer = z.object({
  valid: z.boolean().describe('Whether it could be saved.'),
  problems: z.array(problem),
  warnings: z.array(problem),
  properties: z.array(z.string()).describe('Names of the properties that it reads of each request.'),
});

/** Custom rules, for administrators of the super organization. */
@Controller(adminPaths('/throttling/policies/custom'))
export class CustomRuleController {
  constructor(private readonly rules: CustomRuleService) {}

  @Operation({ method: 'GET', path: '/', scopes: view, summary: 'List the custom rules' })
  async list(@Ctx() ctx: RequestContext): Promise<object> {
    const list = (await this.rules.list(ctx)).map(answerOf);
    return { count: list.length, list };
  }

  @Operation({ method: 'POST', path: '/', scopes: manage, summary: 'Add a custom rule', body: ruleBody })
  async create(
    @Ctx() ctx: RequestContext,
    @Body() input: CustomRuleInput,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const rule = await this.rules.create(ctx, input);
    void reply.header('location', `/api/am/admin/v4/throttling/policies/custom/${rule.uuid}`);
    return withVersion(rule, reply);
  }

  @Operation({
    method: 'POST',
    path: '/check',
    status: 200,
    scopes: view,
    summary: 'Say all that is wrong with a rule, by line and column; nothing is stored',
    body: checkBody,
    answer: checkAnswer,
  })
  check(@Ctx() ctx: RequestContext, @Body() body: z.infer<typeof checkBody>): object {
    return this.rules.findings(ctx, body);
  }

  @Operation({ method: 'GET', path: '/:ruleId', scopes: view, summary: 'Get a custom rule' })
  async get(
    @Ctx() ctx: RequestContext,
    @Param('ruleId') uuid: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    return withVersion(await this.rules.get(ctx, uuid), reply);
  }

  @Operation({ method: 'PUT', path: '/:ruleId', scopes: manage, summary: 'Change a custom rule', body: ruleBody })
  async update(
    @Ctx() ctx: RequestContext,
    @Param('ruleId') uuid: string,
    @Body() input: CustomRuleInput,
    @IfMatch() version: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    return withVersion(await this.rules.update(ctx, uuid, input, version), reply);
  }

  @Operation({ method: 'DELETE', path: '/:ruleId', scopes: manage, summary: 'Delete a custom rule' })
  async delete(
    @Ctx() ctx: RequestContext,
    @Param('ruleId') uuid: string,
    @IfMatch() version: number | undefined,
  ): Promise<void> {
    await this.rules.delete(ctx, uuid, version);
  }
}

/** A rule as the contract writes it. */
export function answerOf({ uuid, name, description, isDeployed, keyTemplate, siddhiQuery }: CustomRule): object {
  return {
    policyId: uuid,
    policyName: name,
    displayName: name,
    description,
    isDeployed,
    type: 'CustomRule',
    keyTemplate,
    siddhiQuery,
  };
}

function withVersion(rule: CustomRule, reply: FastifyReply): object {
  void reply.header('etag', `"${rule.rowVersion}"`);
  return answerOf(rule);
}
