import { listOf } from '@tollgate/http';
import { z } from 'zod';

/** The contract spells it "subcription"; what clients send is taken. */
export const policyLevel = z.enum(
  ['api', 'subscription', 'subcription'],
  'Policies of level api or subscription are listed here.',
);

export const policyAnswer = z.object({
  name: z.string(),
  displayName: z.string(),
  description: z.string(),
  policyLevel: z.enum(['api', 'subscription']),
  attributes: z.record(z.string(), z.string()),
  /** Of a bandwidth policy: the amount of data, in `dataUnit`; of one that limits events: their number. */
  requestCount: z.number().int(),
  dataUnit: z.enum(['KB', 'MB', 'GB']).optional(),
  /** Milliseconds. */
  unitTime: z.number().int(),
  timeUnit: z.string().optional(),
  rateLimitCount: z.number().int(),
  rateLimitTimeUnit: z.string().optional(),
  /** Absent for policies that limit events. */
  quotaPolicyType: z.enum(['REQUESTCOUNT', 'BANDWIDTHVOLUME']).optional(),
  tierPlan: z.enum(['FREE', 'COMMERCIAL']),
  stopOnQuotaReach: z.boolean(),
});
export type PolicyAnswer = z.output<typeof policyAnswer>;
export const policyListAnswer = listOf(policyAnswer);

/** `SubscriptionPolicy` of the contract, of a plan that limits events. */
export const eventPlanAnswer = z.object({
  policyId: z.number().int(),
  uuid: z.string(),
  policyName: z.string(),
  displayName: z.string(),
  description: z.string(),
  isDeployed: z.boolean(),
  tenantDomain: z.string(),
  defaultLimit: z.object({
    type: z.literal('EVENTCOUNTLIMIT'),
    eventCount: z.object({ eventCount: z.number().int(), unitTime: z.number().int(), timeUnit: z.string() }),
  }),
  rateLimitCount: z.number().int(),
  rateLimitTimeUnit: z.string().optional(),
  subscriberCount: z.number().int(),
  customAttributes: z.array(z.object({ name: z.string(), value: z.string() })),
  stopOnQuotaReach: z.boolean(),
  billingPlan: z.enum(['FREE', 'COMMERCIAL']),
  permissions: z.object({ permissionType: z.enum(['ALLOW', 'DENY']), roles: z.array(z.string()) }).optional(),
});
export type EventPlanAnswer = z.output<typeof eventPlanAnswer>;
export const eventPlanListAnswer = listOf(eventPlanAnswer);
