/**
 * Fields of `mine` that somebody else changed too, to something else: three-way, field by field.
 * @param base what both started from
 * @param mine the fields changed here
 */
export function clashingFields<T extends object>(base: T, mine: Partial<T>, theirs: T): (keyof T)[] {
  return (Object.keys(mine) as (keyof T)[]).filter(
    (field) => !same(theirs[field], base[field]) && !same(theirs[field], mine[field]),
  );
}

/** Deep equality of JSON values; the order of an object's members does not count, and a missing one is like undefined. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => same((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name]));
}
