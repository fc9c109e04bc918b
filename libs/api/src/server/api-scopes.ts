import { Injectable } from '@nestjs/common';
import { ConflictError } from '@tollgate/base';
import { Database, type Transaction } from '@tollgate/database';
import type { ApiScopeText } from '@tollgate/oauth/server';
import { In, Not } from 'typeorm';
import type { ApiBody } from '../domain/index.js';
import type { Api } from './api.entity.js';
import { ApiScopeBinding } from './api-scope.entity.js';

/** The scopes that APIs define. */
@Injectable()
export class ApiScopes {
  constructor(private readonly db: Database) {}

  /**
   * Makes the scopes of an API those of its body.
   * @throws ConflictError when an API of another name has one of them: its roles would otherwise be decided elsewhere
   */
  async write(tx: Transaction, api: Api, body: ApiBody): Promise<void> {
    const { id: apiId, organization, name: apiName } = api;
    await tx.manager.delete(ApiScopeBinding, { apiId });
    if (body.scopes.length === 0) return;
    const names = body.scopes.map((entry) => entry.scope.name);
    const taken = await tx.manager.findOneBy(ApiScopeBinding, { organization, name: In(names), apiName: Not(apiName) });
    if (taken) throw scopeTaken(taken);
    const rows = body.scopes.map(({ scope }) => ({
      apiId,
      organization,
      apiName,
      name: scope.name,
      displayName: (scope.displayName ?? '').slice(0, 255),
      description: scope.description ?? null,
      roles: [...scope.bindings],
    }));
    await tx.manager.insert(ApiScopeBinding, rows);
  }

  /**
   * Roles by scope, for those of `names` that exist; empty means anybody. Where versions of an API differ, a scope that
   * one of them binds is never open to anybody.
   */
  async rolesOf(organization: string, names: readonly string[]): Promise<Map<string, readonly string[]>> {
    if (names.length === 0) return new Map();
    const rows = await this.db.manager.findBy(ApiScopeBinding, { organization, name: In([...names]) });
    const roles = new Map<string, readonly string[]>();
    for (const row of rows) roles.set(row.name, [...new Set([...(roles.get(row.name) ?? []), ...row.roles])]);
    return roles;
  }

  /** What people read of those of `names` that exist. */
  async textsOf(organization: string, names: readonly string[]): Promise<Map<string, ApiScopeText>> {
    if (names.length === 0) return new Map();
    const rows = await this.db.manager.findBy(ApiScopeBinding, { organization, name: In([...names]) });
    return new Map(rows.map((row) => [row.name, { displayName: row.displayName, description: row.description ?? '' }]));
  }
}

function scopeTaken(taken: ApiScopeBinding): ConflictError {
  return new ConflictError(
    'SCOPE_TAKEN',
    `The scope "${taken.name}" belongs to the API "${taken.apiName}".`,
    'Choose another name for the scope.',
  );
}
