import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ConflictError, NotFoundError, tollgateClock, type Clock } from '@tollgate/base';
import {
  Database,
  isDuplicateKey,
  managerOf,
  updateVersioned,
  type RequestContext,
  type Transaction,
} from '@tollgate/database';
import { checkRoleName, defaultRoles } from '../domain/index.js';
import { Role, UserRole } from './identity.entities.js';

export interface RoleView {
  readonly uuid: string;
  readonly name: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Counts the changes of who holds it. */
  readonly rowVersion: number;
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

  /** @param ctx give the transaction when called inside one */
  async exists(organization: string, name: string, ctx?: RequestContext): Promise<boolean> {
    const manager = ctx ? managerOf(this.db, ctx) : this.db.manager;
    const role = await manager.findOneBy(Role, { organization, name });
    return role?.name === name;
  }

  /** By id; null when there is none. */
  async findByUuid(organization: string, uuid: string): Promise<RoleView | null> {
    return this.db.manager.findOneBy(Role, { organization, uuid });
  }

  /** @throws InvalidInputError for a bad name, ConflictError when it is taken */
  async create(ctx: RequestContext, name: string): Promise<RoleView> {
    checkRoleName(name);
    return this.db.transaction(ctx, async (tx) => {
      const row = this.newRow(tx.organization, name);
      try {
        await tx.manager.insert(Role, row);
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        throw new ConflictError('ROLE_EXISTS', `A role named "${name}" exists already.`, 'Choose another name.');
      }
      return row;
    });
  }

  /**
   * Holds the role until the commit, so that who holds it stays as it is read next.
   * @throws NotFoundError, StaleVersionError when it changed since the caller read it
   */
  async hold(tx: Transaction, uuid: string, expectedVersion?: number): Promise<RoleView> {
    const role = await tx.manager.findOneBy(Role, { organization: tx.organization, uuid });
    if (!role) throw new NotFoundError('Role', uuid);
    const seen = expectedVersion === undefined ? {} : { expectedVersion };
    return updateVersioned(tx, Role, role, {}, { nowMs: this.clock.nowMs(), ...seen });
  }

  /** Takes it from its users too. @throws NotFoundError, ConflictError for a role that every organization has */
  async delete(ctx: RequestContext, uuid: string): Promise<void> {
    await this.db.transaction(ctx, async (tx) => {
      const role = await tx.manager.findOneBy(Role, { organization: tx.organization, uuid });
      if (!role) throw new NotFoundError('Role', uuid);
      if ((defaultRoles as readonly string[]).includes(role.name))
        throw new ConflictError(
          'ROLE_IS_BUILT_IN',
          `The role "${role.name}" is part of every organization.`,
          'Take it from its users instead.',
        );
      await tx.manager.delete(UserRole, { roleId: role.id });
      await tx.manager.delete(Role, { id: role.id });
    });
  }

  /** Adds the default roles that an organization lacks. */
  async ensureDefaults(tx: Transaction, organization: string): Promise<void> {
    const present = new Set((await tx.manager.findBy(Role, { organization })).map((role) => role.name));
    const missing = defaultRoles.filter((name) => !present.has(name));
    const rows = missing.map((name) => this.newRow(organization, name));
    if (rows.length > 0) await tx.manager.insert(Role, rows);
  }

  private newRow(organization: string, name: string): Omit<Role, 'id'> {
    const nowMs = this.clock.nowMs();
    return { uuid: randomUUID(), organization, rowVersion: 1, createdAt: nowMs, updatedAt: nowMs, name };
  }
}
