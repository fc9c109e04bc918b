import { z } from 'zod';
import type { Entry } from './selector.js';
import type { PropertyMap, Row, Value } from './value.js';

/** What a running rule holds, as JSON: for the process after a restart, and for a manager that joins. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** Part of a running rule whose state goes into JSON and back. */
export interface Keeper {
  save(): Json;
  /** Call it on a fresh one. @throws ZodError when the state is not one of this part */
  load(state: Json): void;
}

/** JSON that the part it belongs to checks. */
export const keptJson = z.custom<Json>((value) => value !== undefined);

const single = z.union([z.string(), z.number(), z.boolean()]);
const keptValue = z.union([single, z.null(), z.object({ map: z.array(z.tuple([z.string(), single])) })]);
const keptRow = z.array(keptValue);
/** Row, weight, time of the event, whether it is leaving. */
export const keptEntry = z.tuple([keptRow, z.number(), z.number(), z.boolean()]);
export type KeptEntry = z.infer<typeof keptEntry>;

export function keepEntry({ row, weight, eventMs, kind }: Entry): KeptEntry {
  return [row.map(keepValue), weight, eventMs, kind === 'expired'];
}

export function entryOf([row, weight, eventMs, isLeaving]: KeptEntry): Entry {
  return { row: row.map(valueOf) satisfies Row, weight, eventMs, kind: isLeaving ? 'expired' : 'current' };
}

function keepValue(value: Value): z.infer<typeof keptValue> {
  return value !== null && typeof value === 'object' ? { map: [...value] } : value;
}

function valueOf(kept: z.infer<typeof keptValue>): Value {
  return kept !== null && typeof kept === 'object' ? (new Map(kept.map) satisfies PropertyMap) : kept;
}
