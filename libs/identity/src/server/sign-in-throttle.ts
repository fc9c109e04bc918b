import { Inject, Injectable } from '@nestjs/common';
import { ApimError, superOrganization, tollgateClock, type Clock } from '@tollgate/base';
import { Database, isDuplicateKey, systemContext, type Transaction } from '@tollgate/database';
import { In, LessThanOrEqual } from 'typeorm';
import { accountLimits, addressLimits, waitAfter, type FailureLimits } from '../domain/index.js';
import { SignInAddress, SignInFailure } from './sign-in.entities.js';
import { signInKeys, type SignInKeys, type SignInPlace } from './sign-in-keys.js';

const knownForMs = 30 * 86_400_000;
const refreshKnownAfterMs = 86_400_000;

/** 429, the same for names that exist and names that do not. */
export class TooManySignInsError extends ApimError {
  constructor(waitMs: number) {
    super({
      code: 'TOO_MANY_SIGN_INS',
      status: 429,
      message: 'There were too many failed attempts to sign in.',
      action: 'Wait for the time in Retry-After, then try again with the right password.',
      retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
    });
  }
}

/** One try that was let through. */
export interface SignInTry {
  readonly keys: SignInKeys;
  /** Counters that are raised for it. */
  readonly counters: readonly Counter[];
  /** When the user last signed in from this address; null when never, or long ago. */
  readonly knownSinceMs: number | null;
}

interface Counter {
  readonly digest: string;
  /** Empty for an address. */
  readonly account: string;
  readonly limits: FailureLimits;
}

/**
 * Slows down guessing of passwords, per account and per address. The counters are in the database, so they hold for all
 * processes and through restarts, and when it is away nobody signs in. A try is counted before its password is looked
 * at, so that parallel tries gain nothing.
 */
@Injectable()
export class SignInThrottle {
  constructor(
    private readonly db: Database,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /** Reads only. @throws TooManySignInsError while one of the counters blocks */
  async open(place: SignInPlace): Promise<SignInTry> {
    const keys = signInKeys(place);
    const now = this.clock.nowMs();
    const knownSinceMs = await this.knownSince(keys, now);
    const counters = countersOf(keys, knownSinceMs !== null);
    const digests = counters.map(({ digest }) => digest);
    const rows = await this.db.manager.findBy(SignInFailure, { digest: In(digests) });
    const blockedUntil = Math.max(0, ...rows.map((row) => row.blockedUntil));
    if (blockedUntil > now) throw new TooManySignInsError(blockedUntil - now);
    return { keys, counters, knownSinceMs };
  }

  /** Counts the try as failed. @throws TooManySignInsError when parallel tries used up what was free */
  async count(attempt: SignInTry): Promise<void> {
    for (const counter of attempt.counters) await this.countOne(counter);
  }

  /** For what an address may do now and then and not often, such as making accounts. @throws TooManySignInsError */
  async countAddress(address: string): Promise<void> {
    const { address: digest } = signInKeys({ organization: '', userName: '', address });
    if (digest !== null) await this.countOne({ digest, account: '', limits: addressLimits });
  }

  /** The password was right: takes the count back, and remembers the address. */
  async succeeded({ keys, counters, knownSinceMs }: SignInTry, wasCounted: boolean): Promise<void> {
    const now = this.clock.nowMs();
    for (const { digest, account } of wasCounted ? counters : []) {
      if (account !== '') await this.db.manager.delete(SignInFailure, { digest });
      // Only its own try: somebody who guesses may own one of the accounts.
      else await this.db.manager.decrement(SignInFailure, { digest }, 'failures', 1);
    }
    const fresh = knownSinceMs !== null && knownSinceMs > now - refreshKnownAfterMs;
    if (keys.accountAtAddress === null || fresh) return;
    const row = { digest: keys.accountAtAddress, account: keys.account, lastSeenAt: now };
    await this.db.manager.upsert(SignInAddress, row, ['digest']);
  }

  /** Opens an account again, after an administrator or a new password said so. */
  async reset(tx: Transaction, user: SignInPlace): Promise<void> {
    await tx.manager.delete(SignInFailure, { account: signInKeys(user).account });
  }

  /** The user is gone: somebody who gets the name later starts anew. */
  async forget(tx: Transaction, user: SignInPlace): Promise<void> {
    await this.reset(tx, user);
    await tx.manager.delete(SignInAddress, { account: signInKeys(user).account });
  }

  /** @returns how many counters and addresses were removed */
  async removeExpired(nowMs: number): Promise<number> {
    const failures = await this.db.manager.delete(SignInFailure, {
      lastFailureAt: LessThanOrEqual(nowMs - accountLimits.forgetAfterMs),
      blockedUntil: LessThanOrEqual(nowMs),
    });
    const addresses = await this.db.manager.delete(SignInAddress, { lastSeenAt: LessThanOrEqual(nowMs - knownForMs) });
    return (failures.affected ?? 0) + (addresses.affected ?? 0);
  }

  private async knownSince({ accountAtAddress }: SignInKeys, now: number): Promise<number | null> {
    if (accountAtAddress === null) return null;
    const seen = await this.db.manager.findOneBy(SignInAddress, { digest: accountAtAddress });
    return seen !== null && seen.lastSeenAt > now - knownForMs ? seen.lastSeenAt : null;
  }

  private async countOne(counter: Counter): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.db.transaction(systemContext(superOrganization, 'sign-in'), (tx) => this.raise(tx, counter));
      } catch (error) {
        if (!isDuplicateKey(error) || attempt > 3) throw error; // another try made the row first: raise that one
      }
    }
  }

  /** The update holds the row, so that what is read and written next belongs to this try alone. */
  private async raise(tx: Transaction, { digest, account, limits }: Counter): Promise<void> {
    const now = this.clock.nowMs();
    const raised = await tx.manager
      .createQueryBuilder()
      .update(SignInFailure)
      .set({
        failures: () => 'CASE WHEN lastFailureAt <= :forgotten THEN 1 ELSE failures + 1 END',
        lastFailureAt: now,
      })
      .where('digest = :digest AND blockedUntil <= :now', { digest, now, forgotten: now - limits.forgetAfterMs })
      .execute();
    const row = await tx.manager.findOneBy(SignInFailure, { digest });
    if (!row) {
      await tx.manager.insert(SignInFailure, { digest, account, failures: 1, lastFailureAt: now, blockedUntil: 0 });
      return;
    }
    if (raised.affected !== 1) throw new TooManySignInsError(row.blockedUntil - now);
    const wait = waitAfter(row.failures, limits);
    if (wait > 0) await tx.manager.update(SignInFailure, { digest }, { blockedUntil: now + wait });
  }
}

/** A shared address that somebody misuses must not keep out those who signed in from there before. */
function countersOf({ account, address, accountAtAddress }: SignInKeys, known: boolean): Counter[] {
  if (known && accountAtAddress !== null) return [{ digest: accountAtAddress, account, limits: accountLimits }];
  const own = { digest: account, account, limits: accountLimits };
  return address === null ? [own] : [own, { digest: address, account: '', limits: addressLimits }];
}
