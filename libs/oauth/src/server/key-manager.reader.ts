import { Injectable } from '@nestjs/common';
import { Database, managerOf, type RequestContext } from '@tollgate/database';
import { KeyManager } from './key-manager.entity.js';

/** What others may know of an organization's key managers. */
@Injectable()
export class KeyManagerReader {
  constructor(private readonly db: Database) {}

  /** Names of all, also of those that are switched off; the resident one first. */
  async names(ctx: RequestContext): Promise<string[]> {
    const { organization } = ctx;
    const rows = await managerOf(this.db, ctx).find(KeyManager, { where: { organization }, order: { id: 'ASC' } });
    return rows.map(({ name }) => name);
  }
}
