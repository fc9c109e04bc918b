import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SecretBox } from '@tollgate/base';
import { BatchLoader, Database } from '@tollgate/database';
import { In, LessThanOrEqual } from 'typeorm';
import { opaqueTokenPrefix } from '../domain/index.js';
import { OpaqueToken } from './opaque-token.entity.js';

const purpose = 'opaque-token';

/** Random texts that stand for access tokens, for clients that must not see what a token says. */
@Injectable()
export class OpaqueTokens {
  private readonly loader = new BatchLoader((digests) => this.loadAll(digests));

  constructor(
    private readonly db: Database,
    private readonly box: SecretBox,
  ) {}

  /** @returns the text to give out instead of `jwt` */
  async keep(jwt: string, expiresAtMs: number): Promise<string> {
    const text = opaqueTokenPrefix + randomBytes(32).toString('base64url');
    const row = { digest: this.box.digest(text, purpose), jwtSealed: this.box.seal(jwt, purpose) };
    await this.db.manager.insert(OpaqueToken, { ...row, expiresAt: expiresAtMs });
    return text;
  }

  /** Null for a text that was not given out, or whose token has expired and is forgotten. */
  async jwtOf(text: string): Promise<string | null> {
    const row = await this.loader.load(this.box.digest(text, purpose));
    return row && this.box.open(row.jwtSealed, purpose);
  }

  async removeExpired(nowMs: number): Promise<number> {
    return (await this.db.manager.delete(OpaqueToken, { expiresAt: LessThanOrEqual(nowMs) })).affected ?? 0;
  }

  private async loadAll(digests: readonly string[]): Promise<ReadonlyMap<string, OpaqueToken>> {
    const rows = await this.db.manager.findBy(OpaqueToken, { digest: In([...digests]) });
    return new Map(rows.map((row) => [row.digest, row]));
  }
}
