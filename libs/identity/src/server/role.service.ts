import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { tollgateClock, type Clock } from '@tollgate/base';
import { Database, type Transaction } from '@tollgate/database';
import { defaultRoles } from '../domain/index.js';
import { Role } from './identity.entities.js';

export interface RoleView {
  readonly uuid: string;
  readonly name: string;
}

/** Roles of an organization. */
@Injectable()
export class RoleService {
  constructor(
    private readonly db: Database,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /** Ordered by name. */
  async list(organization: string): Promise<readonly RoleView[]> {
    return this.db.manager.find(Role, { where: { organization }, order: { name: 'ASC' } });
  }

  async exists(organization: string, name: string): Promise<boolean> {
    const role = await this.db.manager.findOneBy(Role, { organization, name });
    return role?.name === name;
  }

  /** Adds the default roles that an organization lacks. */
  async ensureDefaults(tx: Transaction, organization: string): Promise<void> {
    const present = new Set((await tx.manager.findBy(Role, { organization })).map((role) => role.name));
    const nowMs = this.clock.nowMs();
    const missing = defaultRoles.filter((name) => !present.has(name));
    const row = (name: string): Omit<Role, 'id'> => ({
      uuid: randomUUID(),
      organization,
      rowVersion: 1,
      createdAt: nowMs,
      updatedAt: nowMs,
      name,
    });
    if (missing.length > 0) await tx.manager.insert(Role, missing.map(row));
  }
}
