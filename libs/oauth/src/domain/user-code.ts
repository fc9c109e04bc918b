import { randomInt } from 'node:crypto';

/** No vowels, so no words; no letters and digits that look alike (RFC 8628 section 6.1). */
const alphabet = 'BCDFGHJKLMNPQRSTVWXZ';
const length = 8;
const codeForm = new RegExp(`^[${alphabet}]+$`);

/** A code that a person types: 20^8 possibilities, `WDJB-MJHT`. */
export function newUserCode(): string {
  const letters = Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
  return `${letters.slice(0, length / 2)}-${letters.slice(length / 2)}`;
}

/** What was meant: case, dashes and spaces do not matter. Null for what cannot be a code. */
export function readUserCode(typed: string): string | null {
  const letters = typed.toUpperCase().replaceAll(/[^A-Z]/g, '');
  return letters.length === length && codeForm.test(letters) ? letters : null;
}
