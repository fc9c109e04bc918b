import { ScimRequestError } from '../scim-error.js';

export interface Token {
  readonly kind: 'word' | 'string' | '(' | ')' | '[' | ']' | 'end';
  readonly text: string;
  /** Counted from 1, for messages. */
  readonly column: number;
}

const skipped = /\s*/y;
const quoted = /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const word = /[^\s()[\]"]+/y;

/** @throws ScimRequestError `invalidFilter` naming the column */
export function tokens(text: string): Token[] {
  const found: Token[] = [];
  for (let at = 0; ;) {
    at += matchAt(skipped, text, at).length;
    const column = at + 1;
    const sign = text[at];
    if (sign === undefined) return [...found, { kind: 'end', text: '', column }];
    if (sign === '(' || sign === ')' || sign === '[' || sign === ']') found.push({ kind: sign, text: sign, column });
    else if (sign === '"') found.push({ kind: 'string', text: requireMatch(quoted, text, at), column });
    else found.push({ kind: 'word', text: requireMatch(word, text, at), column });
    at += found.at(-1)?.text.length ?? 1;
  }
}

function matchAt(form: RegExp, text: string, at: number): string {
  form.lastIndex = at;
  return form.exec(text)?.[0] ?? '';
}

function requireMatch(form: RegExp, text: string, at: number): string {
  const found = matchAt(form, text, at);
  if (found === '') throw filterError('a text that does not end or holds a wrong escape', at + 1);
  return found;
}

export function filterError(problem: string, column: number): ScimRequestError {
  return new ScimRequestError('invalidFilter', `The filter has ${problem} at column ${column}.`);
}
