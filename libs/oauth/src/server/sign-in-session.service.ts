import { randomBytes, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { NotFoundError, SecretBox, tollgateClock, type Clock } from '@tollgate/base';
import { Database, type Transaction } from '@tollgate/database';
import { LessThanOrEqual, type FindOptionsWhere } from 'typeorm';
import { PortalSession } from './portal-session.entity.js';
import { RefreshTokenService } from './refresh-token.service.js';
import { AuthorizationCode, SignInSession } from './sign-in.entities.js';

/** A session as others see it: everything but its secret. */
export type SignInSessionView = Readonly<Omit<SignInSession, 'id' | 'tokenDigest'>>;

export interface NewSignInSession {
  readonly organization: string;
  readonly userName: string;
  /** Methods passed (RFC 8176). */
  readonly amr: readonly string[];
  readonly userAgent: string;
  readonly address: string;
  /** Uuid of the one at which the person signed in; absent: here. */
  readonly identityProvider?: string;
  /** When that was, in milliseconds since the epoch; absent: now. */
  readonly authenticatedAt?: number;
}

const purpose = 'sign-in-session';
/** Without a request in this time a session is over. */
export const sessionIdleMs = 30 * 60_000;
/** However much it is used. */
export const sessionLifetimeMs = 12 * 3_600_000;
/** A use is written down at most this often. */
const touchMs = 60_000;

/**
 * Who is signed in with which browser. Sessions live in the database alone: any key manager serves any request, and none
 * loses them when it ends.
 */
@Injectable()
export class SignInSessions {
  constructor(
    private readonly db: Database,
    private readonly box: SecretBox,
    private readonly refreshTokens: RefreshTokenService,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /** @returns the token for the cookie; it is not kept here */
  async begin(tx: Transaction, input: NewSignInSession): Promise<{ session: SignInSessionView; token: string }> {
    const token = randomBytes(32).toString('base64url');
    const nowMs = this.clock.nowMs();
    const session = {
      uuid: randomUUID(),
      organization: input.organization,
      userName: input.userName,
      amr: [...input.amr],
      authenticatedAt: input.authenticatedAt ?? nowMs,
      lastSeenAt: nowMs,
      expiresAt: nowMs + sessionLifetimeMs,
      userAgent: input.userAgent.slice(0, 255),
      address: input.address.slice(0, 64),
      identityProvider: input.identityProvider ?? null,
    };
    await tx.manager.insert(SignInSession, { ...session, tokenDigest: this.box.digest(token, purpose) });
    return { session, token };
  }

  /** The living session of a cookie's token; null when there is none. */
  async find(token: string): Promise<SignInSessionView | null> {
    const row = await this.db.manager.findOneBy(SignInSession, { tokenDigest: this.box.digest(token, purpose) });
    if (!row || !this.isAlive(row)) return null;
    const nowMs = this.clock.nowMs();
    if (nowMs - row.lastSeenAt >= touchMs)
      await this.db.manager.update(SignInSession, { id: row.id }, { lastSeenAt: nowMs });
    return viewOf(row);
  }

  async findByUuid(uuid: string): Promise<SignInSessionView | null> {
    const row = await this.db.manager.findOneBy(SignInSession, { uuid });
    return row && this.isAlive(row) ? viewOf(row) : null;
  }

  /** Living sessions of a user, the newest first. */
  async list(organization: string, userName: string): Promise<SignInSessionView[]> {
    const rows = await this.db.manager.find(SignInSession, {
      where: { organization, userName },
      order: { id: 'DESC' },
    });
    return rows.filter((row) => row.userName === userName && this.isAlive(row)).map(viewOf);
  }

  /** The person has proved more in a session that goes on. */
  async addMethods(tx: Transaction, uuid: string, methods: readonly string[]): Promise<void> {
    const session = await tx.manager.findOneByOrFail(SignInSession, { uuid });
    await tx.manager.update(SignInSession, { uuid }, { amr: [...new Set([...session.amr, ...methods])] });
  }

  /** Signs out of one session, and of every client that was entered with it. One that is not there is no error. */
  async end(tx: Transaction, uuid: string): Promise<void> {
    await this.endWhere(tx, { uuid });
  }

  /**
   * The same for a session of this user alone.
   * @throws NotFoundError when the user has no such session
   */
  async endOwn(tx: Transaction, organization: string, userName: string, uuid: string): Promise<void> {
    const session = await tx.manager.findOneBy(SignInSession, { uuid, organization, userName });
    if (!session || !this.isAlive(session)) throw new NotFoundError('Session', uuid);
    await this.end(tx, uuid);
  }

  /** Signs a user out everywhere. */
  async endOfUser(tx: Transaction, organization: string, userName: string): Promise<void> {
    await this.endWhere(tx, { organization, userName });
    await tx.manager.delete(PortalSession, { organization, userName });
    await tx.manager.delete(AuthorizationCode, { organization, userName, used: false });
  }

  /** Ends what was begun with an identity provider that no longer counts; with `userName`, for this user alone. */
  async endOfProvider(tx: Transaction, uuid: string, userName?: string): Promise<void> {
    await this.endWhere(tx, { identityProvider: uuid, ...(userName === undefined ? {} : { userName }) });
  }

  /** @returns how many sessions that were over were removed */
  async removeExpired(nowMs: number): Promise<number> {
    const over = await this.db.manager.delete(SignInSession, [
      { expiresAt: LessThanOrEqual(nowMs) },
      { lastSeenAt: LessThanOrEqual(nowMs - sessionIdleMs - touchMs) },
    ]);
    return over.affected ?? 0;
  }

  private async endWhere(tx: Transaction, where: FindOptionsWhere<SignInSession>): Promise<void> {
    const rows = await tx.manager.findBy(SignInSession, where);
    for (const { id, uuid } of rows) {
      await tx.manager.delete(SignInSession, { id });
      await tx.manager.delete(PortalSession, { signInSessionUuid: uuid });
      await this.refreshTokens.revokeOfSession(tx, uuid);
    }
  }

  private isAlive(row: SignInSession): boolean {
    const nowMs = this.clock.nowMs();
    return row.expiresAt > nowMs && row.lastSeenAt + sessionIdleMs > nowMs;
  }
}

function viewOf({ id: _id, tokenDigest: _digest, ...rest }: SignInSession): SignInSessionView {
  return rest;
}
