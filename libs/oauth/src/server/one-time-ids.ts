import { Inject, Injectable } from '@nestjs/common';
import { SecretBox, tollgateClock, type Clock } from '@tollgate/base';
import { Database, isDuplicateKey } from '@tollgate/database';
import { LessThanOrEqual } from 'typeorm';
import { OneTimeId } from './device.entities.js';

/** Identifiers that count once in the whole installation, as long as what carries them is valid. */
@Injectable()
export class OneTimeIds {
  constructor(
    private readonly db: Database,
    private readonly box: SecretBox,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /**
   * True for the first of any number of callers.
   * @param purpose and whose it is, so that the ids of one cannot use up those of another
   */
  async use(purpose: string, id: string, expiresAtMs: number): Promise<boolean> {
    const digest = this.box.digest(JSON.stringify([purpose, id]), 'one-time-id');
    try {
      await this.db.manager.insert(OneTimeId, { digest, expiresAt: Math.max(expiresAtMs, this.clock.nowMs()) });
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  async removeExpired(nowMs: number): Promise<number> {
    return (await this.db.manager.delete(OneTimeId, { expiresAt: LessThanOrEqual(nowMs) })).affected ?? 0;
  }
}
