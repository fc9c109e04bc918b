import { Inject, Injectable } from '@nestjs/common';
import { superOrganization, tollgateClock, type Clock } from '@tollgate/base';
import { BatchLoader, Database, systemContext, type Transaction } from '@tollgate/database';
import { RecordWriter } from '@tollgate/deployment/server';
import { In, LessThanOrEqual } from 'typeorm';
import type { RevocationRecord } from '../contract/index.js';
import { Revocation, type RevocationType } from './oauth.entities.js';

export interface RevocationInput {
  readonly type: RevocationType;
  /** jti, consumer key, qualified user name (`user`, `userGrant`), or application uuid. */
  readonly value: string;
  readonly organization: string;
  /** Tokens issued until then; default now. */
  readonly beforeMs?: number;
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
  /** Parallel questions about tokens are put by one statement. */
  private readonly loader = new BatchLoader((keys) => this.loadAll(keys));

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
    const revokedAt = input.beforeMs ?? this.clock.nowMs();
    const row = { type, value, organization, revokedAt, expiresAt: input.expiresAtMs };
    await tx.manager.upsert(Revocation, row, ['type', 'value']);
    const record: RevocationRecord = { type, value, revokedAtMs: revokedAt, expiresAtMs: input.expiresAtMs };
    await this.records.put(tx, { ...recordKey(row), eventType: 'TOKEN_REVOCATION' }, record);
    tx.afterCommit(() => this.listeners.forEach((listener) => listener()));
  }

  /** True when the token itself was revoked, or what it belongs to no earlier than it was issued. */
  async isRevoked(token: RevocableToken): Promise<boolean> {
    const { jti, consumerKey, user, applicationUuid } = token;
    const ends: readonly (readonly [RevocationType, string | null])[] = [
      ['jti', jti],
      ['consumerKey', consumerKey],
      ['user', user],
      ['userGrant', token.isUserToken ? user : null],
      ['application', applicationUuid],
    ];
    const asked = ends.flatMap(([type, value]) => (value === null ? [] : [this.loader.load(`${type}:${value}`)]));
    const found = await Promise.all(asked);
    return found.some((row) => row !== null && (row.type === 'jti' || token.issuedAtMs <= row.revokedAt));
  }

  /** By `{type}:{value}`. */
  private async loadAll(keys: readonly string[]): Promise<ReadonlyMap<string, Revocation>> {
    const values = new Map<RevocationType, string[]>();
    for (const key of keys) {
      const colon = key.indexOf(':');
      const type = key.slice(0, colon) as RevocationType;
      values.set(type, [...(values.get(type) ?? []), key.slice(colon + 1)]);
    }
    const where = [...values].map(([type, ofType]) => ({ type, value: In(ofType) }));
    const rows = await this.db.manager.findBy(Revocation, where);
    return new Map(rows.map((row) => [`${row.type}:${row.value}`, row]));
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
