import { createHash } from 'node:crypto';
import { stringify } from 'yaml';

/** Go's idea of emptiness, which decides `if`, `and`, `or` and `not`. */
export function isTruthy(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === '') return false;
  return typeof value === 'object' ? Object.keys(value).length > 0 : true;
}

function asList(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`a list is needed, not ${JSON.stringify(value)}`);
  return value;
}

/** @throws Error for lists, maps and nothing */
export function asText(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(`a text is needed, not ${JSON.stringify(value)}`);
}

/** The functions of Helm and Sprig that the chart uses; `include` belongs to the renderer. */
export const templateFunctions: Readonly<Record<string, (...args: readonly unknown[]) => unknown>> = {
  and: (...args) => args.find((value) => !isTruthy(value)) ?? args.at(-1),
  or: (...args) => args.find(isTruthy) ?? args.at(-1),
  not: (value) => !isTruthy(value),
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  has: (needle, list) => asList(list).includes(needle),
  without: (list, ...gone) => asList(list).filter((value) => !gone.includes(value)),
  list: (...args) => args,
  dict: (...args) =>
    Object.fromEntries(args.flatMap((key, i) => (i % 2 === 0 ? [[asText(key), args[i + 1]] as const] : []))),
  index: (from, key) => (from as Readonly<Record<string, unknown>>)[asText(key)],
  len: (value) => Object.keys(value as object).length,
  int: (value) => Math.trunc(Number(value)),
  mod: (a, b) => Number(a) % Number(b),
  until: (count) => Array.from({ length: Number(count) }, (_, i) => i),
  join: (separator, list) => asList(list).map(asText).join(asText(separator)),
  printf: (format, ...args) => {
    const rest = [...args];
    return asText(format).replaceAll('%s', () => asText(rest.shift()));
  },
  quote: (value) => JSON.stringify(asText(value)),
  toJson: (value) => JSON.stringify(value),
  toYaml: (value) => stringify(value).trimEnd(),
  nindent: (spaces, text) => `\n${asText(text).replaceAll(/^/gm, ' '.repeat(Number(spaces)))}`,
  sha256sum: (text) => createHash('sha256').update(asText(text)).digest('hex'),
  fail: (message) => {
    throw new Error(asText(message));
  },
};
