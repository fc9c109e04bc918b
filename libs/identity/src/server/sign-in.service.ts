import { Injectable } from '@nestjs/common';
import { AuditLog } from './audit-log.js';
import { PasswordCheck, type NameAndPassword } from './password-check.js';
import { SignInThrottle } from './sign-in-throttle.js';
import type { UserView } from './user.reader.js';

export interface PasswordSignIn extends NameAndPassword {
  /** Of the client, as the listener saw it. */
  readonly address?: string | undefined;
}

/** Every sign-in with a password goes through here: pages, Basic credentials, the password grant. */
@Injectable()
export class SignInService {
  constructor(
    private readonly check: PasswordCheck,
    private readonly throttle: SignInThrottle,
    private readonly audit: AuditLog,
  ) {}

  /**
   * The user when the password is right and the user may act, else null. Answer and time tell nothing about which names
   * exist.
   * @throws TooManySignInsError (429) when the account or the address has to wait; UnavailableError without a database
   */
  async withPassword(given: PasswordSignIn): Promise<UserView | null> {
    const attempt = await this.throttle.open(given);
    const remembered = await this.check.remembered(given);
    if (remembered) {
      await this.throttle.succeeded(attempt, false);
      return remembered;
    }
    await this.throttle.count(attempt);
    const user = await this.check.verify(given);
    if (user) await this.throttle.succeeded(attempt, true);
    await this.audit.signIn(given, user ? 'SUCCESS' : 'FAILURE');
    return user;
  }
}
