/** Longest password in UTF-16 units: argon2id takes any length, this one keeps requests small. */
export const maxPasswordLength = 256;

/** No configuration allows less (NIST SP 800-63B-4 section 3.1.1.2). */
export const leastPasswordLength = 8;

export interface PasswordRules {
  /** Of the composed text, in characters as people count them: a letter with its accent is one. */
  readonly minLength: number;
  /** Asked with lower-case text. */
  readonly isCommon: (text: string) => boolean;
}

/** Names that somebody who guesses tries first. */
export interface PasswordOwner {
  readonly userName: string;
  readonly email?: string | undefined;
}

/**
 * `wrong` and `same` are about the present password when it is changed: it is not the one given, or the new one is the same.
 */
export type PasswordReason = 'short' | 'long' | 'nul' | 'name' | 'common' | 'repeats' | 'row' | 'wrong' | 'same';

export interface PasswordProblem {
  readonly reason: PasswordReason;
  /** In English, as REST says it. */
  readonly message: string;
  /** Characters, where the reason is the length. */
  readonly limit?: number;
}

/**
 * Why this cannot be a password; null when it can. Long enough and not among those that are guessed first: there are no
 * rules about kinds of characters, every character may stand in it, and it never expires (NIST SP 800-63B-4 section
 * 3.1.1.2, OWASP ASVS 5.0 section 6.2).
 */
export function passwordProblem(password: string, owner: PasswordOwner, rules: PasswordRules): PasswordProblem | null {
  const text = password.normalize('NFC');
  const least = Math.max(leastPasswordLength, rules.minLength);
  if (Array.from(text).length < least)
    return { reason: 'short', limit: least, message: `A password has at least ${least} characters.` };
  if (text.length > maxPasswordLength)
    return {
      reason: 'long',
      limit: maxPasswordLength,
      message: `A password has at most ${maxPasswordLength} characters.`,
    };
  if (text.includes('\0')) return { reason: 'nul', message: 'A password holds no NUL character.' };
  const lower = text.toLowerCase();
  if (isNameOf(lower, owner))
    return { reason: 'name', message: 'A password is not the name or the address of its owner.' };
  const unit = repeatedUnit(lower);
  if (rules.isCommon(lower) || rules.isCommon(unit))
    return { reason: 'common', message: 'This is one of the most used passwords: choose another one.' };
  if (Array.from(unit).length <= 4)
    return { reason: 'repeats', message: 'A password is more than a few characters that repeat.' };
  return isSequence(lower) ? { reason: 'row', message: 'A password is more than the characters of a row.' } : null;
}

function isNameOf(lower: string, { userName, email }: PasswordOwner): boolean {
  const names = [userName, email ?? '', (email ?? '').split('@')[0] ?? ''].map((name) => name.toLowerCase());
  const unit = repeatedUnit(lower);
  return names.some((name) => name !== '' && (name === lower || name === unit));
}

/** `abcabc` → `abc`; the text itself when nothing repeats. */
function repeatedUnit(text: string): string {
  const at = `${text}${text}`.indexOf(text, 1);
  return at > 0 && at < text.length ? text.slice(0, at) : text;
}

/** `12345678901`, `zyxwvuts`: each character is one further than the one before, with a wrap after 9. */
function isSequence(text: string): boolean {
  const codes = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  const steps = codes.slice(1).map((code, i) => code - (codes[i] ?? 0));
  return steps.every((step) => step === 1 || step === -9) || steps.every((step) => step === -1 || step === 9);
}
