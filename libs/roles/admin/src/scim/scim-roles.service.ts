import { Injectable } from '@nestjs/common';
import { ConflictError, InvalidInputError, NotFoundError } from '@tollgate/base';
import { Database, type RequestContext, type Transaction } from '@tollgate/database';
import { adminRole, everyoneRole } from '@tollgate/identity/domain';
import { RoleService, UserReader, UserService, type RoleView as Role, type UserView } from '@tollgate/identity/server';
import { listResponse, matches, parseFilter, type ScimListQuery } from './scim-list.js';
import { memberChange, type MemberChange, type NewRoleBody, type RoleView } from './scim-role.js';
import type { PatchBody } from './scim-patch.js';

/** Where a resource is shown: the view and the path of the organization. */
export interface RolePlace {
  readonly view: RoleView;
  readonly base: string;
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

  /** Without members: they are read with the single role. */
  async list(ctx: RequestContext, query: ScimListQuery, place: RolePlace): Promise<object> {
    const filter = parseFilter(query.filter, 'displayName');
    const found = (await this.roles.list(ctx.organization)).filter((role) => matches(filter, role.name));
    const page = found.slice(query.startIndex - 1, query.startIndex - 1 + query.count);
    return listResponse(
      page.map((role) => resource(role, place, null)),
      found.length,
      query.startIndex,
    );
  }

  async get(ctx: RequestContext, id: string, place: RolePlace): Promise<object> {
    return this.show(ctx, await this.getOrThrow(ctx, id), place);
  }

  async create(ctx: RequestContext, body: NewRoleBody, place: RolePlace): Promise<{ id: string; body: object }> {
    const ids = [...(body.users ?? []), ...(body.members ?? [])].map((member) => member.value);
    const role = await this.db.transaction(ctx, async (tx) => {
      const made = await this.roles.create(tx, body.displayName);
      await this.give(tx, made, ids);
      return made;
    });
    return { id: role.uuid, body: await this.show(ctx, role, place) };
  }

  /** All operations or none. */
  async patch(ctx: RequestContext, id: string, body: PatchBody, place: RolePlace): Promise<object> {
    const role = await this.getOrThrow(ctx, id);
    const changes = body.Operations.map(memberChange);
    const current = await this.reader.withRole(ctx.organization, role.name);
    await this.db.transaction(ctx, async (tx) => {
      for (const change of changes) await this.apply(tx, role, change, current);
    });
    return this.show(ctx, role, place);
  }

  async delete(ctx: RequestContext, id: string): Promise<void> {
    await this.roles.delete(ctx, id);
  }

  private async apply(tx: Transaction, role: Role, change: MemberChange, current: readonly UserView[]): Promise<void> {
    const present = current.map((user) => user.uuid);
    if (change.op === 'remove') return this.take(tx, role, change.ids ?? present);
    const wanted = change.ids ?? [];
    if (change.op === 'replace')
      await this.take(
        tx,
        role,
        present.filter((id) => !wanted.includes(id)),
      );
    await this.give(tx, role, wanted);
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

  private async show(ctx: RequestContext, role: Role, place: RolePlace): Promise<object> {
    const members = role.name === everyoneRole ? null : await this.reader.withRole(ctx.organization, role.name);
    return resource(role, place, members);
  }
}

/** @param members null: not said */
function resource(role: Role, { view, base }: RolePlace, members: readonly UserView[] | null): object {
  const shown = members?.map((user) => ({
    value: user.uuid,
    display: user.userName,
    $ref: `${base}/Users/${user.uuid}`,
  }));
  return {
    schemas: [view.schema],
    id: role.uuid,
    displayName: role.name,
    ...(shown ? { [view.membersKey]: shown } : {}),
    meta: { resourceType: view.resourceType, location: `${base}/${view.path}/${role.uuid}` },
  };
}
