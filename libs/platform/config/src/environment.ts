import { z } from 'zod';

/** What an environment variable sets, or why it sets nothing. */
export interface Override {
  readonly variable: string;
  readonly path: readonly string[];
  readonly value: string;
}

const prefix = 'TOLLGATE_';
/** Variables of ours that are no configuration keys. */
const otherVariables = /^TOLLGATE_(TEST_\w+|CONFIG)$/;

/** The schema inside optional, default, prefault and preprocess wrappers. */
export function unwrap(schema: z.ZodType): z.ZodType {
  let inner = schema;
  for (;;) {
    if (
      inner instanceof z.ZodOptional ||
      inner instanceof z.ZodDefault ||
      inner instanceof z.ZodPrefault ||
      inner instanceof z.ZodNullable
    )
      inner = inner.unwrap() as z.ZodType;
    else if (inner instanceof z.ZodPipe) inner = inner.out as z.ZodType;
    else return inner;
  }
}

/** Finds the key that `TOLLGATE_A__B` names; array elements are named by number. Null when there is none. */
function resolvePath(schema: z.ZodType, parts: readonly string[]): string[] | null {
  const [head, ...rest] = parts;
  if (head === undefined) return [];
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject) {
    const key = Object.keys(inner.shape).find((name) => name.toUpperCase() === head);
    const below = key === undefined ? null : resolvePath(inner.shape[key] as z.ZodType, rest);
    return below && key !== undefined ? [key, ...below] : null;
  }
  if (inner instanceof z.ZodArray && /^\d{1,3}$/.test(head)) {
    const below = resolvePath(inner.element as z.ZodType, rest);
    return below && [head, ...below];
  }
  return null;
}

/**
 * Reads `TOLLGATE_SERVER__OFFSET`-like variables. Keys under `[tollgate]` may leave that part out:
 * `TOLLGATE_DATA_DIR` is `[tollgate] data_dir`.
 */
export function readOverrides(
  schema: z.ZodObject,
  env: Readonly<Record<string, string | undefined>>,
): { overrides: Override[]; unknown: string[] } {
  const overrides: Override[] = [];
  const unknown: string[] = [];
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith(prefix) || value === undefined || otherVariables.test(variable)) continue;
    const parts = variable.slice(prefix.length).split('__');
    const path = resolvePath(schema, parts) ?? resolvePath(schema, ['TOLLGATE', ...parts]);
    if (path) overrides.push({ variable, path, value });
    else unknown.push(variable);
  }
  return { overrides, unknown };
}

/** Puts a value at a path, making tables and array elements on the way. */
export function setAt(root: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let at: Record<string, unknown> = root;
  path.slice(0, -1).forEach((part, i) => {
    if (typeof at[part] !== 'object' || at[part] === null) at[part] = /^\d+$/.test(path[i + 1] ?? '') ? [] : {};
    at = at[part] as Record<string, unknown>;
  });
  at[path.at(-1) ?? ''] = value;
}
