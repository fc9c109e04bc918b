import { randomBytes, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { SecretBox, tollgateClock, type Clock } from '@tollgate/base';
import { Database, type RequestContext, type Transaction } from '@tollgate/database';
import { LessThanOrEqual, MoreThan, type EntityManager, type FindOptionsWhere } from 'typeorm';
import type { GrantContext } from '../domain/index.js';
import type { ClientView } from './client.service.js';
import { RefreshToken } from './oauth.entities.js';
import { RevocationService } from './revocation.service.js';

export interface RefreshTokenGrant {
  readonly client: ClientView;
  readonly user: { readonly userName: string; readonly organization: string };
  readonly scopes: readonly string[];
  readonly access: { readonly jti: string; readonly expiresAtMs: number };
  /** Of the authorization; absent for grants without one. */
  readonly context?: GrantContext | null;
}

export type FoundRefreshToken = Readonly<Omit<RefreshToken, 'tokenDigest'>>;

/** `live`: may be exchanged. `replayed`: used before. `dead`: expired or revoked. */
export type RefreshTokenState = 'live' | 'replayed' | 'dead';

const purpose = 'refresh-token';
/** No rotation prolongs a grant beyond this. */
const familyLifetimeMs = 90 * 86_400_000;
/** A client whose parallel calls race shows the same token again within this time; after it, a second use is a theft. */
const raceMs = 10_000;
/**
 * A confidential client that got no answer to a refresh may repeat it within this time: long enough for a client that
 * waits half a minute for an answer, and after calls that ran at the same time are over.
 */
const repeat = { fromMs: 2_000, untilMs: 60_000 };

/** Refresh tokens: one use each, in families that die together. */
@Injectable()
export class RefreshTokenService {
  constructor(
    private readonly db: Database,
    private readonly box: SecretBox,
    private readonly revocations: RevocationService,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /** The first token of a family. @param family default: a new one */
  async issue(tx: Transaction, grant: RefreshTokenGrant, family: string = randomUUID()): Promise<string> {
    return this.insert(tx, grant, family, this.clock.nowMs() + familyLifetimeMs);
  }

  async find(token: string): Promise<FoundRefreshToken | null> {
    return this.db.manager.findOneBy(RefreshToken, { tokenDigest: this.box.digest(token, purpose) });
  }

  stateOf(found: FoundRefreshToken): RefreshTokenState {
    if (found.revoked || found.expiresAt <= this.clock.nowMs()) return 'dead';
    return found.used ? 'replayed' : 'live';
  }

  /**
   * Whether the answer to the refresh that spent `found` may have been lost: its client proves itself with each call,
   * and nobody has used what it got for it.
   * @param arrivedAtMs when the repeated request came: one that only waited for its turn ran at the same time
   */
  async mayRepeat(
    found: FoundRefreshToken,
    client: Pick<ClientView, 'authMethod'>,
    arrivedAtMs: number,
  ): Promise<boolean> {
    const age = arrivedAtMs - found.usedAt;
    if (client.authMethod === 'none' || age < repeat.fromMs || age > repeat.untilMs) return false;
    return (await this.unusedSuccessor(this.db.manager, found)) !== null;
  }

  /**
   * Gives another successor instead of the one that never arrived, which ends with its access token. Once: `found` is
   * dead afterwards.
   * @returns null when the first one was used, or somebody else has repeated it
   */
  async repeat(tx: Transaction, found: FoundRefreshToken, grant: RefreshTokenGrant): Promise<string | null> {
    const lost = await this.unusedSuccessor(tx.manager, found);
    if (lost === null) return null;
    const spent = await tx.manager.update(RefreshToken, { id: found.id, revoked: false }, { revoked: true });
    if (spent.affected !== 1) return null;
    const ended = await tx.manager.update(
      RefreshToken,
      { id: lost.id, used: false, revoked: false },
      { revoked: true },
    );
    if (ended.affected !== 1) return null; // it has arrived after all: whoever uses it goes on
    await this.revokeAccess(tx, lost);
    return this.insert(tx, grant, found.family, found.familyExpiresAt);
  }

  /**
   * Spends `found` and issues its successor. Of any number of callers exactly one succeeds.
   * @returns null when somebody else has spent it
   */
  async rotate(tx: Transaction, found: FoundRefreshToken, grant: RefreshTokenGrant): Promise<string | null> {
    const spent = { used: true, usedAt: this.clock.nowMs() };
    const result = await tx.manager.update(RefreshToken, { id: found.id, used: false, revoked: false }, spent);
    if (result.affected !== 1) return null;
    return this.insert(tx, grant, found.family, found.familyExpiresAt);
  }

  /** A spent token was shown again: unless calls raced, somebody else holds it, and the whole family ends. */
  async onReplay(ctx: RequestContext, found: FoundRefreshToken): Promise<void> {
    const current = await this.db.manager.findOneBy(RefreshToken, { id: found.id });
    if (!current || this.clock.nowMs() - current.usedAt < raceMs) return;
    await this.db.transaction(ctx, (tx) => this.revokeFamily(tx, found.family));
  }

  /** Ends a grant: its refresh tokens and the access tokens issued with them. */
  async revokeFamily(tx: Transaction, family: string): Promise<void> {
    await this.revokeWhere(tx, { family });
  }

  async revokeOfUser(tx: Transaction, organization: string, userName: string): Promise<void> {
    await this.revokeWhere(tx, { organization, userName });
  }

  /** Ends the grants that were given in a sign-in session. */
  async revokeOfSession(tx: Transaction, sessionUuid: string): Promise<void> {
    await this.revokeWhere(tx, { sessionUuid });
  }

  /** @returns how many tokens that had expired were removed */
  async removeExpired(nowMs: number): Promise<number> {
    const result = await this.db.manager.delete(RefreshToken, { expiresAt: LessThanOrEqual(nowMs) });
    return result.affected ?? 0;
  }

  private async revokeWhere(tx: Transaction, where: FindOptionsWhere<RefreshToken>): Promise<void> {
    // First the update: it waits for a rotation that runs now, and what that one inserted is then seen as well.
    await tx.manager.update(RefreshToken, { ...where, revoked: false }, { revoked: true });
    const rows = await tx.manager.findBy(RefreshToken, { ...where, accessExpiresAt: MoreThan(this.clock.nowMs()) });
    for (const row of rows) await this.revokeAccess(tx, row);
  }

  private async revokeAccess(tx: Transaction, row: RefreshToken): Promise<void> {
    const { accessJti: value, organization, accessExpiresAt: expiresAtMs } = row;
    await this.revocations.revoke(tx, { type: 'jti', value, organization, expiresAtMs });
  }

  /** What `found` was exchanged for, as long as nobody has used it. */
  private async unusedSuccessor(manager: EntityManager, found: FoundRefreshToken): Promise<RefreshToken | null> {
    const where = { family: found.family, id: MoreThan(found.id) };
    const next = await manager.findOne(RefreshToken, { where, order: { id: 'ASC' } });
    return next && !next.used && !next.revoked ? next : null;
  }

  private async insert(
    tx: Transaction,
    grant: RefreshTokenGrant,
    family: string,
    familyExpiresAt: number,
  ): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    const nowMs = this.clock.nowMs();
    await tx.manager.insert(RefreshToken, {
      tokenDigest: this.box.digest(token, purpose),
      family,
      consumerKey: grant.client.consumerKey,
      organization: grant.user.organization,
      userName: grant.user.userName,
      scopes: [...grant.scopes],
      accessJti: grant.access.jti,
      accessExpiresAt: grant.access.expiresAtMs,
      used: false,
      usedAt: 0,
      revoked: false,
      issuedAt: nowMs,
      expiresAt: Math.min(nowMs + grant.client.refreshTokenLifetimeSeconds * 1000, familyExpiresAt),
      familyExpiresAt,
      context: (grant.context ?? null) as never,
      sessionUuid: grant.context?.signIn?.sessionUuid ?? null,
    });
    return token;
  }
}
