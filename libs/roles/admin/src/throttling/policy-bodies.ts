import { z } from 'zod';
import type { PolicyLevel } from '@tollgate/throttling/contract';
import { plainPlanDetails, type ThrottlePolicy, type ThrottlePolicyInput } from '@tollgate/throttling/server';
import { conditionalGroupAnswer, conditionalGroupsBody } from './conditional-group-body.js';
import { limitAnswer, limitBody, policyBase } from './limit-body.js';

/** How one level of policies looks on the wire. */
export interface PolicyShape {
  readonly level: PolicyLevel;
  /** Turns the contract's body into what the service stores. */
  readonly body: z.ZodType<ThrottlePolicyInput>;
  readonly answer: (policy: ThrottlePolicy) => object;
}

const burstFields = {
  rateLimitCount: z.number().int().min(-1).max(2_147_483_647).nullish(),
  rateLimitTimeUnit: z.string().nullish(),
};
const badUnit = 'Must be sec or min when rateLimitCount is set.';

const applicationBody = policyBase
  .extend({ defaultLimit: limitBody, burstLimit: z.object(burstFields).nullish() })
  .transform((body, context): ThrottlePolicyInput => {
    const burst = burstOf(body.burstLimit?.rateLimitCount ?? 0, body.burstLimit?.rateLimitTimeUnit ?? '');
    if (burst !== 'bad unit') return { ...plainInput(body), burst };
    context.addIssue({ code: 'custom', path: ['burstLimit', 'rateLimitTimeUnit'], message: badUnit });
    return z.NEVER;
  });

const advancedBody = policyBase
  .extend({
    defaultLimit: limitBody,
    conditionalGroups: conditionalGroupsBody,
    /** Ours: the field knows it, its contract does not. */
    applicableLevel: z.enum(['apiLevel', 'userLevel']).nullish(),
  })
  .transform((body): ThrottlePolicyInput => ({
    ...plainInput(body),
    applicableLevel: body.applicableLevel ?? 'apiLevel',
    conditionGroups: body.conditionalGroups ?? [],
  }));

const permissions = z.object({
  permissionType: z.enum(['ALLOW', 'DENY']),
  roles: z.array(z.string().min(1).max(255)).max(1_000),
});
const monetization = z.object({
  monetizationPlan: z.enum(['FIXEDRATE', 'DYNAMICRATE']),
  properties: z.record(z.string(), z.string()),
});
const customAttribute = z.object({ name: z.string().min(1).max(255), value: z.string().max(1024) });
const count = z.number().int().min(0).max(2_147_483_647).nullish();

const subscriptionBody = policyBase
  .extend({
    defaultLimit: limitBody,
    ...burstFields,
    customAttributes: z.array(customAttribute).max(100).nullish(),
    stopOnQuotaReach: z.boolean().default(false),
    billingPlan: z.enum(['FREE', 'COMMERCIAL']).nullish(),
    permissions: permissions.nullish(),
    monetization: monetization.nullish(),
    subscriberCount: count,
    graphQLMaxComplexity: count,
    graphQLMaxDepth: count,
  })
  .transform((body, context): ThrottlePolicyInput => {
    const burst = burstOf(body.rateLimitCount ?? 0, body.rateLimitTimeUnit ?? '');
    if (burst === 'bad unit') {
      context.addIssue({ code: 'custom', path: ['rateLimitTimeUnit'], message: badUnit });
      return z.NEVER;
    }
    const details = {
      billingPlan: body.billingPlan ?? 'FREE',
      customAttributes: body.customAttributes ?? [],
      monetization: body.monetization ?? null,
      graphQLMaxComplexity: body.graphQLMaxComplexity ?? 0,
      graphQLMaxDepth: body.graphQLMaxDepth ?? 0,
      subscriberCount: body.subscriberCount ?? 0,
    };
    const { stopOnQuotaReach } = body;
    return { ...plainInput(body), burst, stopOnQuotaReach, permissions: body.permissions ?? null, details };
  });

function burstOf(rateLimitCount: number, unit: string): ThrottlePolicyInput['burst'] | 'bad unit' {
  if (rateLimitCount <= 0) return null;
  const name = unit.toLowerCase();
  return name === 'sec' || name === 'min' ? { count: rateLimitCount, timeUnit: name } : 'bad unit';
}

function plainInput(
  body: z.infer<typeof policyBase> & { defaultLimit: z.infer<typeof limitBody> },
): ThrottlePolicyInput {
  return {
    name: body.policyName,
    displayName: body.displayName ?? body.policyName,
    description: body.description ?? '',
    quota: body.defaultLimit,
    burst: null,
    stopOnQuotaReach: true,
    applicableLevel: 'apiLevel',
    conditionGroups: [],
    degradedMode: body.degradedMode ?? 'local-share',
    strict: body.strict ?? false,
    permissions: null,
    details: plainPlanDetails,
  };
}

function commonAnswer(policy: ThrottlePolicy, type: string) {
  const { uuid, name, displayName, description, isDeployed, quota, degradedMode, strict } = policy;
  return {
    policyId: uuid,
    policyName: name,
    displayName,
    description,
    isDeployed,
    type,
    defaultLimit: limitAnswer(quota),
    degradedMode,
    strict,
  };
}

function subscriptionAnswer(policy: ThrottlePolicy): object {
  const { stopOnQuotaReach, permissions: who, details } = policy;
  const { monetization: plan, ...others } = details;
  return {
    ...commonAnswer(policy, 'SubscriptionThrottlePolicy'),
    ...others,
    stopOnQuotaReach,
    ...burstAnswer(policy),
    ...(who ? { permissions: who } : {}),
    ...(plan ? { monetization: plan } : {}),
  };
}

function burstAnswer({ burst }: ThrottlePolicy): object {
  return { rateLimitCount: burst?.count ?? 0, ...(burst ? { rateLimitTimeUnit: burst.timeUnit } : {}) };
}

function advancedAnswer(policy: ThrottlePolicy): object {
  return {
    ...commonAnswer(policy, 'AdvancedThrottlePolicy'),
    applicableLevel: policy.applicableLevel,
    conditionalGroups: policy.conditionGroups.map(conditionalGroupAnswer),
  };
}

export const applicationPolicyShape: PolicyShape = {
  level: 'application',
  body: applicationBody,
  answer: (policy) => ({
    ...commonAnswer(policy, 'ApplicationThrottlePolicy'),
    ...(policy.burst ? { burstLimit: burstAnswer(policy) } : {}),
  }),
};
export const advancedPolicyShape: PolicyShape = {
  level: 'advanced',
  body: advancedBody,
  answer: advancedAnswer,
};
export const subscriptionPolicyShape: PolicyShape = {
  level: 'subscription',
  body: subscriptionBody,
  answer: subscriptionAnswer,
};
