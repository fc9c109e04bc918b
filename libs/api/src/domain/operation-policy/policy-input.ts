import { z } from 'zod';
import { policyVersion } from '../../contract/index.js';

const parameterValue = z.union(
  [z.string(), z.number(), z.boolean(), z.null()],
  'A value is a text, a number, true or false.',
);

const use = z.object({
  policyName: z.string().min(1).max(100),
  policyVersion: z
    .string()
    .max(20)
    .nullish()
    .transform((version) => version || policyVersion),
  policyId: z.string().max(64).nullish(),
  parameters: z
    .record(z.string(), parameterValue)
    .nullish()
    .transform((given) =>
      Object.fromEntries(
        Object.entries(given ?? {}).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
      ),
    ),
});

const flow = z
  .array(use)
  .max(20, 'A flow has at most 20 policies.')
  .nullish()
  .transform((given) => given ?? []);

/** `APIOperationPolicies` of the publisher contract; `undefined` when no flow has a policy. */
export const policyFlowsInput = z
  .object({ request: flow, response: flow, fault: flow })
  .nullish()
  .transform((flows) =>
    flows && flows.request.length + flows.response.length + flows.fault.length > 0 ? flows : undefined,
  );

/** Flows as they are stored and shown. */
export type AttachedFlows = NonNullable<z.output<typeof policyFlowsInput>>;
export type AttachedPolicy = AttachedFlows['request'][number];
