import { InvalidInputError } from '@tollgate/base';
import { maxNameLength } from './user-name.js';

const form = /^(?:(?:Internal|Application)\/)?[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}@/,]+$/u;

/** @throws InvalidInputError unless it is a plain name, with `Internal/` or `Application/` before it or not */
export function checkRoleName(name: string, field = 'displayName'): void {
  const fits =
    name.length <= maxNameLength && name === name.trim() && name === name.normalize('NFC') && form.test(name);
  if (!fits)
    throw new InvalidInputError([
      {
        field,
        message:
          'A role name has at most 190 characters, no "@", no comma, and "/" only after "Internal" or "Application".',
      },
    ]);
}
