import { Injectable } from '@nestjs/common';
import { AuditLog } from './audit-log.js';
import { PasswordCheck, type NameAndPassword } from './password-check.js';
import { SecondFactorPolicy } from './second-factor-policy.js';
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
    private readonly secondFactors: SecondFactorPolicy,
  ) {}

  /**
   * The user when the password is right and the user may act, else null. Answer and time tell nothing about which names
   * exist. Who needs a second factor comes in with a password only where it is asked for next.
   * @param options.moreFollows the caller asks for the second factor before it lets the user in
   * @throws TooManySignInsError (429) when the account or the address has to wait; UnavailableError without a database
   */
  async withPassword(given: PasswordSignIn, options: { moreFollows?: boolean } = {}): Promise<UserView | null> {
    const attempt = await this.throttle.open(given);
    const remembered = await this.enough(await this.check.remembered(given), options);
    if (remembered) {
      await this.throttle.succeeded(attempt, false);
      return remembered;
    }
    await this.throttle.count(attempt);
    const user = await this.enough(await this.check.verify(given), options);
    if (user) await this.throttle.succeeded(attempt, true);
    await this.audit.signIn(given, user ? 'SUCCESS' : 'FAILURE');
    return user;
  }

  private async enough(user: UserView | null, { moreFollows }: { moreFollows?: boolean }): Promise<UserView | null> {
    if (user === null || moreFollows === true) return user;
    return (await this.secondFactors.needsMoreThanPassword(user)) ? null : user;
  }
}
