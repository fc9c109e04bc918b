import type { RequestContext } from '@tollgate/database';
import type { SelectQueryBuilder } from 'typeorm';
import type { Api } from './api.entity.js';
import { ApiLabel, type LabelKind } from './api-parts.entity.js';

const adminRole = 'admin';

/** Name that owns what this caller makes; the form of `provider`. */
export function callerName(ctx: RequestContext): string {
  return ctx.principal?.userName ?? 'system';
}

/** True when access control does not concern the caller: the system itself, and administrators. */
export function seesEverything(ctx: RequestContext): boolean {
  return ctx.principal === null || ctx.principal.roles.includes(adminRole);
}

function labelExists(query: SelectQueryBuilder<Api>, kind: LabelKind): string {
  return query
    .subQuery()
    .select('1')
    .from(ApiLabel, 'l')
    .where(`l.apiId = api.id AND l.kind = '${kind}' AND l.value IN (:...callerRoles)`)
    .getQuery();
}

/** Leaves APIs whose access control names none of the caller's roles out: for the publisher. */
export function onlyManageable(query: SelectQueryBuilder<Api>, ctx: RequestContext): SelectQueryBuilder<Api> {
  if (seesEverything(ctx)) return query;
  return query.andWhere(
    `(api.accessRestricted = :open OR api.provider = :caller OR EXISTS ${labelExists(query, 'access-role')})`,
    { open: false, caller: callerName(ctx), callerRoles: rolesOf(ctx) },
  );
}

/** Leaves APIs out that subscribers do not see: for the devportal. A context without a user is a visitor. */
export function onlySubscribable(query: SelectQueryBuilder<Api>, ctx: RequestContext): SelectQueryBuilder<Api> {
  query.andWhere('api.state IN (:...visibleStates)', {
    visibleStates: ['PUBLISHED', 'PROTOTYPED', 'BLOCKED', 'DEPRECATED'],
  });
  if (ctx.principal === null) return query.andWhere('api.visibility = :public', { public: 'PUBLIC' });
  if (seesEverything(ctx)) return query;
  return query.andWhere(`(api.visibility IN (:...openVisibility) OR EXISTS ${labelExists(query, 'visible-role')})`, {
    openVisibility: ['PUBLIC', 'PRIVATE'],
    callerRoles: rolesOf(ctx),
  });
}

/** Never empty, so that `IN ()` is never written. */
function rolesOf(ctx: RequestContext): readonly string[] {
  const roles = ctx.principal?.roles ?? [];
  return roles.length > 0 ? roles : [''];
}
