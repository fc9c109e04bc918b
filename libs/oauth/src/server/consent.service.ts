import { Inject, Injectable } from '@nestjs/common';
import { tollgateClock, type Clock } from '@tollgate/base';
import { Database, type Transaction } from '@tollgate/database';
import { Consent } from './sign-in.entities.js';

interface ConsentKey {
  readonly organization: string;
  readonly userName: string;
  readonly consumerKey: string;
}

/** What users allowed clients. */
@Injectable()
export class Consents {
  constructor(
    private readonly db: Database,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /** True when the user allowed the client all of these before. */
  async covers({ organization, userName, consumerKey }: ConsentKey, scopes: readonly string[]): Promise<boolean> {
    const found = await this.db.manager.findOneBy(Consent, { organization, userName, consumerKey });
    return found !== null && scopes.every((scope) => found.scopes.includes(scope));
  }

  /** Adds to what was allowed. */
  async allow(tx: Transaction, key: ConsentKey, scopes: readonly string[]): Promise<void> {
    const { organization, userName, consumerKey } = key;
    const found = await tx.manager.findOneBy(Consent, { organization, userName, consumerKey });
    const all = [...new Set([...(found?.scopes ?? []), ...scopes])];
    const row = { organization, userName, consumerKey, scopes: all, updatedAt: this.clock.nowMs() };
    await tx.manager.upsert(Consent, row, ['organization', 'userName', 'consumerKey']);
  }

  async forgetUser(tx: Transaction, organization: string, userName: string): Promise<void> {
    await tx.manager.delete(Consent, { organization, userName });
  }
}
