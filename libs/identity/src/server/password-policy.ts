import { Inject, Injectable } from '@nestjs/common';
import { tollgateConfig } from '@tollgate/base';
import { leastPasswordLength, passwordProblem, PasswordRefusedError, type PasswordOwner } from '../domain/index.js';
import { isCommonPassword } from './common-passwords.js';
import type { IdentitySettings } from './identity-settings.js';

/** The rules for new passwords as this installation has them. */
@Injectable()
export class PasswordPolicy {
  readonly minLength: number;

  constructor(@Inject(tollgateConfig) settings: IdentitySettings) {
    this.minLength = Math.max(leastPasswordLength, settings.tollgate.identity.password.min_length);
  }

  /** @throws PasswordRefusedError saying what to choose instead */
  check(password: string, owner: PasswordOwner, field = 'password'): void {
    const problem = passwordProblem(password, owner, { minLength: this.minLength, isCommon: isCommonPassword });
    if (problem !== null) throw new PasswordRefusedError(field, problem);
  }
}

/** Why an operator's own choice for the super admin is refused: what everybody tries first must not work anywhere. */
export function configuredPasswordProblem(password: string, userName: string): string | null {
  const rules = { minLength: leastPasswordLength, isCommon: isCommonPassword };
  return passwordProblem(password, { userName }, rules)?.message ?? null;
}
