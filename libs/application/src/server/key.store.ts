import { Injectable } from '@nestjs/common';
import { NotFoundError } from '@tollgate/base';
import { Database, managerOf, type RequestContext } from '@tollgate/database';
import { residentKeyManager } from '@tollgate/oauth/contract';
import type { KeyType } from '../contract/index.js';
import { ApplicationKey } from './application-key.entity.js';
import type { Application } from './application.entity.js';

/** Names one key mapping of an application; by type it is the resident key manager's. */
export type KeySelector = { readonly uuid: string } | { readonly keyType: KeyType };

@Injectable()
export class KeyStore {
  constructor(private readonly db: Database) {}

  list(ctx: RequestContext, application: Application): Promise<ApplicationKey[]> {
    return managerOf(this.db, ctx).find(ApplicationKey, {
      where: { applicationId: application.id },
      order: { id: 'ASC' },
    });
  }

  /** @throws NotFoundError when the application has no such keys */
  async get(ctx: RequestContext, application: Application, which: KeySelector): Promise<ApplicationKey> {
    const id = 'uuid' in which ? which : { keyType: which.keyType, keyManager: residentKeyManager };
    const found = await managerOf(this.db, ctx).findOneBy(ApplicationKey, { applicationId: application.id, ...id });
    if (!found) throw new NotFoundError('Key mapping', 'uuid' in which ? which.uuid : which.keyType);
    return found;
  }
}
