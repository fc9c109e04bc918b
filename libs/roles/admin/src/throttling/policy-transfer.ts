import { Injectable } from '@nestjs/common';
import { ConflictError, InvalidInputError, NotFoundError, superOrganization } from '@tollgate/base';
import type { RequestContext } from '@tollgate/database';
import { parseInput } from '@tollgate/http';
import { CustomRuleService, ThrottlePolicyReader, ThrottlePolicyService } from '@tollgate/throttling/server';
import { z } from 'zod';
import { answerOf, ruleBody } from './custom-rule.controller.js';
import {
  advancedPolicyShape,
  applicationPolicyShape,
  subscriptionPolicyShape,
  type PolicyShape,
} from './policy-bodies.js';

/** Kinds of policies as queries name them. */
export const policyTypes = ['sub', 'app', 'api', 'global'] as const;
export type PolicyType = (typeof policyTypes)[number];

const fileType = 'rate-limiting policy';
const fileVersion = 'v4.1.0';
const subtypes: Readonly<Record<PolicyType, string>> = {
  sub: 'subscription',
  app: 'application',
  api: 'advanced',
  global: 'custom',
};
const shapes: Readonly<Record<Exclude<PolicyType, 'global'>, PolicyShape>> = {
  sub: subscriptionPolicyShape,
  app: applicationPolicyShape,
  api: advancedPolicyShape,
};

/** A policy in a file: what one installation writes and another reads. */
const policyFile = z.object({
  type: z.string().regex(/^(rate-limiting|throttling) policy$/, `Must be "${fileType}".`),
  /** `subscription`, and `subscription policy` as well. */
  subtype: z.string().transform((text, context): PolicyType => {
    const name = text
      .trim()
      .toLowerCase()
      .replace(/ (policy|rule)$/, '');
    const type = policyTypes.find((one) => subtypes[one] === name);
    if (type) return type;
    context.addIssue({ code: 'custom', message: `Must be one of ${Object.values(subtypes).join(', ')}.` });
    return z.NEVER;
  }),
  data: z.record(z.string(), z.unknown()),
});

interface Exported {
  readonly name: string;
  readonly id: string;
  readonly type: PolicyType;
  readonly data: object;
}

/** Writes policies for files, and makes or changes policies from them. */
@Injectable()
export class PolicyTransfer {
  constructor(
    private readonly reader: ThrottlePolicyReader,
    private readonly policies: ThrottlePolicyService,
    private readonly rules: CustomRuleService,
  ) {}

  /** @throws InvalidInputError when the request fits several policies, NotFoundError when it fits none */
  async write(
    ctx: RequestContext,
    wanted: {
      readonly id?: string | undefined;
      readonly name?: string | undefined;
      readonly type?: PolicyType | undefined;
    },
  ): Promise<object> {
    const { id, name, type } = wanted;
    if (id === undefined && name === undefined)
      throw invalid('policyId', 'Name the policy by policyId, or by name and type.');
    const found = (await this.all(ctx, type === undefined ? policyTypes : [type])).filter(
      (one) => (id === undefined || one.id === id) && (name === undefined || one.name === name),
    );
    const [policy, another] = found;
    if (!policy) throw new NotFoundError('Policy', id ?? name ?? '');
    if (another) throw invalid('type', `Several kinds have a policy "${policy.name}": say sub, app, api or global.`);
    return { type: fileType, subtype: subtypes[policy.type], version: fileVersion, data: policy.data };
  }

  /**
   * @param overwrite whether a policy of this kind and name is changed
   * @throws InvalidInputError naming what in the file cannot be used, ConflictError when the policy is there already
   */
  async read(ctx: RequestContext, file: unknown, overwrite: boolean): Promise<void> {
    const { subtype: type, data } = parseInput(policyFile, file, 'file');
    const exists = (await this.all(ctx, [type])).find(({ name }) => name === data['policyName']);
    if (exists && !overwrite) throw policyExists(exists.name);
    if (type === 'global') {
      const rule = parseInput(z.object({ data: ruleBody }), { data }, 'data').data;
      await (exists ? this.rules.update(ctx, exists.id, rule) : this.rules.create(ctx, rule));
      return;
    }
    const { level, body } = shapes[type];
    const policy = parseInput(z.object({ data: body }), { data }, 'data').data;
    await (exists ? this.policies.update(ctx, level, exists.id, policy) : this.policies.create(ctx, level, policy));
  }

  private async all(ctx: RequestContext, types: readonly PolicyType[]): Promise<Exported[]> {
    return (await Promise.all(types.map((type) => this.ofType(ctx, type, types.length === 1)))).flat();
  }

  /** Only the super organization has custom rules; others are told so when they ask for one. */
  private async ofType(ctx: RequestContext, type: PolicyType, isAskedFor: boolean): Promise<Exported[]> {
    if (type !== 'global') {
      const { level, answer } = shapes[type];
      return (await this.reader.list(ctx, level)).map((policy) => {
        return { name: policy.name, id: policy.uuid, type, data: answer(policy) };
      });
    }
    if (ctx.organization !== superOrganization && !isAskedFor) return [];
    return (await this.rules.list(ctx)).map((rule) => {
      return { name: rule.name, id: rule.uuid, type, data: answerOf(rule) };
    });
  }
}

function invalid(field: string, message: string): InvalidInputError {
  return new InvalidInputError([{ field, message }]);
}

function policyExists(name: string): ConflictError {
  return new ConflictError(
    'THROTTLE_POLICY_EXISTS',
    `There is a policy "${name}" of this kind already.`,
    'Send overwrite=true to change it.',
  );
}
