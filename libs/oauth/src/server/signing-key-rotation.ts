import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { ConflictError, NotFoundError, SecretBox, superOrganization, tollgateClock, type Clock } from '@tollgate/base';
import { Database, managerOf, systemContext, type RequestContext, type Transaction } from '@tollgate/database';
import { calculateJwkThumbprint, exportJWK } from 'jose';
import { LessThan } from 'typeorm';
import { signingAlgorithms, type SigningAlgorithm } from '../domain/index.js';
import { KeyManagerRecords } from './key-manager-records.js';
import { OAuthSettings } from './oauth-settings.js';
import { SigningKey } from './oauth.entities.js';
import { SigningKeys, signingKeyPurpose } from './signing-keys.js';

/** `NEXT` is published and signs from `signsFrom` on, `ACTIVE` signs, `RETIRED` only verifies. */
export type SigningKeyState = 'NEXT' | 'ACTIVE' | 'RETIRED';

export interface SigningKeyView {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly state: SigningKeyState;
  readonly createdAt: number;
  readonly signsFrom: number;
  /** No token that it signed is valid later. */
  readonly lastExpiresAt: number;
}

/** Clocks of processes may differ by this much, and a process may sign with the keys that it read a while ago. */
const graceMs = 5 * 60_000;

/**
 * The life of signing keys. A new key is published to every gateway ahead of its first signature, so that none meets a
 * token that it cannot check; the former one goes on verifying until the last token that it signed has expired.
 */
@Injectable()
export class SigningKeyRotation {
  constructor(
    private readonly db: Database,
    private readonly box: SecretBox,
    private readonly keys: SigningKeys,
    private readonly published: KeyManagerRecords,
    private readonly settings: OAuthSettings,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /** Makes the first key of every algorithm that has none. */
  async ensureKeys(tx: Transaction): Promise<void> {
    for (const algorithm of signingAlgorithms) {
      if (!(await tx.manager.existsBy(SigningKey, { algorithm }))) await this.add(tx, algorithm, this.clock.nowMs());
    }
  }

  /** Oldest first. */
  async list(ctx?: RequestContext): Promise<SigningKeyView[]> {
    const manager = ctx ? managerOf(this.db, ctx) : this.db.manager;
    const rows = await manager.find(SigningKey, { order: { signsFrom: 'ASC', id: 'ASC' } });
    const nowMs = this.clock.nowMs();
    return rows.map((row): SigningKeyView => {
      const { kid, algorithm, createdAt, signsFrom, lastExpiresAt } = row;
      const active = rows.findLast((each) => each.algorithm === algorithm && each.signsFrom <= nowMs);
      const state = signsFrom > nowMs ? 'NEXT' : row === active ? 'ACTIVE' : 'RETIRED';
      return { kid, algorithm, state, createdAt, signsFrom, lastExpiresAt };
    });
  }

  /**
   * Publishes a key that signs `[tollgate.tokens] key_ahead_seconds` from now.
   * @throws ConflictError while another one of the algorithm waits
   */
  rotate(ctx: RequestContext, algorithm: SigningAlgorithm): Promise<SigningKeyView> {
    return this.db.transaction(ctx, async (tx) => {
      const next = (await this.list(tx)).find((key) => key.algorithm === algorithm && key.state === 'NEXT');
      if (next)
        throw new ConflictError(
          'KEY_ROTATION_UNDERWAY',
          `The key ${next.kid} takes over at ${new Date(next.signsFrom).toISOString()} already.`,
          'Wait until then, or withdraw a key to replace it at once.',
        );
      const kid = await this.add(tx, algorithm, this.clock.nowMs() + this.settings.keyAheadMs);
      await this.published.publishAll(tx);
      return this.viewOf(tx, kid);
    });
  }

  /** A key that others have seen: every token that it signed is refused from now on, and another signs at once. */
  withdraw(ctx: RequestContext, kid: string): Promise<void> {
    return this.db.transaction(ctx, async (tx) => {
      const { algorithm, state } = await this.viewOf(tx, kid);
      await tx.manager.delete(SigningKey, { kid });
      if (state === 'ACTIVE') await this.add(tx, algorithm, this.clock.nowMs());
      tx.afterCommit(() => this.keys.forget());
      await this.published.publishAll(tx);
    });
  }

  /** Rotates every algorithm whose key has signed for `[tollgate.tokens] key_rotation_days`. @returns how many */
  async rotateDue(nowMs: number): Promise<number> {
    if (this.settings.keyLifetimeMs === 0) return 0;
    const all = await this.list();
    const due = all.filter((key) => key.state === 'ACTIVE' && nowMs - key.signsFrom >= this.settings.keyLifetimeMs);
    const waiting = new Set(all.filter((key) => key.state === 'NEXT').map((key) => key.algorithm));
    const algorithms = due.map((key) => key.algorithm).filter((algorithm) => !waiting.has(algorithm));
    for (const algorithm of algorithms) await this.rotate(systemContext(superOrganization, 'job'), algorithm);
    return algorithms.length;
  }

  /** Removes keys that were replaced and whose last token has expired. @returns how many */
  async removeRetired(nowMs: number): Promise<number> {
    return this.db.transaction(systemContext(superOrganization, 'job'), async (tx) => {
      let removed = 0;
      for (const { kid, algorithm, state } of await this.list(tx)) {
        const successor = (await this.list(tx)).find((key) => key.algorithm === algorithm && key.state === 'ACTIVE');
        if (state !== 'RETIRED' || !successor || successor.signsFrom + graceMs > nowMs) continue;
        // In the statement itself: a process that signs a last token raises the mark first.
        const gone = await tx.manager.delete(SigningKey, { kid, lastExpiresAt: LessThan(nowMs - graceMs) });
        removed += gone.affected ?? 0;
      }
      if (removed > 0) await this.published.publishAll(tx);
      return removed;
    });
  }

  private async viewOf(tx: Transaction, kid: string): Promise<SigningKeyView> {
    const found = (await this.list(tx)).find((key) => key.kid === kid);
    if (!found) throw new NotFoundError('Signing key', kid);
    return found;
  }

  private async add(tx: Transaction, algorithm: SigningAlgorithm, signsFrom: number): Promise<string> {
    const { privateKey, publicKey } = await keyPair(algorithm);
    const bare = await exportJWK(publicKey);
    const kid = `${await calculateJwkThumbprint(bare)}_${algorithm}`;
    await tx.manager.insert(SigningKey, {
      kid,
      algorithm,
      privateKeySealed: this.box.seal(privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, signingKeyPurpose),
      publicJwk: { ...bare, kid, use: 'sig', alg: algorithm } as never,
      createdAt: this.clock.nowMs(),
      signsFrom,
      lastExpiresAt: 0,
    });
    tx.afterCommit(() => this.keys.forget());
    return kid;
  }
}

function keyPair(algorithm: SigningAlgorithm): Promise<{ privateKey: KeyObject; publicKey: KeyObject }> {
  const generate = promisify(generateKeyPair);
  if (algorithm === 'RS256') return generate('rsa', { modulusLength: 2048 });
  return algorithm === 'ES256' ? generate('ec', { namedCurve: 'P-256' }) : generate('ed25519');
}
