import { Inject, Injectable } from '@nestjs/common';
import { superOrganization, tollgateClock, type Clock } from '@tollgate/base';
import { Database, systemContext, type Transaction } from '@tollgate/database';
import { RecordWriter } from '@tollgate/deployment/server';
import { LessThanOrEqual } from 'typeorm';
import type { RevocationRecord } from '../contract/index.js';
import { Revocation, type RevocationType } from './oauth.entities.js';

export interface RevocationInput {
  readonly type: RevocationType;
  /** jti, consumer key, qualified user name (`user`, `userGrant`), or application uuid. */
  readonly value: string;
  readonly organization: string;
  /** When the last token it concerns has expired by itself. */
  readonly expiresAtMs: number;
}

/** What is asked about a token. */
export interface RevocableToken {
  readonly jti: string;
  readonly consumerKey: string;
  /** Qualified. */
  readonly user: string;
  /** The user granted it; false when the client acts for itself. */
  readonly isUserToken: boolean;
  /** Of the client; null for a client of the management surfaces. */
  readonly applicationUuid: string | null;
  readonly issuedAtMs: number;
}

/** Later than any token can be valid that was issued with a lifetime of at most this many seconds. */
export function longAfter(nowMs: number, lifetimeSeconds: number): number {
  return nowMs + lifetimeSeconds * 1000 + 60_000;
}

/** For what may belong to keys that never expire. */
export const hundredYearsSeconds = 100 * 365 * 86_400;

const removalBatch = 200;

/** Says which tokens no longer work: in the database and, in the same transaction, in what gateways hold. */
@Injectable()
export class RevocationService {
  private readonly listeners: (() => void)[] = [];

  constructor(
    private readonly db: Database,
    private readonly records: RecordWriter,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /** Called after each commit that revoked something. */
  onRevoked(listener: () => void): void {
    this.listeners.push(listener);
  }

  async revoke(tx: Transaction, input: RevocationInput): Promise<void> {
    const { type, value, organization } = input;
    const revokedAt = this.clock.nowMs();
    const row = { type, value, organization, revokedAt, expiresAt: input.expiresAtMs };
    await tx.manager.upsert(Revocation, row, ['type', 'value']);
    const record: RevocationRecord = { type, value, revokedAtMs: revokedAt, expiresAtMs: input.expiresAtMs };
    await this.records.put(tx, { ...recordKey(row), eventType: 'TOKEN_REVOCATION' }, record);
    tx.afterCommit(() => this.listeners.forEach((listener) => listener()));
  }

  /** True when the token itself was revoked, or what it belongs to no earlier than it was issued. */
  async isRevoked(token: RevocableToken): Promise<boolean> {
    const { applicationUuid } = token;
    const found = await this.db.manager.findBy(Revocation, [
      { type: 'jti', value: token.jti },
      { type: 'consumerKey', value: token.consumerKey },
      { type: 'user', value: token.user },
      ...(token.isUserToken ? [{ type: 'userGrant' as const, value: token.user }] : []),
      ...(applicationUuid === null ? [] : [{ type: 'application' as const, value: applicationUuid }]),
    ]);
    return found.some((row) => row.type === 'jti' || token.issuedAtMs <= row.revokedAt);
  }

  /**
   * Clears revocations of tokens that have expired by themselves, here and at the gateways.
   * @returns how many
   */
  async removeExpired(nowMs: number): Promise<number> {
    for (let removed = 0; ;) {
      const batch = await this.removeBatch(nowMs);
      removed += batch;
      if (batch < removalBatch) return removed;
    }
  }

  private async removeBatch(nowMs: number): Promise<number> {
    return this.db.transaction(systemContext(superOrganization, 'job'), async (tx) => {
      const where = { expiresAt: LessThanOrEqual(nowMs) };
      const rows = await tx.manager.find(Revocation, { where, order: { id: 'ASC' }, take: removalBatch });
      for (const row of rows) {
        const deleted = await tx.manager.delete(Revocation, { id: row.id, expiresAt: LessThanOrEqual(nowMs) });
        if (deleted.affected)
          await this.records.remove(tx, { ...recordKey(row), eventType: 'TOKEN_REVOCATION_EXPIRED' });
      }
      return rows.length;
    });
  }
}

function recordKey(row: { type: string; value: string; organization: string }) {
  return {
    kind: 'revocation',
    id: `${row.type}:${row.value}`,
    organization: row.organization,
    topic: 'tokenRevocation',
  } as const;
}
