/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Deepest nesting that any surface of ours accepts (reliability requirement R-51). */
export const maxJsonDepth = 64;

/** Why a text was refused: with the 1-based line and column where reading stopped. */
export class JsonTextError extends Error {
  constructor(
    readonly reason: string,
    readonly line: number,
    readonly column: number,
  ) {
    super(`${reason} at line ${line}, column ${column}`);
    this.name = 'JsonTextError';
  }
}

/**
 * Parses JSON as RFC 8259 does and refuses what two readers could read in two ways or use as an attack:
 * a name repeated within one object, the name `__proto__`, and nesting beyond `maxJsonDepth`.
 * @throws JsonTextError naming the place
 */
export function parseStrictJson(text: string): unknown {
  checkStructure(text);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const at = /position (\d+)/.exec((error as Error).message);
    throw errorAt(text, at ? Number(at[1]) : text.length, 'Malformed JSON');
  }
}

/** One pass over the text that tracks objects, their names and the depth; the grammar itself is left to JSON.parse. */
function checkStructure(text: string): void {
  const names: (Set<string> | null)[] = []; // one entry per open bracket; null for an array
  let expectName = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x22) {
      const end = endOfString(text, i);
      const open = names.at(-1);
      if (expectName && open) {
        rememberName(text, i, end, open);
        expectName = false;
      }
      i = end;
    } else if (c === 0x7b || c === 0x5b) {
      names.push(c === 0x7b ? new Set() : null);
      if (names.length > maxJsonDepth) throw errorAt(text, i, `Nested deeper than ${maxJsonDepth} levels`);
      expectName = c === 0x7b;
    } else if (c === 0x7d || c === 0x5d) {
      names.pop();
      expectName = false;
    } else if (c === 0x2c) expectName = names.at(-1) != null;
  }
}

function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x5c) i++;
    else if (c === 0x22) return i;
  }
  throw errorAt(text, start, 'Unterminated string');
}

function rememberName(text: string, start: number, end: number, names: Set<string>): void {
  const raw = text.slice(start, end + 1);
  let name = raw;
  if (raw.includes('\\')) {
    try {
      name = `"${JSON.parse(raw) as string}"`;
    } catch {
      throw errorAt(text, start, 'Malformed name');
    }
  }
  if (name === '"__proto__"') throw errorAt(text, start, 'The name "__proto__" is not allowed');
  if (names.has(name)) throw errorAt(text, start, `The name ${name} is repeated`);
  names.add(name);
}

function errorAt(text: string, position: number, reason: string): JsonTextError {
  const before = text.slice(0, position);
  const line = before.split('\n').length;
  return new JsonTextError(reason, line, position - before.lastIndexOf('\n'));
}
