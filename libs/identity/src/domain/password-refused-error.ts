import { InvalidInputError } from '@tollgate/base';
import type { PasswordProblem } from './password-rules.js';

/** 400: a password that nobody can have, or that does not fit the present one; pages say the reason in their own words. */
export class PasswordRefusedError extends InvalidInputError {
  constructor(
    field: string,
    readonly problem: PasswordProblem,
  ) {
    super([{ field, message: problem.message }]);
  }
}
