import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ConflictError, NotFoundError, SecretBox, tollgateClock, type Clock } from '@tollgate/base';
import { Database, managerOf, updateVersioned, type RequestContext, type Transaction } from '@tollgate/database';
import { liveDigests, newSecret, secretPurpose } from './client.service.js';
import { OAuthClient, type AddedSecret } from './oauth.entities.js';

/** A secret as it may be shown: never whole. */
export interface SecretView {
  readonly id: string;
  /** Last characters; '' where they are not known. */
  readonly ending: string;
  readonly description: string;
  readonly createdAtMs: number;
  /** null: never. */
  readonly expiresAtMs: number | null;
}

export interface NewSecret {
  readonly description: string;
  /** null: it does not expire. */
  readonly expiresInSeconds: number | null;
}

const maxSecrets = 10;
const shownCharacters = 4;

/** Several secrets of one client, so that the next one is rolled out before the former one ends. */
@Injectable()
export class ClientSecrets {
  constructor(
    private readonly db: Database,
    private readonly box: SecretBox,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /** The first one, unless it was revoked, then the others in the order they were made, expired ones included. */
  async list(ctx: RequestContext, consumerKey: string): Promise<SecretView[]> {
    const row = await this.get(ctx, consumerKey);
    const added = (row.addedSecrets ?? []).map(({ id, ending, description, createdAt, expiresAt }) => {
      return { id, ending, description, createdAtMs: createdAt, expiresAtMs: expiresAt };
    });
    return row.secretDigest === '' ? added : [this.first(row), ...added];
  }

  /**
   * @returns the secret, which is not kept and never shown again
   * @throws ConflictError when there are ten that work
   */
  async add(
    tx: Transaction,
    consumerKey: string,
    input: NewSecret,
  ): Promise<{ readonly view: SecretView; readonly secret: string }> {
    const row = await this.get(tx, consumerKey);
    const nowMs = this.clock.nowMs();
    if (liveDigests(row, nowMs).length >= maxSecrets)
      throw new ConflictError(
        'TOO_MANY_SECRETS',
        `A client has at most ${maxSecrets} secrets.`,
        'Revoke one that is no longer used.',
      );
    const secret = newSecret();
    const expiresAt = input.expiresInSeconds === null ? null : nowMs + input.expiresInSeconds * 1000;
    const made: AddedSecret = {
      id: randomUUID(),
      digest: this.box.digest(secret, secretPurpose),
      ending: secret.slice(-shownCharacters),
      description: input.description,
      createdAt: nowMs,
      expiresAt,
    };
    const others = (row.addedSecrets ?? []).filter((each) => each.expiresAt === null || each.expiresAt > nowMs);
    await updateVersioned(tx, OAuthClient, row, { addedSecrets: [...others, made] }, { nowMs });
    const { id, ending, description } = made;
    return { view: { id, ending, description, createdAtMs: nowMs, expiresAtMs: expiresAt }, secret };
  }

  /**
   * It stops working with the commit.
   * @throws NotFoundError, ConflictError for the last one that works
   */
  async revoke(tx: Transaction, consumerKey: string, id: string): Promise<void> {
    const row = await this.get(tx, consumerKey);
    const nowMs = this.clock.nowMs();
    const isFirst = id === row.uuid && row.secretDigest !== '';
    const others = (row.addedSecrets ?? []).filter((each) => each.id !== id);
    if (!isFirst && others.length === (row.addedSecrets ?? []).length) throw new NotFoundError('Secret', id);
    const secretDigest = isFirst ? '' : row.secretDigest;
    const secretSealed = isFirst ? null : row.secretSealed;
    const changes = { addedSecrets: others, secretDigest, secretSealed };
    if (liveDigests(changes, nowMs).length === 0)
      throw new ConflictError(
        'LAST_SECRET',
        'It is the only secret that works.',
        'Generate another one first, or regenerate the secret of the keys.',
      );
    await updateVersioned(tx, OAuthClient, row, changes, { nowMs });
  }

  private first(row: OAuthClient): SecretView {
    const known = row.secretSealed === null ? '' : this.box.open(row.secretSealed, secretPurpose);
    const ending = known.slice(-shownCharacters);
    return { id: row.uuid, ending, description: '', createdAtMs: row.createdAt, expiresAtMs: null };
  }

  private async get(ctx: RequestContext, consumerKey: string): Promise<OAuthClient> {
    const row = await managerOf(this.db, ctx).findOneBy(OAuthClient, { consumerKey });
    if (row?.consumerKey !== consumerKey) throw new NotFoundError('OAuth client', consumerKey);
    return row;
  }
}
