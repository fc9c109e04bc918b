import { InvalidInputError, superOrganization } from '@tollgate/base';

/** Longest user, role or domain name in UTF-16 units: two of them fit one unique key of every database. */
export const maxNameLength = 190;

// Controls and invisible characters, then the separators of qualified names and of user stores.
const forbidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}@/]/u;

/** Why this cannot be a user name; null when it can. */
export function userNameProblem(name: string): string | null {
  if (name === '') return 'A user name is not empty.';
  if (name.length > maxNameLength) return `A user name has at most ${maxNameLength} characters.`;
  if (name !== name.trim()) return 'A user name does not begin or end with a space.';
  if (forbidden.test(name)) return 'A user name holds no control or invisible characters, no "@" and no "/".';
  if (name !== name.normalize('NFC')) return 'A user name is written in composed Unicode (NFC).';
  return null;
}

/** @throws InvalidInputError naming `field` */
export function checkUserName(name: string, field = 'userName'): void {
  const problem = userNameProblem(name);
  if (problem) throw new InvalidInputError([{ field, message: problem }]);
}

export interface ParsedUserName {
  readonly userName: string;
  readonly organization: string;
}

/**
 * `ann@tenant.example` → ann of tenant.example; `ann` → ann of the super organization. What follows the last `@` is the
 * organization. The result may name nobody: look it up before trusting it.
 */
export function parseUserName(text: string): ParsedUserName {
  const at = text.lastIndexOf('@');
  if (at < 0) return { userName: text, organization: superOrganization };
  return { userName: text.slice(0, at), organization: text.slice(at + 1) };
}
