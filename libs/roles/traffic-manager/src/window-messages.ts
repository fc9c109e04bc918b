import { randomUUID } from 'node:crypto';
import { superOrganization } from '@tollgate/base';
import type { HubMessage } from '@tollgate/event-hub';
import { noRuleStates, ruleStatesSchema } from '@tollgate/throttling/traffic-manager';
import { z } from 'zod';
import type { CountingState } from './counting-state.js';

export const windowsRequestType = 'WINDOWS_REQUEST';
export const windowsType = 'WINDOWS';

/** Over which broker a question came: that of whoever asks, or that of a peer. */
const askedOver = z.enum(['own', 'peer']);

export const windowsRequestSchema = z.object({ from: z.string().min(1), over: askedOver.default('peer') });

export const counterSchema = z.object({
  key: z.string().min(1),
  windowStartMs: z.number().int(),
  windowEndMs: z.number().int(),
  count: z.number().int().nonnegative(),
});
export const publisherSchema = z.object({
  publisher: z.string(),
  highest: z.number().int().nonnegative(),
  bits: z.string(),
});

/** One part of what a manager knows; the answer is complete when all `parts` are there. */
export const windowsSchema = z.object({
  to: z.string().min(1),
  /** Names one answer of one manager. */
  answer: z.string().min(1),
  part: z.number().int().nonnegative(),
  parts: z.number().int().positive(),
  counters: z.array(counterSchema),
  publishers: z.array(publisherSchema),
  /** Piece of what the custom rules hold, as JSON. */
  rules: z.string().default(''),
  /** false: the manager that answers waits for the windows of a peer itself. */
  complete: z.boolean().default(true),
  /** As in the question that is answered. */
  over: askedOver.default('peer'),
});
export type WindowsPart = z.infer<typeof windowsSchema>;

/** Keeps each part far below the largest message that brokers take. */
const perPart = { counters: 2_000, publishers: 200, characters: 200_000 };

/** Cuts what a manager has counted into messages. */
export function windowParts(
  { windows, rules: ruleStates }: CountingState,
  answered: Pick<WindowsPart, 'to' | 'complete' | 'over'>,
): WindowsPart[] {
  const { counters } = windows;
  const { publishers } = windows.seen;
  const rules = JSON.stringify(ruleStates);
  const parts = Math.ceil(
    Math.max(
      1,
      counters.length / perPart.counters,
      publishers.length / perPart.publishers,
      rules.length / perPart.characters,
    ),
  );
  const answer = randomUUID();
  return Array.from({ length: parts }, (_, part) => ({
    ...answered,
    answer,
    part,
    parts,
    counters: counters.slice(part * perPart.counters, (part + 1) * perPart.counters),
    publishers: publishers.slice(part * perPart.publishers, (part + 1) * perPart.publishers),
    rules: rules.slice(part * perPart.characters, (part + 1) * perPart.characters),
  }));
}

/** @throws SyntaxError or ZodError when what the custom rules hold cannot be read */
export function joinParts(parts: readonly WindowsPart[]): CountingState {
  const inOrder = parts.toSorted((a, b) => a.part - b.part);
  const rules = inOrder.map((part) => part.rules).join('');
  return {
    windows: {
      counters: inOrder.flatMap((part) => part.counters),
      seen: { publishers: inOrder.flatMap((part) => part.publishers) },
    },
    rules: rules === '' ? noRuleStates : ruleStatesSchema.parse(JSON.parse(rules)),
  };
}

export function windowMessage(type: string, data: object, publisherName: string, nowMs: number): HubMessage {
  const common = { id: randomUUID(), seq: 0, organization: superOrganization, at: nowMs };
  return { ...common, type, publisher: publisherName, data };
}
