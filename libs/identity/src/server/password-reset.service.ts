import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { tollgateClock, type Clock } from '@tollgate/base';
import { Database, type RequestContext, type Transaction } from '@tollgate/database';
import { LessThanOrEqual, MoreThan } from 'typeorm';
import { userNameProblem } from '../domain/index.js';
import { User } from './identity.entities.js';
import { noPasswordHash } from './password-hash.js';
import { PasswordPolicy } from './password-policy.js';
import { PasswordReset } from './password-reset.entity.js';
import { UserEvents } from './user-events.js';
import { UserReader, type UserView } from './user.reader.js';
import { UserService } from './user.service.js';

/** From the mail to the new password. */
export const passwordResetLifetimeMs = 30 * 60_000;
/** Mails to one user in that time: more would only fill the mailbox. */
const mostAtOnce = 3;

/** New passwords for people who forgot theirs and can read mail at their address. */
@Injectable()
export class PasswordResets implements OnModuleInit {
  constructor(
    private readonly db: Database,
    private readonly reader: UserReader,
    private readonly users: UserService,
    private readonly policy: PasswordPolicy,
    private readonly events: UserEvents,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.events.register(async (tx, { organization, userName }) => {
      await tx.manager.delete(PasswordReset, { organization, userName });
    });
  }

  /**
   * A token for the mail; it is not kept here. Null when there is nobody to send it to: no such user, one who may not
   * act, one without an address or who signs in elsewhere, or one who got several already.
   */
  async begin(
    tx: Transaction,
    organization: string,
    userName: string,
  ): Promise<{ user: UserView; token: string } | null> {
    const row = await this.find(tx, organization, userName);
    const user = row && (await this.reader.find(organization, userName, tx));
    if (!row || row.passwordHash === noPasswordHash || !user?.active || user.email === '') return null;
    const nowMs = this.clock.nowMs();
    const recent = { organization, userName, expiresAt: MoreThan(nowMs) };
    if ((await tx.manager.countBy(PasswordReset, recent)) >= mostAtOnce) return null;
    const token = randomBytes(32).toString('base64url');
    await tx.manager.insert(PasswordReset, {
      tokenDigest: sha256(token),
      organization,
      userName,
      stateDigest: stateOf(row),
      used: false,
      createdAt: nowMs,
      expiresAt: nowMs + passwordResetLifetimeMs,
    });
    return { user, token };
  }

  /** Whose token it is, while it can be used; null for one that was used, has expired or never was. */
  async holder(token: string): Promise<UserView | null> {
    return (await this.live(token))?.user ?? null;
  }

  /**
   * Spends the token for a new password. Of any number of callers one succeeds. Whatever was given with the old password
   * ends, as with every change of a password.
   * @param asked address and id of the request; the change is recorded as the user's own
   * @returns false when the token cannot be used (any more)
   * @throws InvalidInputError for a password against the rules; the token stays good
   */
  async use(asked: RequestContext, token: string, newPassword: string): Promise<boolean> {
    const found = await this.live(token);
    if (!found) return false;
    const { row, user } = found;
    this.policy.check(newPassword, user, 'newPassword');
    const { organization, userName, roles } = user;
    // Spent by itself: hashing the password takes long, and nothing is lost when it comes to nothing.
    if ((await this.db.manager.update(PasswordReset, { id: row.id, used: false }, { used: true })).affected !== 1)
      return false;
    const ctx = { ...asked, organization, principal: { userName, roles, scopes: [] } };
    await this.users.update(ctx, userName, { password: newPassword }, { expectedVersion: user.rowVersion });
    return true;
  }

  /** @returns how many that had expired were removed */
  async removeExpired(nowMs: number): Promise<number> {
    return (await this.db.manager.delete(PasswordReset, { expiresAt: LessThanOrEqual(nowMs) })).affected ?? 0;
  }

  private async live(token: string): Promise<{ row: PasswordReset; user: UserView } | null> {
    const row = await this.db.manager.findOneBy(PasswordReset, { tokenDigest: sha256(token), used: false });
    if (!row || row.expiresAt <= this.clock.nowMs()) return null;
    const user = await this.reader.find(row.organization, row.userName);
    const account = await this.find(null, row.organization, row.userName);
    return user?.active && account && stateOf(account) === row.stateDigest ? { row, user } : null;
  }

  private async find(tx: Transaction | null, organization: string, userName: string): Promise<User | null> {
    if (userNameProblem(userName) !== null) return null;
    const user = await (tx ?? this.db).manager.findOneBy(User, { organization, userName });
    return user?.userName === userName && user.organization === organization ? user : null;
  }
}

function stateOf({ uuid, passwordHash, email, status }: User): string {
  return sha256(JSON.stringify([uuid, passwordHash, email, status]));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
