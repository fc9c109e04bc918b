import type { z } from 'zod';

/**
 * Checks the value of a record.
 * @throws Error naming the first field that does not fit
 */
export function readValue<T>(value: unknown, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Error(`${issue?.path.join('.') || 'value'}: ${issue?.message ?? 'does not fit its schema'}`);
}
