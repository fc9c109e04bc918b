import { Injectable } from '@nestjs/common';
import { Database, managerOf, type RequestContext, type Transaction } from '@tollgate/database';
import { defaultScopeRoles, grantableScopes } from '../domain/index.js';
import { ScopeMapping } from './identity.entities.js';

/** Which management scopes which roles give, per organization. */
@Injectable()
export class ScopeService {
  constructor(private readonly db: Database) {}

  /** Those of `requested` that `roles` give in this organization, in the order asked. */
  async grantable(
    organization: string,
    roles: readonly string[],
    requested: readonly string[],
    ctx?: RequestContext,
  ): Promise<string[]> {
    if (requested.length === 0) return [];
    return grantableScopes(await this.scopeRoles(organization, ctx), roles, requested);
  }

  /** The effective table: the defaults, changed by what the organization set. `admin` has every scope and is not listed. */
  async scopeRoles(organization: string, ctx?: RequestContext): Promise<ReadonlyMap<string, readonly string[]>> {
    const manager = ctx ? managerOf(this.db, ctx) : this.db.manager;
    const own = await manager.findBy(ScopeMapping, { organization });
    return new Map([...defaultScopeRoles, ...own.map((row) => [row.scope, row.roles] as const)]);
  }

  /** Sets the roles of scopes for `tx.organization`; others stay. */
  async setScopeRoles(tx: Transaction, roles: ReadonlyMap<string, readonly string[]>): Promise<void> {
    const { organization } = tx;
    for (const [scope, names] of roles)
      await tx.manager.upsert(ScopeMapping, { organization, scope, roles: [...names] }, ['organization', 'scope']);
  }
}
