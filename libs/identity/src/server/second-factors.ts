import { randomBytes } from 'node:crypto';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ConflictError, SecretBox, tollgateClock, type Clock } from '@tollgate/base';
import { Database, type Transaction } from '@tollgate/database';
import { LessThan } from 'typeorm';
import { base32, matchingTotpStep, otpauthUri } from '../domain/index.js';
import { Passkey } from './passkey.entity.js';
import { RecoveryCode, TotpFactor } from './second-factor.entities.js';
import { SignInThrottle } from './sign-in-throttle.js';
import { UserEvents } from './user-events.js';

export interface FactorOwner {
  readonly organization: string;
  readonly userName: string;
}

/** What an authenticator app needs. */
export interface TotpEnrolment {
  /** Base32, to be typed. */
  readonly secret: string;
  /** For the QR code. */
  readonly uri: string;
}

const secretPurpose = 'totp-secret';
const codePurpose = 'recovery-code';
const recoveryCodes = 10;
const issuer = 'Tollgate';

/** Second factors of users: an authenticator app (RFC 6238), and recovery codes for the day it is gone. */
@Injectable()
export class SecondFactors implements OnModuleInit {
  constructor(
    private readonly db: Database,
    private readonly box: SecretBox,
    private readonly throttle: SignInThrottle,
    private readonly events: UserEvents,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.events.register(async (tx, change) => {
      if (change.type === 'deleted') await this.remove(tx, change);
    });
  }

  /**
   * The app that waits to be confirmed; a new secret when none does.
   * @throws ConflictError when the user has a confirmed one
   */
  async enrol(tx: Transaction, { organization, userName }: FactorOwner): Promise<TotpEnrolment> {
    const present = await tx.manager.findOneBy(TotpFactor, { organization, userName });
    if (present?.confirmed)
      throw new ConflictError('SECOND_FACTOR_EXISTS', 'There is an authenticator app already.', 'Remove it first.');
    const secret = present ? this.open(present) : randomBytes(20);
    if (!present) {
      const secretSealed = this.box.seal(secret.toString('base64url'), secretPurpose);
      const createdAt = this.clock.nowMs();
      await tx.manager.insert(TotpFactor, { organization, userName, secretSealed, confirmed: false, createdAt });
    }
    return { secret: base32(secret), uri: otpauthUri(secret, `${userName}@${organization}`, issuer) };
  }

  /**
   * Takes the app into use when the code is one of it.
   * @returns whether it was
   */
  async confirm(tx: Transaction, { organization, userName }: FactorOwner, code: string): Promise<boolean> {
    const factor = await tx.manager.findOneBy(TotpFactor, { organization, userName, confirmed: false });
    const step = factor && matchingTotpStep(this.open(factor), plain(code), this.clock.nowMs(), 0);
    if (!factor || step === null) return false;
    const taken = { confirmed: true, lastStep: step };
    return (await tx.manager.update(TotpFactor, { id: factor.id, confirmed: false }, taken)).affected === 1;
  }

  /**
   * Whether this is a code of the app, or a recovery code. Each is good for one use, whichever process it comes to.
   * @throws TooManySignInsError (429) after too many wrong ones, of this user or from this address
   */
  async verify(owner: FactorOwner, code: string, address: string | undefined): Promise<boolean> {
    const attempt = await this.throttle.open({ ...guessedFor(owner), address });
    await this.throttle.count(attempt);
    const typed = plain(code);
    const isRight = /^\d{6}$/.test(typed) ? await this.takeTotp(owner, typed) : await this.takeRecovery(owner, typed);
    if (isRight) await this.throttle.succeeded(attempt, true);
    return isRight;
  }

  /** New recovery codes in place of those that were there. They are shown once; only digests stay. */
  async makeRecoveryCodes(tx: Transaction, { organization, userName }: FactorOwner): Promise<string[]> {
    await tx.manager.delete(RecoveryCode, { organization, userName });
    const codes = Array.from({ length: recoveryCodes }, () => base32(randomBytes(10)).toLowerCase());
    const rows = codes.map((code) => ({ organization, userName, codeDigest: this.digestOf(userName, code) }));
    await tx.manager.insert(RecoveryCode, rows);
    return codes.map((code) => (code.match(/.{4}/g) ?? []).join('-'));
  }

  async recoveryCodesLeft({ organization, userName }: FactorOwner): Promise<number> {
    return this.db.manager.countBy(RecoveryCode, { organization, userName });
  }

  /** Whatever the user has of them. One who has none is no error. */
  async remove(tx: Transaction, { organization, userName }: FactorOwner): Promise<void> {
    await tx.manager.delete(TotpFactor, { organization, userName });
    await tx.manager.delete(Passkey, { organization, userName });
    await tx.manager.delete(RecoveryCode, { organization, userName });
    await this.throttle.reset(tx, guessedFor({ organization, userName }));
  }

  private async takeTotp({ organization, userName }: FactorOwner, code: string): Promise<boolean> {
    const factor = await this.db.manager.findOneBy(TotpFactor, { organization, userName, confirmed: true });
    const step = factor && matchingTotpStep(this.open(factor), code, this.clock.nowMs(), factor.lastStep);
    if (!factor || step === null) return false;
    // Of those who show the same code at once, one moves the step on.
    const where = { id: factor.id, lastStep: LessThan(step) };
    return (await this.db.manager.update(TotpFactor, where, { lastStep: step })).affected === 1;
  }

  private async takeRecovery({ organization, userName }: FactorOwner, code: string): Promise<boolean> {
    const where = { organization, userName, codeDigest: this.digestOf(userName, code) };
    return (await this.db.manager.delete(RecoveryCode, where)).affected === 1;
  }

  private digestOf(userName: string, code: string): string {
    return this.box.digest(JSON.stringify([userName, code]), codePurpose);
  }

  private open({ secretSealed }: TotpFactor): Buffer {
    return Buffer.from(this.box.open(secretSealed, secretPurpose), 'base64url');
  }
}

/** People type codes in groups. */
function plain(code: string): string {
  return code.replaceAll(/[\s-]/g, '').toLowerCase().slice(0, 100);
}

/** Guesses at codes are counted apart from guesses at passwords. No user name holds a NUL. */
function guessedFor({ organization, userName }: FactorOwner): FactorOwner {
  return { organization, userName: `${userName}\0second factor` };
}
