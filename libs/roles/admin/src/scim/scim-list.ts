import { z } from 'zod';
import { ScimRequestError } from './scim-error.js';

/** Paging of RFC 7644 section 3.4.2.4: `startIndex` counts from 1; smaller values mean 1, a negative count means 0. */
export const scimListQuery = z.object({
  startIndex: z.coerce
    .number()
    .int()
    .max(10_000_000)
    .default(1)
    .transform((index) => Math.max(1, index)),
  count: z.coerce
    .number()
    .int()
    .default(100)
    .transform((count) => Math.min(1000, Math.max(0, count))),
  filter: z.string().max(1000).optional(),
});
export type ScimListQuery = z.infer<typeof scimListQuery>;

export interface ScimFilter {
  readonly operator: 'eq' | 'sw' | 'co';
  readonly value: string;
}

const filterForm = /^\s*(?:urn:[\w:.]+:)?(\w+)\s+(eq|sw|co)\s+(?:"((?:[^"\\]|\\["\\])*)"|([^\s"]+))\s*$/i;

/**
 * Reads `userName eq "ann"`; `eq`, `sw` and `co` on that one attribute are served.
 * @throws ScimRequestError `invalidFilter` for anything else
 */
export function parseFilter(text: string | undefined, attribute: string): ScimFilter | null {
  if (text === undefined || text.trim() === '') return null;
  const [, name = '', operator = '', quoted, bare] = filterForm.exec(text) ?? [];
  if (name.toLowerCase() !== attribute.toLowerCase())
    throw new ScimRequestError('invalidFilter', `Filters of the form: ${attribute} eq|sw|co "text".`);
  const value = quoted === undefined ? (bare ?? '') : quoted.replaceAll(/\\(["\\])/g, '$1');
  return { operator: operator.toLowerCase() as ScimFilter['operator'], value };
}

export function matches(filter: ScimFilter | null, value: string): boolean {
  if (!filter) return true;
  if (filter.operator === 'eq') return value === filter.value;
  return filter.operator === 'sw' ? value.startsWith(filter.value) : value.includes(filter.value);
}

/** RFC 7644 section 3.4.2. */
export function listResponse(resources: readonly object[], total: number, startIndex: number): object {
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: total,
    startIndex,
    itemsPerPage: resources.length,
    Resources: resources,
  };
}
