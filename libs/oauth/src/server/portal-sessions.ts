import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { SecretBox, tollgateClock, type Clock } from '@tollgate/base';
import { Database } from '@tollgate/database';
import { LessThanOrEqual } from 'typeorm';
import type { PortalName } from './portal-clients.js';
import { PortalSession } from './portal-session.entity.js';

export interface PortalTokens {
  readonly access: string;
  /** Milliseconds since the epoch. */
  readonly accessExpiresAt: number;
  readonly refresh: string | null;
  /** For signing out (`id_token_hint`). */
  readonly id: string | null;
}

export interface PortalSessionView {
  readonly id: number;
  readonly organization: string;
  readonly userName: string;
  readonly scopes: readonly string[];
  readonly tokens: PortalTokens;
  readonly renewals: number;
}

export interface NewPortalSession {
  readonly portal: PortalName;
  readonly organization: string;
  readonly userName: string;
  readonly scopes: readonly string[];
  readonly tokens: PortalTokens;
  /** `sid` of the ID token. */
  readonly signInSessionUuid: string;
}

const digestPurpose = 'portal-session';
const sealPurpose = 'portal-session-tokens';
/** As long as a refresh token of a portal may live; the key manager usually ends the session earlier. */
const lifetimeMs = 24 * 3_600_000;
/** How long a process may take to renew tokens before another one tries. */
const renewalMs = 10_000;

/** Tokens that portals hold for the people who are signed in: in the database, encrypted, never in a browser. */
@Injectable()
export class PortalSessions {
  constructor(
    private readonly db: Database,
    private readonly box: SecretBox,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /** @returns the token for the cookie; it is not kept here */
  async begin(input: NewPortalSession): Promise<string> {
    const { portal, organization, userName, scopes, tokens, signInSessionUuid } = input;
    const token = randomBytes(32).toString('base64url');
    await this.db.manager.insert(PortalSession, {
      tokenDigest: this.box.digest(token, digestPurpose),
      portal,
      organization,
      userName,
      signInSessionUuid,
      scopes: [...scopes],
      tokens: this.seal(tokens),
      accessExpiresAt: tokens.accessExpiresAt,
      renewals: 0,
      renewingUntil: 0,
      expiresAt: this.clock.nowMs() + lifetimeMs,
    });
    return token;
  }

  /** The session of a cookie's token at this portal; null when there is none. */
  async find(portal: PortalName, token: string): Promise<PortalSessionView | null> {
    const tokenDigest = this.box.digest(token, digestPurpose);
    const row = await this.db.manager.findOneBy(PortalSession, { tokenDigest, portal });
    if (!row || row.expiresAt <= this.clock.nowMs()) return null;
    const { id, organization, userName, scopes, renewals } = row;
    return { id, organization, userName, scopes, renewals, tokens: this.open(row) };
  }

  /** Of all processes one may renew the tokens at a time. */
  async claimRenewal({ id, renewals }: PortalSessionView): Promise<boolean> {
    const nowMs = this.clock.nowMs();
    const claimed = await this.db.manager
      .createQueryBuilder()
      .update(PortalSession)
      .set({ renewingUntil: nowMs + renewalMs })
      .where('id = :id AND renewals = :renewals AND renewingUntil <= :nowMs', { id, renewals, nowMs })
      .execute();
    return claimed.affected === 1;
  }

  async renewed({ id, renewals }: PortalSessionView, tokens: PortalTokens, scopes: readonly string[]): Promise<void> {
    const { accessExpiresAt } = tokens;
    const changes = { tokens: this.seal(tokens), accessExpiresAt, scopes: [...scopes], renewingUntil: 0 };
    await this.db.manager.update(PortalSession, { id, renewals }, { ...changes, renewals: renewals + 1 });
  }

  /** One that is not there is no error. */
  async end(id: number): Promise<void> {
    await this.db.manager.delete(PortalSession, { id });
  }

  /** @returns how many sessions that were over were removed */
  async removeExpired(nowMs: number): Promise<number> {
    const over = await this.db.manager.delete(PortalSession, { expiresAt: LessThanOrEqual(nowMs) });
    return over.affected ?? 0;
  }

  private seal({ access, refresh, id }: PortalTokens): string {
    return this.box.seal(JSON.stringify({ access, refresh, id }), sealPurpose);
  }

  private open({ tokens, accessExpiresAt }: PortalSession): PortalTokens {
    const opened = JSON.parse(this.box.open(tokens, sealPurpose)) as Omit<PortalTokens, 'accessExpiresAt'>;
    return { ...opened, accessExpiresAt };
  }
}
