import { z } from 'zod';
import type { BatchMemoryState } from '../counters/index.js';
import { keptJson } from '../siddhi/index.js';

const batchMemorySchema = z.object({
  publishers: z.array(z.object({ publisher: z.string(), highest: z.number().int().nonnegative(), bits: z.string() })),
});

const ruleStateSchema = z.object({
  ruleId: z.string().min(1),
  /** Its text: a rule that says something else by now starts again. */
  query: z.string(),
  /** Keys that are held back, with the end of what gateways were told; `null` where the rule keeps that itself. */
  held: z.array(z.tuple([z.string(), z.number()])).nullable(),
  state: keptJson,
});
export type RuleState = z.infer<typeof ruleStateSchema>;

/** What the custom rules of a manager hold, and which batches are in it: for a restart, or a manager that joins. */
export interface RuleStates {
  readonly rules: readonly RuleState[];
  readonly seen: BatchMemoryState;
}
export const ruleStatesSchema: z.ZodType<RuleStates> = z.object({
  rules: z.array(ruleStateSchema),
  seen: batchMemorySchema,
});

export const noRuleStates: RuleStates = { rules: [], seen: { publishers: [] } };
