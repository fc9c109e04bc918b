import { Controller } from '@nestjs/common';
import { InvalidInputError, superOrganization } from '@tollgate/base';
import type { RequestContext } from '@tollgate/database';
import { Ctx, Operation, Query } from '@tollgate/http';
import type { PolicyLevel } from '@tollgate/throttling/contract';
import { CustomRuleService, ThrottlePolicyReader } from '@tollgate/throttling/server';
import { z } from 'zod';
import { adminPaths } from '../surface.js';

const searchQuery = z.object({ query: z.string().max(200).optional() });

/** The contract's short names of the levels; `global` are the custom rules. */
const levelsOfType: Readonly<Record<string, readonly PolicyLevel[]>> = {
  sub: ['subscription'],
  app: ['application'],
  api: ['advanced'],
  global: [],
  all: ['subscription', 'application', 'advanced'],
};
const typeOfLevel: Readonly<Record<PolicyLevel, string>> = { subscription: 'sub', application: 'app', advanced: 'api' };

@Controller(adminPaths('/throttling/policies/search'))
export class PolicySearchController {
  constructor(
    private readonly reader: ThrottlePolicyReader,
    private readonly rules: CustomRuleService,
  ) {}

  @Operation({
    method: 'GET',
    path: '/',
    scopes: ['apim:admin', 'apim:tier_view', 'apim:tier_manage'],
    summary: 'List policies of all levels, or of one by query=type:sub',
    query: searchQuery,
  })
  async search(@Ctx() ctx: RequestContext, @Query() { query }: z.infer<typeof searchQuery>): Promise<object> {
    const { type, levels } = levelsOf(query ?? '');
    const policies = (await Promise.all(levels.map((level) => this.reader.list(ctx, level)))).flat();
    const found = policies.map(({ id, uuid, name, displayName, description, isDeployed, level }) => ({
      policyId: id,
      uuid,
      policyName: name,
      displayName,
      description,
      isDeployed,
      type: typeOfLevel[level],
    }));
    const list = [...found, ...(type === 'global' || type === 'all' ? await this.#customRules(ctx) : [])];
    return { count: list.length, list };
  }

  /** Only the super organization has any. */
  async #customRules(ctx: RequestContext): Promise<object[]> {
    if (ctx.organization !== superOrganization) return [];
    return (await this.rules.list(ctx)).map(({ id, uuid, name, description, isDeployed }) => ({
      policyId: id,
      uuid,
      policyName: name,
      displayName: name,
      description,
      isDeployed,
      type: 'global',
    }));
  }
}

function levelsOf(query: string): { type: string; levels: readonly PolicyLevel[] } {
  const type = query.trim() === '' ? 'all' : (/^type:(\w+)$/.exec(query.trim())?.[1] ?? '');
  const levels = Object.hasOwn(levelsOfType, type) ? levelsOfType[type] : undefined;
  if (levels) return { type, levels };
  throw new InvalidInputError([
    { field: 'query', message: 'Write type:sub, type:app, type:api, type:global or type:all.' },
  ]);
}
