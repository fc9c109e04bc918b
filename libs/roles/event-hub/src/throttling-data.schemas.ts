import { z } from 'zod';

export const policyQuery = z.object({ policyName: z.string().min(1).max(256).optional() });

export const keyTemplatesAnswer = z.array(z.string());

const window = { timeUnit: z.string(), unitTime: z.number().int() };
const throttleLimit = z.object({
  type: z.string(),
  quotaType: z.string(),
  requestCount: z.object({ requestCount: z.number().int(), ...window }).optional(),
  bandwidth: z.object({ dataAmount: z.number().int(), dataUnit: z.string(), ...window }).optional(),
  eventCount: z.object({ eventCount: z.number().int(), ...window }).optional(),
});
export type ThrottleLimitAnswer = z.infer<typeof throttleLimit>;

const policy = { name: z.string(), tenantDomain: z.string(), quotaType: z.string().optional() };
/** Absent where the policy never refuses. */
const defaultLimit = throttleLimit.optional();

const subscriptionPolicy = z.object({
  ...policy,
  defaultLimit,
  stopOnQuotaReach: z.boolean(),
  rateLimitCount: z.number().int().optional(),
  rateLimitTimeUnit: z.string().optional(),
});
const applicationPolicy = z.object({ ...policy, defaultLimit });
const condition = z.object({
  conditionType: z.string(),
  name: z.string(),
  value: z.string(),
  isInverted: z.boolean(),
});
const conditionGroup = z.object({
  conditionGroupId: z.number().int(),
  quotaType: z.string(),
  condition: z.array(condition),
  defaultLimit: throttleLimit,
});
const apiPolicy = z.object({
  ...policy,
  defaultLimit,
  applicableLevel: z.string(),
  conditionGroups: z.array(conditionGroup),
});
const globalPolicy = z.object({
  name: z.string(),
  tenantDomain: z.string(),
  siddhiQuery: z.string(),
  keyTemplate: z.string(),
});

const listOf = <T extends z.ZodType>(item: T) => z.object({ count: z.number().int(), list: z.array(item) });

export const subscriptionPoliciesAnswer = listOf(subscriptionPolicy);
export const applicationPoliciesAnswer = listOf(applicationPolicy);
export const apiPoliciesAnswer = listOf(apiPolicy);
export const globalPoliciesAnswer = listOf(globalPolicy);

export type SubscriptionPolicyAnswer = z.infer<typeof subscriptionPolicy>;
export type ApplicationPolicyAnswer = z.infer<typeof applicationPolicy>;
export type ApiPolicyAnswer = z.infer<typeof apiPolicy>;
export type GlobalPolicyAnswer = z.infer<typeof globalPolicy>;
export interface ListAnswer<T> {
  count: number;
  list: T[];
}
