import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ConflictError, InvalidInputError, NotFoundError, tollgateClock, type Clock } from '@tollgate/base';
import { Database, isDuplicateKey, updateVersioned, type RequestContext, type Transaction } from '@tollgate/database';
import { In } from 'typeorm';
import { Workflows } from '@tollgate/workflow/server';
import { checkUserName, everyoneRole, PasswordRefusedError } from '../domain/index.js';
import { Role, User, UserRole, type UserStatus } from './identity.entities.js';
import { hashPassword, noPasswordHash } from './password-hash.js';
import { PasswordCheck } from './password-check.js';
import { PasswordPolicy } from './password-policy.js';
import { SignInThrottle } from './sign-in-throttle.js';
import { UserEvents } from './user-events.js';
import { UserReader, type UserView } from './user.reader.js';

export interface NewUser {
  readonly userName: string;
  /** Null: the user signs in elsewhere and has none here. */
  readonly password: string | null;
  readonly email?: string;
  readonly givenName?: string;
  readonly familyName?: string;
  readonly profile?: Readonly<Record<string, unknown>>;
  readonly roles?: readonly string[];
  readonly active?: boolean;
}

/** What is absent stays. */
export interface UserChanges {
  readonly password?: string;
  readonly email?: string;
  readonly givenName?: string;
  readonly familyName?: string;
  readonly profile?: Readonly<Record<string, unknown>>;
  readonly roles?: readonly string[];
  readonly status?: UserStatus;
}

export interface UserChangeOptions {
  /** The password was held against other rules before. */
  readonly passwordChecked?: boolean;
  /** What the caller saw, when it says so. */
  readonly expectedVersion?: number;
}

export interface OwnPasswordChange {
  readonly currentPassword: string;
  readonly newPassword: string;
  /** From where; wrong present passwords count as failed sign-ins. */
  readonly address?: string | undefined;
}

export const signUpWorkflow = 'AM_USER_SIGNUP';

/** Users of an organization; every method acts within `ctx.organization`. */
@Injectable()
export class UserService {
  constructor(
    private readonly db: Database,
    private readonly reader: UserReader,
    private readonly events: UserEvents,
    private readonly passwords: PasswordPolicy,
    private readonly passwordCheck: PasswordCheck,
    private readonly throttle: SignInThrottle,
    private readonly workflows: Workflows,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /**
   * @param checked the password was held against other rules before
   * @throws InvalidInputError for a bad name, password or role, ConflictError when the name is taken
   */
  async create(ctx: RequestContext, input: NewUser, checked = false): Promise<UserView> {
    checkUserName(input.userName);
    if (!checked && input.password !== null) this.passwords.check(input.password, input);
    // Before the transaction: it takes long.
    const passwordHash = input.password === null ? noPasswordHash : await hashPassword(input.password);
    return this.db.transaction(ctx, async (tx) => {
      const user = this.newRow(tx, input, passwordHash);
      await this.insert(tx, user);
      await this.replaceRoles(tx, user, input.roles ?? []);
      return this.viewOf(tx, user);
    });
  }

  /** @throws NotFoundError, InvalidInputError, StaleVersionError when the user changed since the caller read it */
  async update(
    ctx: RequestContext,
    userName: string,
    changes: UserChanges,
    options: UserChangeOptions = {},
  ): Promise<UserView> {
    const { passwordChecked, expectedVersion } = options;
    if (changes.password !== undefined && !passwordChecked)
      this.passwords.check(changes.password, { userName, email: changes.email });
    const passwordHash = changes.password === undefined ? undefined : await hashPassword(changes.password);
    return this.db.transaction(ctx, async (tx) => {
      const user = await this.load(tx, userName);
      const wasActive = user.status === 'ACTIVE';
      // An administrator who opens an account by hand has decided on it.
      if (user.status === 'PENDING' && changes.status !== undefined)
        await this.workflows.cancel(tx, [signUpWorkflow], user.uuid);
      const { password: _password, roles, ...columns } = changes;
      const defined = Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
      await updateVersioned(
        tx,
        User,
        user,
        { ...defined, ...(passwordHash ? { passwordHash } : {}) },
        { nowMs: this.clock.nowMs(), ...(expectedVersion === undefined ? {} : { expectedVersion }) },
      );
      if (roles) await this.replaceRoles(tx, user, roles);
      const named = { organization: user.organization, userName };
      if (passwordHash) await this.events.emit(tx, { type: 'password-changed', ...named });
      // A new password and a lock that an administrator took away both end the waiting after failed sign-ins.
      if (passwordHash || (!wasActive && user.status === 'ACTIVE')) await this.throttle.reset(tx, named);
      if (wasActive && user.status !== 'ACTIVE') await this.events.emit(tx, { type: 'deactivated', ...named });
      return this.viewOf(tx, user);
    });
  }

  /** Gives and takes roles without touching the others. @throws StaleVersionError when somebody changes the user meanwhile */
  async changeRoles(
    ctx: RequestContext,
    userName: string,
    change: { give?: readonly string[]; take?: readonly string[] },
  ): Promise<UserView> {
    return this.db.transaction(ctx, async (tx) => {
      const user = await this.load(tx, userName);
      await updateVersioned(tx, User, user, {}, { nowMs: this.clock.nowMs() }); // holds the row: the roles read next stay
      const { roles } = await this.viewOf(tx, user);
      const taken = new Set(change.take ?? []);
      await this.replaceRoles(tx, user, [...roles.filter((role) => !taken.has(role)), ...(change.give ?? [])]);
      return this.viewOf(tx, user);
    });
  }

  /** Replaces the roles of a user. @throws InvalidInputError naming roles that do not exist */
  async setRoles(ctx: RequestContext, userName: string, roles: readonly string[]): Promise<UserView> {
    return this.update(ctx, userName, { roles });
  }

  /** @throws NotFoundError, StaleVersionError as `update` */
  async delete(ctx: RequestContext, userName: string, expectedVersion?: number): Promise<void> {
    await this.db.transaction(ctx, async (tx) => {
      const user = await this.load(tx, userName);
      if (expectedVersion !== undefined)
        await updateVersioned(tx, User, user, {}, { nowMs: this.clock.nowMs(), expectedVersion });
      await this.replaceRoles(tx, user, []);
      await this.workflows.cancel(tx, [signUpWorkflow], user.uuid);
      await tx.manager.delete(User, { id: user.id });
      await this.throttle.forget(tx, { organization: user.organization, userName });
      await this.events.emit(tx, { type: 'deleted', organization: user.organization, userName });
    });
  }

  /** As `PasswordCheck.verify`: what is asked inside the process. Sign-ins from outside go through `SignInService`. */
  async verifyPassword(organization: string, userName: string, password: string): Promise<UserView | null> {
    return this.passwordCheck.verify({ organization, userName, password });
  }

  /**
   * A user gives itself a new password.
   * @throws PasswordRefusedError when the present one is wrong or the new one is against the rules
   */
  async changeOwnPassword(ctx: RequestContext, userName: string, change: OwnPasswordChange): Promise<void> {
    const { organization } = ctx;
    const { currentPassword, newPassword, address } = change;
    const signIn = { organization, userName, password: currentPassword, address };
    const attempt = await this.throttle.open(signIn);
    await this.throttle.count(attempt);
    if (!(await this.passwordCheck.verify(signIn)))
      throw new PasswordRefusedError('currentPassword', {
        reason: 'wrong',
        message: 'This is not your present password.',
      });
    await this.throttle.succeeded(attempt, true);
    const email = (await this.reader.find(organization, userName))?.email;
    this.passwords.check(newPassword, { userName, email }, 'newPassword');
    if (newPassword.normalize('NFC') === currentPassword.normalize('NFC'))
      throw new PasswordRefusedError('newPassword', { reason: 'same', message: 'This is your present password.' });
    await this.update(ctx, userName, { password: newPassword });
  }

  private newRow(tx: Transaction, input: NewUser, passwordHash: string): User {
    const nowMs = this.clock.nowMs();
    return Object.assign(new User(), {
      uuid: randomUUID(),
      organization: tx.organization,
      rowVersion: 1,
      createdAt: nowMs,
      updatedAt: nowMs,
      userName: input.userName,
      passwordHash,
      email: input.email ?? '',
      givenName: input.givenName ?? '',
      familyName: input.familyName ?? '',
      profile: { ...input.profile },
      status: input.active === false ? 'DISABLED' : 'ACTIVE',
    } satisfies Omit<User, 'id'>);
  }

  private async insert(tx: Transaction, user: User): Promise<void> {
    try {
      await tx.manager.insert(User, user);
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      throw new ConflictError(
        'USER_EXISTS',
        `A user named "${user.userName}" exists already.`,
        'Choose another user name.',
      );
    }
  }

  private async replaceRoles(tx: Transaction, user: User, names: readonly string[]): Promise<void> {
    const wanted = [...new Set(names)].filter((name) => name !== everyoneRole);
    const found = await tx.manager.findBy(Role, { organization: user.organization, name: In(wanted) });
    const roles = found.filter((role) => wanted.includes(role.name));
    const unknown = wanted.filter((name) => !roles.some((role) => role.name === name));
    if (unknown.length > 0)
      throw new InvalidInputError(unknown.map((name) => ({ field: 'roles', message: `There is no role "${name}".` })));
    const before = (await tx.manager.findBy(UserRole, { userId: user.id })).map((link) => link.roleId);
    const after = roles.map((role) => role.id);
    await tx.manager.delete(UserRole, { userId: user.id });
    if (after.length > 0)
      await tx.manager.insert(
        UserRole,
        after.map((roleId) => ({ userId: user.id, roleId })),
      );
    await this.countRoleChanges(tx, [
      ...before.filter((id) => !after.includes(id)),
      ...after.filter((id) => !before.includes(id)),
    ]);
  }

  /** Who holds a role is part of it: its version counts, in one order for all so that two changes do not wait crosswise. */
  private async countRoleChanges(tx: Transaction, roleIds: readonly number[]): Promise<void> {
    for (const id of roleIds.toSorted((a, b) => a - b)) {
      await tx.manager.increment(Role, { id }, 'rowVersion', 1);
      await tx.manager.update(Role, { id }, { updatedAt: this.clock.nowMs() });
    }
  }

  private async load(tx: Transaction, userName: string): Promise<User> {
    const user = await tx.manager.findOneBy(User, { organization: tx.organization, userName });
    if (!user || user.userName !== userName) throw new NotFoundError('User', userName);
    return user;
  }

  private async viewOf(tx: Transaction, user: User): Promise<UserView> {
    const view = await this.reader.find(user.organization, user.userName, tx);
    if (!view) throw new Error('A user that was just written is not there');
    return view;
  }
}
