import { subscriptionStates } from '@tollgate/application/contract';
import { listOf, pageQuery } from '@tollgate/http';
import { z } from 'zod';

export const subscriptionsQuery = pageQuery.extend({
  apiId: z.string().min(1).optional(),
  query: z.string().max(255).optional(),
});
export type SubscriptionsQuery = z.output<typeof subscriptionsQuery>;

export const unblockQuery = z.object({ subscriptionId: z.string().min(1) });
export type UnblockQuery = z.output<typeof unblockQuery>;
export const blockQuery = unblockQuery.extend({ blockState: z.enum(['BLOCKED', 'PROD_ONLY_BLOCKED']) });
export type BlockQuery = z.output<typeof blockQuery>;
export const planQuery = unblockQuery.extend({ businessPlan: z.string().min(1).max(190) });
export type PlanQuery = z.output<typeof planQuery>;

export const subscriptionAnswer = z.object({
  subscriptionId: z.string(),
  applicationInfo: z.object({
    applicationId: z.string(),
    name: z.string(),
    subscriber: z.string(),
    description: z.string(),
  }),
  throttlingPolicy: z.string(),
  subscriptionStatus: z.enum(subscriptionStates),
});
export type SubscriptionAnswer = z.output<typeof subscriptionAnswer>;
export const subscriptionListAnswer = listOf(subscriptionAnswer);
