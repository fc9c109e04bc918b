import { Injectable } from '@nestjs/common';
import { InvalidInputError, type FieldProblem } from '@tollgate/base';
import type { RequestContext } from '@tollgate/database';
import { KeyManagerReader } from '@tollgate/oauth/server';
import type { PolicyLevel } from '@tollgate/throttling/contract';
import { ThrottlePolicyReader } from '@tollgate/throttling/server';
import {
  bodyProblems,
  everyKeyManager,
  identityProblems,
  onlyThese,
  type ApiBody,
  type ApiIdentity,
} from '../domain/index.js';

/** Rules that an API keeps before it is stored: those of its own fields, and that what it names exists. */
@Injectable()
export class ApiChecks {
  constructor(
    private readonly policies: ThrottlePolicyReader,
    private readonly keyManagers: KeyManagerReader,
  ) {}

  /** @throws InvalidInputError listing every problem at once */
  async require(ctx: RequestContext, body: ApiBody, identity?: ApiIdentity): Promise<void> {
    const problems = [
      ...(identity ? identityProblems(identity, ctx.organization) : []),
      ...bodyProblems(body),
      ...(await this.policyProblems(ctx, body)),
      ...(await this.keyManagerProblems(ctx, body)),
    ];
    if (problems.length > 0) throw new InvalidInputError(problems);
  }

  /** A revision may be older than the last change of policies. @throws InvalidInputError naming those that are gone */
  async requirePolicies(ctx: RequestContext, body: ApiBody): Promise<void> {
    const problems = await this.policyProblems(ctx, body);
    if (problems.length > 0) throw new InvalidInputError(problems, 'The revision names policies that are gone.');
  }

  private async policyProblems(ctx: RequestContext, body: ApiBody): Promise<FieldProblem[]> {
    return [
      ...(await this.unknownPolicies(ctx, 'subscription', namedPlans(body))),
      ...(await this.unknownPolicies(ctx, 'advanced', namedAdvancedPolicies(body))),
    ];
  }

  private async keyManagerProblems(ctx: RequestContext, { keyManagers }: ApiBody): Promise<FieldProblem[]> {
    if (keyManagers.every((name) => name === everyKeyManager)) return [];
    const known = [everyKeyManager, ...(await this.keyManagers.names(ctx))];
    return keyManagers.flatMap((name, i) =>
      known.includes(name) ? [] : [{ field: `keyManagers[${i}]`, message: onlyThese(known) }],
    );
  }

  /** One query per level however many operations name one. */
  private async unknownPolicies(
    ctx: RequestContext,
    level: PolicyLevel,
    named: ReadonlyMap<string, string>,
  ): Promise<FieldProblem[]> {
    if (named.size === 0) return [];
    const known = new Set((await this.policies.list(ctx, level)).map((policy) => policy.name));
    return [...named]
      .filter(([name]) => !known.has(name))
      .map(([name, field]) => ({ field, message: `There is no ${level} policy "${name}" in this organization.` }));
  }
}

/** Policy name → field that names it first. */
function namedPlans(body: ApiBody): Map<string, string> {
  return new Map(body.policies.map((name, i) => [name, `policies[${i}]`]));
}

function namedAdvancedPolicies(body: ApiBody): Map<string, string> {
  const named = new Map<string, string>();
  if (body.apiThrottlingPolicy) named.set(body.apiThrottlingPolicy, 'apiThrottlingPolicy');
  body.operations.forEach(({ throttlingPolicy }, i) => {
    if (!named.has(throttlingPolicy)) named.set(throttlingPolicy, `operations[${i}].throttlingPolicy`);
  });
  return named;
}
