import { Injectable } from '@nestjs/common';
import { ConflictError, NotFoundError } from '@tollgate/base';
import type { RequestContext } from '@tollgate/database';
import { RoleService, UserReader, UserService, type UserChanges, type UserView } from '@tollgate/identity/server';
import type { Filter } from './protocol/filter-ast.js';
import { matchesFilter } from './protocol/filter-match.js';
import { parseFilter } from './protocol/filter-parser.js';
import { patched } from './protocol/patch.js';
import type { PatchBody } from './protocol/patch-body.js';
import { isObject, type Resource } from './protocol/schema.js';
import { sortPath } from './protocol/sorting.js';
import { listResponse, pageOf, projectionOf, sorted, sortKeyOf, type ScimListQuery } from './scim-list.js';
import type { Shown } from './scim-shown.js';
import { changesOf, newUserOf, readUser, withoutStore } from './user-body.js';
import { userResource, userVersion } from './user-resource.js';
import { userType } from './user-type.js';

const scanBatch = 500;

/** Users of the caller's organization as SCIM resources. `base`: path of the service. */
@Injectable()
export class ScimUsersService {
  constructor(
    private readonly users: UserService,
    private readonly reader: UserReader,
    private readonly roles: RoleService,
  ) {}

  async list(ctx: RequestContext, query: ScimListQuery, base: string): Promise<object> {
    const filterText = filterWithoutStore(query.filter)?.trim();
    const filter = filterText ? parseFilter(filterText, userType) : null;
    if (query.sortBy !== undefined) sortPath(userType, query.sortBy);
    const roleIds = await this.roleIds(ctx);
    const show = (user: UserView): Resource => userResource(user, base, roleIds);
    const projection = projectionOf(query);
    const answer = (page: readonly UserView[], total: number): object =>
      listResponse(page.map(show), total, { startIndex: query.startIndex, type: userType, projection });
    if (filter === null && query.sortBy === undefined) {
      const { users, total } = await this.reader.list(ctx.organization, {
        skip: query.startIndex - 1,
        take: query.count,
      });
      return answer(users, total);
    }
    const found: { uuid: string; key: string | null }[] = [];
    for await (const user of this.candidates(ctx, filter)) {
      const resource = show(user);
      if (filter === null || matchesFilter(filter, resource))
        found.push({ uuid: user.uuid, key: sortKeyOf(resource, userType, query) });
    }
    const page = pageOf(sorted(found, query), query).map(({ uuid }) => uuid);
    return answer(await this.reader.findAll(ctx.organization, page), found.length);
  }

  async get(ctx: RequestContext, id: string, base: string): Promise<Shown> {
    return this.show(ctx, await this.getOrThrow(ctx, id), base);
  }

  async create(ctx: RequestContext, given: Resource, base: string): Promise<Shown> {
    return this.show(ctx, await this.users.create(ctx, newUserOf(readUser(given))), base);
  }

  /** @param expectedVersion from `If-Match` */
  async replace(
    ctx: RequestContext,
    id: string,
    change: { given: Resource; expectedVersion?: number | undefined },
    base: string,
  ): Promise<Shown> {
    const user = await this.getOrThrow(ctx, id);
    const changes = changesOf(user, readUser(change.given));
    return this.show(ctx, await this.update(ctx, user, changes, change.expectedVersion), base);
  }

  async patch(
    ctx: RequestContext,
    id: string,
    change: { body: PatchBody; expectedVersion?: number | undefined },
    base: string,
  ): Promise<Shown> {
    const user = await this.getOrThrow(ctx, id);
    const before = userResource(user, base, await this.roleIds(ctx));
    const changes = changesOf(user, readUser(patched(before, change.body.Operations, userType)));
    // Held to what was read: two patches at once do not undo each other.
    const expected = change.expectedVersion ?? user.rowVersion;
    return this.show(ctx, await this.update(ctx, user, changes, expected), base);
  }

  async delete(ctx: RequestContext, id: string, expectedVersion?: number): Promise<void> {
    const user = await this.getOrThrow(ctx, id);
    if (user.userName === ctx.principal?.userName)
      throw new ConflictError('OWN_ACCOUNT', 'You cannot delete your own account.', 'Let another administrator do it.');
    await this.users.delete(ctx, user.userName, expectedVersion);
  }

  /** Whom a filter can mean: one when it names the user, else everybody, read in pieces. */
  private async *candidates(ctx: RequestContext, filter: Filter | null): AsyncGenerator<UserView> {
    const userName = filter === null ? null : namedUser(filter);
    if (userName !== null) {
      const user = await this.reader.find(ctx.organization, userName);
      if (user) yield user;
      return;
    }
    for (let skip = 0; ; skip += scanBatch) {
      const { users } = await this.reader.list(ctx.organization, { skip, take: scanBatch });
      yield* users;
      if (users.length < scanBatch) return;
    }
  }

  private async update(
    ctx: RequestContext,
    user: UserView,
    changes: UserChanges,
    expectedVersion?: number,
  ): Promise<UserView> {
    if (user.userName === ctx.principal?.userName && changes.status !== undefined && changes.status !== 'ACTIVE')
      throw new ConflictError('OWN_ACCOUNT', 'You cannot lock your own account.', 'Let another administrator do it.');
    return this.users.update(ctx, user.userName, changes, expectedVersion === undefined ? {} : { expectedVersion });
  }

  private async getOrThrow(ctx: RequestContext, id: string): Promise<UserView> {
    const user = await this.reader.findByUuid(ctx.organization, id);
    if (!user) throw new NotFoundError('User', id);
    return user;
  }

  private async show(ctx: RequestContext, user: UserView, base: string): Promise<Shown> {
    const body = userResource(user, base, await this.roleIds(ctx));
    return { id: user.uuid, body, version: userVersion(user), location: `${base}/Users/${user.uuid}` };
  }

  private async roleIds(ctx: RequestContext): Promise<ReadonlyMap<string, string>> {
    return new Map((await this.roles.list(ctx.organization)).map((role) => [role.name, role.uuid]));
  }
}

/** `userName eq "ann"`, alone or as one of several conditions. */
function namedUser(filter: Filter): string | null {
  if (filter.kind === 'and') return filter.parts.map(namedUser).find((name) => name !== null) ?? null;
  if (filter.kind !== 'compare' || filter.operator !== 'eq' || !('attribute' in filter.path)) return null;
  const isName = filter.path.attribute.name === 'userName' && !isObject(filter.value);
  return isName && typeof filter.value === 'string' ? filter.value : null;
}

/** Clients put the name of the user store before the user name in filters too. */
function filterWithoutStore(filter: string | undefined): string | undefined {
  return filter?.replaceAll(/"((?:PRIMARY|DEFAULT)\/[^"\\]*)"/gi, (_, name: string) =>
    JSON.stringify(withoutStore(name)),
  );
}
