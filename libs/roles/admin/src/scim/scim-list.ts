import { z } from 'zod';
import { namesOf, projected, type Projection } from './protocol/projection.js';
import type { Resource, ResourceType } from './protocol/schema.js';
import { compareKeys, sortKey, sortPath, type SortKey } from './protocol/sorting.js';

export const listSchema = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
export const maxResults = 1000;
const names = z.string().max(4000).optional();

/** What single resources may be asked with. */
export const scimShowQuery = z.object({ attributes: names, excludedAttributes: names });
export type ScimShowQuery = z.infer<typeof scimShowQuery>;

const startIndex = z.coerce
  .number()
  .int()
  .max(10_000_000)
  .default(1)
  .transform((index) => Math.max(1, index));
const count = z.coerce
  .number()
  .int()
  .default(100)
  .transform((wanted) => Math.min(maxResults, Math.max(0, wanted)));
const sorting = {
  filter: z.string().max(8000).optional(),
  sortBy: z.string().max(255).optional(),
  sortOrder: z.enum(['ascending', 'descending']).default('ascending'),
};

/** RFC 7644 section 3.4.2.4: `startIndex` counts from 1; smaller values mean 1, a negative count means 0. */
export const scimListQuery = scimShowQuery.extend({ startIndex, count, ...sorting });
export type ScimListQuery = z.infer<typeof scimListQuery>;

const nameList = z.array(z.string().max(255)).max(100).optional();

/** The same as a body, so that names and addresses stay out of logs of URLs (RFC 7644 section 3.4.3). */
export const scimSearchBody = z.object({
  startIndex,
  count,
  ...sorting,
  attributes: nameList,
  excludedAttributes: nameList,
});
export type ScimSearchBody = z.infer<typeof scimSearchBody>;

export function listQueryOf(body: ScimSearchBody): ScimListQuery {
  const { attributes, excludedAttributes, ...rest } = body;
  return { ...rest, attributes: attributes?.join(','), excludedAttributes: excludedAttributes?.join(',') };
}

export function projectionOf(query: ScimShowQuery): Projection {
  return { attributes: namesOf(query.attributes), excludedAttributes: namesOf(query.excludedAttributes) ?? [] };
}

/** Sorts what was found, by the attribute asked for or else as it comes. */
export function sorted<T extends { readonly key: SortKey }>(found: readonly T[], query: ScimListQuery): readonly T[] {
  if (query.sortBy === undefined) return found;
  return found.toSorted((one, other) => compareKeys(one.key, other.key, query.sortOrder === 'descending'));
}

export function sortKeyOf(resource: Resource, type: ResourceType, query: ScimListQuery): SortKey {
  return query.sortBy === undefined ? null : sortKey(resource, sortPath(type, query.sortBy));
}

export function pageOf<T>(found: readonly T[], query: ScimListQuery): readonly T[] {
  return found.slice(query.startIndex - 1, query.startIndex - 1 + query.count);
}

/** RFC 7644 section 3.4.2. */
export function listResponse(
  resources: readonly Resource[],
  total: number,
  options: { startIndex: number; type?: ResourceType; projection?: Projection },
): object {
  const { type, projection } = options;
  return {
    schemas: [listSchema],
    totalResults: total,
    startIndex: options.startIndex,
    itemsPerPage: resources.length,
    Resources: type && projection ? resources.map((resource) => projected(resource, type, projection)) : resources,
  };
}
