import { z } from 'zod';
import { policyNames, type PolicyName } from './catalogue.js';

/** Those that gateways get: an example is looked up when a revision is deployed and becomes the answer of `respond`. */
export type CarriedPolicyName = Exclude<PolicyName, 'respondWithExample'>;
const carried = policyNames.filter((name): name is CarriedPolicyName => name !== 'respondWithExample');

/** One use of a policy in a flow, as gateways get it: its settings are complete. */
export const policyUseSchema = z.object({
  name: z.enum(carried),
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
export type PolicyUse = z.infer<typeof policyUseSchema>;

/** What messages pass, in this order. */
export const policyFlowsSchema = z.object({
  request: z.array(policyUseSchema),
  response: z.array(policyUseSchema),
  fault: z.array(policyUseSchema),
});
export type PolicyFlows = z.infer<typeof policyFlowsSchema>;
