import { Injectable } from '@nestjs/common';
import { Database, managerOf, type RequestContext } from '@tollgate/database';
import { Organization } from './identity.entities.js';

export interface OrganizationView {
  readonly id: number;
  readonly uuid: string;
  readonly domain: string;
  readonly active: boolean;
  readonly createdAt: number;
}

/** What other domains may ask about organizations. */
@Injectable()
export class OrganizationReader {
  constructor(private readonly db: Database) {}

  /** By exact domain; null when there is none. */
  async find(domain: string, ctx?: RequestContext): Promise<OrganizationView | null> {
    const manager = ctx ? managerOf(this.db, ctx) : this.db.manager;
    const found = await manager.findOneBy(Organization, { domain });
    return found?.domain === domain ? found : null;
  }

  async findByUuid(uuid: string): Promise<OrganizationView | null> {
    return this.db.manager.findOneBy(Organization, { uuid });
  }

  /** All, in the order they were made. */
  async list(ctx?: RequestContext): Promise<readonly OrganizationView[]> {
    const manager = ctx ? managerOf(this.db, ctx) : this.db.manager;
    return manager.find(Organization, { order: { id: 'ASC' } });
  }
}
