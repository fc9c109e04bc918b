import { Injectable } from '@nestjs/common';
import { Database, managerOf, RecentLoader, type RequestContext } from '@tollgate/database';
import { In, Raw, type EntityManager } from 'typeorm';
import { adminRole, everyoneRole, userNameProblem } from '../domain/index.js';
import { Organization, Role, User, UserRole, type UserStatus } from './identity.entities.js';

export interface UserView {
  readonly id: number;
  readonly uuid: string;
  readonly userName: string;
  readonly organization: string;
  readonly email: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly profile: Readonly<Record<string, unknown>>;
  readonly roles: readonly string[];
  readonly status: UserStatus;
  /** The user and the organization may act now. */
  readonly active: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Counts the changes. */
  readonly rowVersion: number;
}

export interface UserPage {
  readonly users: readonly UserView[];
  readonly total: number;
}

/** What other domains and the REST surfaces may ask about users. */
@Injectable()
export class UserReader {
  private readonly loader: RecentLoader<UserView>;

  constructor(private readonly db: Database) {
    this.loader = new RecentLoader(db, (keys) => this.loadAll(db.manager, keys));
  }

  /**
   * By exact name; null when there is none.
   * @param ctx give the transaction when called inside one
   */
  async find(organization: string, userName: string, ctx?: RequestContext): Promise<UserView | null> {
    if (userNameProblem(userName) !== null) return null;
    const key = keyOf(organization, userName);
    if (!ctx) return this.loader.load(key);
    return (await this.loadAll(this.managerFor(ctx), [key])).get(key) ?? null;
  }

  /** By `keyOf`. */
  private async loadAll(manager: EntityManager, keys: readonly string[]): Promise<ReadonlyMap<string, UserView>> {
    const names = keys.map((key) => JSON.parse(key) as [organization: string, userName: string]);
    const { entities, raw } = await manager
      .createQueryBuilder(User, 'user')
      .leftJoin(Organization, 'organization', 'organization.domain = user.organization')
      .leftJoin(UserRole, 'link', 'link.userId = user.id')
      .leftJoin(Role, 'role', 'role.id = link.roleId')
      .addSelect('organization.active', 'open')
      .addSelect('role.name', 'role')
      .where('user.organization IN (:...organizations) AND user.userName IN (:...userNames)', {
        organizations: [...new Set(names.map(([organization]) => organization))],
        userNames: [...new Set(names.map(([, userName]) => userName))],
      })
      .getRawAndEntities<{ open: boolean | number | null; role: string | null; user_id: number }>();
    const found = new Map<string, UserView>();
    for (const user of entities) {
      const rows = raw.filter((row) => Number(row.user_id) === user.id);
      const roles = rows.map((row) => row.role).filter((role) => role !== null);
      // By the texts that the database found: some collations ignore trailing spaces.
      found.set(keyOf(user.organization, user.userName), viewOf(user, roles, Boolean(rows[0]?.open)));
    }
    return found;
  }

  async findByUuid(organization: string, uuid: string, ctx?: RequestContext): Promise<UserView | null> {
    const manager = this.managerFor(ctx);
    const user = await manager.findOneBy(User, { organization, uuid });
    return user ? ((await this.views(manager, [user]))[0] ?? null) : null;
  }

  /** Ordered by name. `skip` and `take` count users. */
  async list(
    organization: string,
    page: { skip: number; take: number; nameContains?: string; nameStartsWith?: string },
  ): Promise<UserPage> {
    const pattern = likePattern(page);
    const where =
      pattern === null
        ? { organization }
        : { organization, userName: Raw((column) => `${column} LIKE :pattern ESCAPE '!'`, { pattern }) };
    const [rows, total] = await this.db.manager.findAndCount(User, {
      where,
      order: { userName: 'ASC' },
      skip: page.skip,
      take: page.take,
    });
    return { users: await this.views(this.db.manager, rows), total };
  }

  /** Those of these ids that exist, in the order given. */
  async findAll(organization: string, uuids: readonly string[]): Promise<readonly UserView[]> {
    if (uuids.length === 0) return [];
    const rows = await this.db.manager.findBy(User, { organization, uuid: In([...uuids]) });
    const views = new Map((await this.views(this.db.manager, rows)).map((view) => [view.uuid, view]));
    return uuids.flatMap((uuid) => views.get(uuid) ?? []);
  }

  /** Users who hold this role, ordered by name. */
  async withRole(organization: string, roleName: string, ctx?: RequestContext): Promise<readonly UserView[]> {
    const manager = this.managerFor(ctx);
    const role = await manager.findOneBy(Role, { organization, name: roleName });
    if (!role) return [];
    const links = await manager.findBy(UserRole, { roleId: role.id });
    const users = await manager.find(User, {
      where: { id: In(links.map((link) => link.userId)) },
      order: { userName: 'ASC' },
    });
    return this.views(manager, users);
  }

  /** True for a user who may administer the organization. */
  isAdmin(user: UserView): boolean {
    return user.active && user.roles.includes(adminRole);
  }

  private managerFor(ctx: RequestContext | undefined): EntityManager {
    return ctx ? managerOf(this.db, ctx) : this.db.manager;
  }

  private async views(manager: EntityManager, users: readonly User[]): Promise<UserView[]> {
    if (users.length === 0) return [];
    const roles = await this.rolesOf(manager, users);
    const organizations = await manager.findBy(Organization, { domain: In(users.map((user) => user.organization)) });
    const open = new Set(organizations.filter((row) => row.active).map((row) => row.domain));
    return users.map((user) => viewOf(user, roles.get(user.id) ?? [], open.has(user.organization)));
  }

  /** Role names by user id, in one statement. */
  private async rolesOf(
    manager: EntityManager,
    users: readonly User[],
  ): Promise<ReadonlyMap<number, readonly string[]>> {
    const rows = await manager
      .createQueryBuilder(UserRole, 'link')
      .innerJoin(Role, 'role', 'role.id = link.roleId')
      .select('link.userId', 'userId')
      .addSelect('role.name', 'name')
      .where('link.userId IN (:...ids)', { ids: users.map((user) => user.id) })
      .getRawMany<{ userId: number; name: string }>();
    const names = new Map<number, string[]>();
    for (const { userId, name } of rows) names.set(userId, [...(names.get(userId) ?? []), name]);
    return names;
  }
}

function likePattern(page: { nameContains?: string; nameStartsWith?: string }): string | null {
  const escaped = (text: string): string => text.replaceAll(/[!%_]/g, '!$&');
  if (page.nameStartsWith) return `${escaped(page.nameStartsWith)}%`;
  return page.nameContains ? `%${escaped(page.nameContains)}%` : null;
}

/** @param organizationOpen whether the user's organization may act now */
function viewOf(user: User, roles: readonly string[], organizationOpen: boolean): UserView {
  return {
    ...publicFields(user),
    roles: [...new Set([...roles, everyoneRole])].sort(),
    active: user.status === 'ACTIVE' && organizationOpen,
  };
}

function publicFields(user: User): Omit<UserView, 'roles' | 'active'> {
  const { id, uuid, userName, organization, email, givenName, familyName, status } = user;
  const { createdAt, updatedAt, rowVersion } = user;
  const profile = (user.profile ?? {}) as Readonly<Record<string, unknown>>;
  return {
    id,
    uuid,
    userName,
    organization,
    email,
    givenName,
    familyName,
    profile,
    status,
    createdAt,
    updatedAt,
    rowVersion,
  };
}

function keyOf(organization: string, userName: string): string {
  return JSON.stringify([organization, userName]);
}
