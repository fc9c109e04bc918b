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
