import { Injectable } from '@nestjs/common';
import { ConflictError, InvalidInputError, NotFoundError } from '@tollgate/base';
import { Database, type RequestContext, type Transaction } from '@tollgate/database';
import { adminRole, everyoneRole } from '@tollgate/identity/domain';
import { RoleService, UserReader, UserService, type RoleView as Role, type UserView } from '@tollgate/identity/server';
import type { Filter } from './protocol/filter-ast.js';
import { matchesFilter } from './protocol/filter-match.js';
import { parseFilter } from './protocol/filter-parser.js';
import { patched } from './protocol/patch.js';
import type { PatchBody } from './protocol/patch-body.js';
import type { Resource } from './protocol/schema.js';
import { sortPath } from './protocol/sorting.js';
import { readRole, withMembersKey } from './role-body.js';
import type { RoleView } from './role-type.js';
import { listResponse, pageOf, projectionOf, sorted, sortKeyOf, type ScimListQuery } from './scim-list.js';
import { ScimRequestError } from './scim-error.js';
import type { Shown } from './scim-shown.js';

/** Where a resource is shown: the view and the path of the organization. */
export interface RolePlace {
  readonly view: RoleView;
  readonly base: string;
}

interface RoleChange {
  readonly expectedVersion?: number | undefined;
}

/** Roles of an organization as SCIM resources. */
@Injectable()
export class ScimRolesService {
  constructor(
    private readonly db: Database,
    private readonly roles: RoleService,
    private readonly users: UserService,
    private readonly reader: UserReader,
  ) {}

  async list(ctx: RequestContext, query: ScimListQuery, place: RolePlace): Promise<object> {
    const { type, membersKey } = place.view;
    const filter = query.filter?.trim() ? parseFilter(query.filter, type) : null;
    if (query.sortBy !== undefined) sortPath(type, query.sortBy);
    const projection = projectionOf(query);
    const found: { role: Role; key: string | null }[] = [];
    const looksAtMembers = filter !== null && mentions(filter, membersKey);
    for (const role of await this.roles.list(ctx.organization)) {
      const resource = looksAtMembers ? (await this.show(ctx, role, place)).body : resourceOf(role, place, null);
      if (filter === null || matchesFilter(filter, resource))
        found.push({ role, key: sortKeyOf(resource, type, query) });
    }
    const hidden = projection.excludedAttributes.some((name) => name.toLowerCase() === membersKey);
    const page: Resource[] = [];
    for (const { role } of pageOf(sorted(found, query), query))
      page.push(hidden ? resourceOf(role, place, null) : (await this.show(ctx, role, place)).body);
    return listResponse(page, found.length, { startIndex: query.startIndex, type, projection });
  }

  async get(ctx: RequestContext, id: string, place: RolePlace): Promise<Shown> {
    return this.show(ctx, await this.getOrThrow(ctx, id), place);
  }

  async create(ctx: RequestContext, given: Resource, place: RolePlace): Promise<Shown> {
    const body = readRole(withMembersKey(given, place.view), place.view);
    const role = await this.db.transaction(ctx, async (tx) => {
      const made = await this.roles.create(tx, body.displayName);
      await this.give(tx, made, body.memberIds);
      return made;
    });
    return this.get(ctx, role.uuid, place);
  }

  /** The members become those named. */
  async replace(
    ctx: RequestContext,
    id: string,
    change: RoleChange & { given: Resource },
    place: RolePlace,
  ): Promise<Shown> {
    const body = readRole(withMembersKey(change.given, place.view), place.view);
    return this.change(ctx, id, change, place, () => body);
  }

  /** All operations or none. */
  async patch(
    ctx: RequestContext,
    id: string,
    change: RoleChange & { body: PatchBody },
    place: RolePlace,
  ): Promise<Shown> {
    const operations = change.body.Operations.map(({ op, path, value }) => ({
      op,
      ...(path === undefined ? {} : { path: path.replace(/^(?:users|members)(?=$|\[|\.)/i, place.view.membersKey) }),
      value: path === undefined ? withMembersKey(value as Resource, place.view) : value,
    }));
    return this.change(ctx, id, change, place, (before) =>
      readRole(patched(before, operations, place.view.type), place.view),
    );
  }

  async delete(ctx: RequestContext, id: string, expectedVersion?: number): Promise<void> {
    await this.db.transaction(ctx, async (tx) => {
      if (expectedVersion !== undefined) await this.roles.hold(tx, id, expectedVersion);
      await this.roles.delete(tx, id);
    });
  }

  private async change(
    ctx: RequestContext,
    id: string,
    { expectedVersion }: RoleChange,
    place: RolePlace,
    wanted: (before: Resource) => { displayName: string; memberIds: readonly string[] },
  ): Promise<Shown> {
    await this.db.transaction(ctx, async (tx) => {
      const role = await this.roles.hold(tx, id, expectedVersion);
      const present = await this.membersOf(tx, role);
      const { displayName, memberIds } = wanted(resourceOf(role, place, present));
      if (displayName !== role.name) throw new ScimRequestError('mutability', 'The name of a role cannot be changed.');
      const before = (present ?? []).map((user) => user.uuid);
      await this.take(
        tx,
        role,
        before.filter((uuid) => !memberIds.includes(uuid)),
      );
      await this.give(
        tx,
        role,
        memberIds.filter((uuid) => !before.includes(uuid)),
      );
    });
    return this.get(ctx, id, place);
  }

  private async give(tx: Transaction, role: Role, ids: readonly string[]): Promise<void> {
    for (const user of await this.usersOf(tx, ids))
      await this.users.changeRoles(tx, user.userName, { give: [role.name] });
  }

  private async take(tx: Transaction, role: Role, ids: readonly string[]): Promise<void> {
    for (const user of await this.usersOf(tx, ids)) {
      // So an organization always keeps the administrator who does this.
      if (role.name === adminRole && user.userName === tx.principal?.userName)
        throw new ConflictError(
          'OWN_ACCOUNT',
          'You cannot take the role admin from yourself.',
          'Let another administrator do it.',
        );
      await this.users.changeRoles(tx, user.userName, { take: [role.name] });
    }
  }

  private async usersOf(tx: Transaction, ids: readonly string[]): Promise<UserView[]> {
    const users: UserView[] = [];
    for (const id of new Set(ids)) {
      const user = await this.reader.findByUuid(tx.organization, id, tx);
      if (!user) throw new InvalidInputError([{ field: 'value', message: `There is no user with the id "${id}".` }]);
      users.push(user);
    }
    return users;
  }

  private async getOrThrow(ctx: RequestContext, id: string): Promise<Role> {
    const role = await this.roles.findByUuid(ctx.organization, id);
    if (!role) throw new NotFoundError('Role', id);
    return role;
  }

  /** Null for the role that everybody has. */
  private async membersOf(ctx: RequestContext, role: Role): Promise<readonly UserView[] | null> {
    return role.name === everyoneRole ? null : this.reader.withRole(ctx.organization, role.name, ctx);
  }

  private async show(ctx: RequestContext, role: Role, place: RolePlace): Promise<Shown> {
    const body = resourceOf(role, place, await this.membersOf(ctx, role));
    const location = `${place.base}/${place.view.path}/${role.uuid}`;
    return { id: role.uuid, body, version: roleVersion(role), location };
  }
}

function roleVersion(role: Role): string {
  return `W/"${role.rowVersion}"`;
}

/** @param members null: not said */
function resourceOf(role: Role, { view, base }: RolePlace, members: readonly UserView[] | null): Resource {
  const shown = members?.map((user) => ({
    value: user.uuid,
    display: user.userName,
    $ref: `${base}/Users/${user.uuid}`,
  }));
  return {
    schemas: [view.type.schema.id],
    id: role.uuid,
    displayName: role.name,
    ...(shown ? { [view.membersKey]: shown } : {}),
    meta: {
      resourceType: view.type.name,
      location: `${base}/${view.path}/${role.uuid}`,
      created: new Date(role.createdAt).toISOString(),
      lastModified: new Date(role.updatedAt).toISOString(),
      version: roleVersion(role),
    },
  };
}

function mentions(filter: Filter, name: string): boolean {
  if (filter.kind === 'and' || filter.kind === 'or') return filter.parts.some((part) => mentions(part, name));
  if (filter.kind === 'not') return mentions(filter.part, name);
  return 'attribute' in filter.path && filter.path.attribute.name === name;
}
