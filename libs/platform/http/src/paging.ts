import { z } from 'zod';

/** `limit` and `offset` as the contracts have them. */
export const pageQuery = z.object({
  limit: z.coerce
    .number()
    .int()
    .min(1, 'Ask for at least one row.')
    .max(1000, 'At most 1000 rows at once.')
    .default(25),
  offset: z.coerce.number().int().min(0, 'An offset is not negative.').max(10_000_000).default(0),
});
export type Page = z.infer<typeof pageQuery>;

export const paginationShape = z.object({
  offset: z.number(),
  limit: z.number(),
  total: z.number(),
  next: z.string(),
  previous: z.string(),
});

/** A list body of the contracts: `{count, list, pagination}`. */
export function listOf<T extends z.ZodType>(item: T) {
  return z.object({ count: z.number(), list: z.array(item), pagination: paginationShape.optional() });
}

/**
 * @param path of the list below the contract's base, for example `/apis`
 * @param filters query parameters that the links keep
 */
export function pageOf<T>(
  list: readonly T[],
  total: number,
  page: Page,
  path: string,
  filters: Record<string, string | undefined> = {},
) {
  const link = (offset: number): string => {
    const query = new URLSearchParams({ limit: String(page.limit), offset: String(offset) });
    for (const [name, value] of Object.entries(filters)) if (value) query.set(name, value);
    return `${path}?${query.toString()}`;
  };
  const next = page.offset + page.limit;
  const pagination = {
    offset: page.offset,
    limit: page.limit,
    total,
    next: next < total ? link(next) : '',
    previous: page.offset > 0 ? link(Math.max(0, page.offset - page.limit)) : '',
  };
  return { count: list.length, list: [...list], pagination };
}
