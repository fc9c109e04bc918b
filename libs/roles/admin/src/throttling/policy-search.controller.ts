import { Controller } from '@nestjs/common';
import { InvalidInputError } from '@tollgate/base';
import type { RequestContext } from '@tollgate/database';
import { Ctx, Operation, Query } from '@tollgate/http';
import type { PolicyLevel } from '@tollgate/throttling/contract';
import { ThrottlePolicyReader } from '@tollgate/throttling/server';
import { z } from 'zod';
import { adminPaths } from '../surface.js';

const searchQuery = z.object({ query: z.string().max(200).optional() });

/** The contract's short names of the levels; custom rules (`global`) do not exist yet, so they are an empty list. */
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
  constructor(private readonly reader: ThrottlePolicyReader) {}

  @Operation({
    method: 'GET',
    path: '/',
    scopes: ['apim:admin', 'apim:tier_view', 'apim:tier_manage'],
    summary: 'List policies of all levels, or of one by query=type:sub',
    query: searchQuery,
  })
  async search(@Ctx() ctx: RequestContext, @Query() { query }: z.infer<typeof searchQuery>): Promise<object> {
    const levels = levelsOf(query ?? '');
    const policies = (await Promise.all(levels.map((level) => this.reader.list(ctx, level)))).flat();
    const list = policies.map(({ id, uuid, name, displayName, description, isDeployed, level }) => ({
      policyId: id,
      uuid,
      policyName: name,
      displayName,
      description,
      isDeployed,
      type: typeOfLevel[level],
    }));
    return { count: list.length, list };
  }
}

function levelsOf(query: string): readonly PolicyLevel[] {
  const type = query.trim() === '' ? 'all' : (/^type:(\w+)$/.exec(query.trim())?.[1] ?? '');
  const levels = Object.hasOwn(levelsOfType, type) ? levelsOfType[type] : undefined;
  if (levels) return levels;
  throw new InvalidInputError([
    { field: 'query', message: 'Write type:sub, type:app, type:api, type:global or type:all.' },
  ]);
}
