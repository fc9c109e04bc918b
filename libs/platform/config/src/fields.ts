import { z } from 'zod';

/** Key of the metadata that marks a value as secret: shown nowhere. */
export const secretMark = { secret: true } as const;

export function text(description: string): z.ZodString {
  return z.string().min(1, 'must not be empty').describe(description);
}

/** A value that never appears in logs, pages or error messages. */
export function secret(description: string): z.ZodString {
  return z
    .string()
    .min(1, 'must not be empty')
    .meta({ description, ...secretMark });
}

/** Environment variables arrive as text, so numbers and switches are read from text too. */
export function integer(description: string, minimum = 0, maximum = Number.MAX_SAFE_INTEGER) {
  return z
    .preprocess(numberFromText, z.number().int('must be a whole number').min(minimum).max(maximum))
    .describe(description);
}

export function port(description: string) {
  return integer(description, 0, 65_535);
}

export function toggle(description: string) {
  return z
    .preprocess((value) => (value === 'true' ? true : value === 'false' ? false : value), z.boolean())
    .describe(description);
}

/** A list; as an environment variable, comma separated. */
export function list(description: string) {
  return z
    .preprocess(
      (value) =>
        typeof value === 'string'
          ? value
              .split(',')
              .map((part) => part.trim())
              .filter(Boolean)
          : value,
      z.array(z.string().min(1)),
    )
    .describe(description);
}

function numberFromText(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d+$/.test(value.trim()) ? Number(value) : value;
}
