import { listOf } from '@tollgate/http';
import { z } from 'zod';

export const policyAnswer = z.object({
  name: z.string(),
  description: z.string(),
  policyLevel: z.enum(['application', 'subscription']),
  attributes: z.record(z.string(), z.string()),
  requestCount: z.number().int(),
  unitTime: z.number().int(),
  timeUnit: z.string().optional(),
  rateLimitCount: z.number().int(),
  rateLimitTimeUnit: z.string().optional(),
  quotaPolicyType: z.enum(['REQUESTCOUNT', 'BANDWIDTHVOLUME']),
  tierPlan: z.enum(['FREE', 'COMMERCIAL']),
  stopOnQuotaReach: z.boolean(),
});
export type PolicyAnswer = z.output<typeof policyAnswer>;
export const policyListAnswer = listOf(policyAnswer);
