import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ConflictError, NotFoundError, tollgateClock, type Clock } from '@tollgate/base';
import { Database, isDuplicateKey, managerOf, type RequestContext, type Transaction } from '@tollgate/database';
import { userNameProblem } from '@tollgate/identity/domain';
import { UserEvents, UserReader, UserService, type UserView } from '@tollgate/identity/server';
import type { ClaimedPerson } from '../../domain/index.js';
import { SignInSessions } from '../sign-in-session.service.js';
import { FederatedAccount, type IdentityProvider } from './identity-provider.entities.js';

/** Why somebody whom a provider vouches for does not come in. */
export type FederationRefusal = 'unknown' | 'no-name' | 'name-taken' | 'locked';

/** Whose account people of identity providers use: linked by provider and subject, by nothing else (requirement V-66). */
@Injectable()
export class FederatedAccounts implements OnModuleInit {
  constructor(
    private readonly db: Database,
    private readonly users: UserService,
    private readonly reader: UserReader,
    private readonly events: UserEvents,
    private readonly sessions: SignInSessions,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.events.register(async (tx, { type, organization, userName }) => {
      if (type === 'deleted') await tx.manager.delete(FederatedAccount, { organization, userName });
    });
  }

  /** Links of a provider, the oldest first. */
  async list(ctx: RequestContext, { uuid }: IdentityProvider): Promise<FederatedAccount[]> {
    return managerOf(this.db, ctx).find(FederatedAccount, { where: { providerUuid: uuid }, order: { id: 'ASC' } });
  }

  /**
   * An administrator says whose account a person uses.
   * @throws NotFoundError for a user who does not exist, ConflictError when the subject has an account
   */
  async link(
    ctx: RequestContext,
    provider: IdentityProvider,
    subject: string,
    userName: string,
  ): Promise<FederatedAccount> {
    return this.db.transaction(ctx, async (tx) => {
      const user = await this.reader.find(tx.organization, userName, tx);
      if (!user) throw new NotFoundError('User', userName);
      return this.insert(tx, provider, subject, user, false);
    });
  }

  /** What the person has begun with it ends. @throws NotFoundError */
  async unlink(ctx: RequestContext, { uuid: providerUuid }: IdentityProvider, uuid: string): Promise<void> {
    await this.db.transaction(ctx, async (tx) => {
      const link = await tx.manager.findOneBy(FederatedAccount, { providerUuid, uuid });
      if (!link) throw new NotFoundError('Account', uuid);
      await tx.manager.delete(FederatedAccount, { id: link.id });
      await this.sessions.endOfProvider(tx, providerUuid, link.userName);
    });
  }

  /** The user of a person, made now when the provider's people get accounts; or why there is none. */
  async userOf(
    ctx: RequestContext,
    provider: IdentityProvider,
    subject: string,
    person: ClaimedPerson,
  ): Promise<UserView | FederationRefusal> {
    const known = await this.db.transaction(ctx, (tx) => this.linked(tx, provider, subject, person));
    if (known !== null) return known;
    if (!provider.settings.createsUsers) return 'unknown';
    if (person.userName === null || userNameProblem(person.userName) !== null) return 'no-name';
    try {
      return await this.provision(ctx, provider, subject, { ...person, userName: person.userName });
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      // The same person may have come by another window at the same moment; anybody else has the name.
      return (await this.db.transaction(ctx, (tx) => this.linked(tx, provider, subject, person))) ?? 'name-taken';
    }
  }

  /** Null when the subject has no account. */
  private async linked(
    tx: Transaction,
    provider: IdentityProvider,
    subject: string,
    person: ClaimedPerson,
  ): Promise<UserView | FederationRefusal | null> {
    const link = await tx.manager.findOneBy(FederatedAccount, { providerUuid: provider.uuid, subject });
    if (!link || link.subject !== subject || link.organization !== provider.organization) return null;
    const user = await this.reader.find(link.organization, link.userName, tx);
    if (user?.uuid !== link.userUuid || !user.active) return 'locked';
    await tx.manager.update(FederatedAccount, { id: link.id }, { lastUsedAt: this.clock.nowMs() });
    return link.provisioned ? this.follow(tx, provider, user, person) : user;
  }

  /** Roles that groups give come and go with them; those that were given here stay. */
  private async follow(
    tx: Transaction,
    { settings }: IdentityProvider,
    user: UserView,
    { roles, email }: ClaimedPerson,
  ): Promise<UserView> {
    const mapped = new Set(settings.roleMappings.map(({ role }) => role));
    const take = user.roles.filter((role) => mapped.has(role) && !roles.includes(role));
    const give = roles.filter((role) => !user.roles.includes(role));
    if (take.length + give.length > 0) await this.users.changeRoles(tx, user.userName, { give, take });
    if (email !== '' && email !== user.email) await this.users.update(tx, user.userName, { email });
    return (await this.reader.find(user.organization, user.userName, tx)) ?? user;
  }

  private async provision(
    ctx: RequestContext,
    provider: IdentityProvider,
    subject: string,
    person: ClaimedPerson & { readonly userName: string },
  ): Promise<UserView> {
    const { userName, email, givenName, familyName } = person;
    const roles = [...new Set([...provider.settings.newUserRoles, ...person.roles])];
    return this.db.transaction(ctx, async (tx) => {
      const user = await this.users.create(tx, { userName, password: null, email, givenName, familyName, roles });
      await this.insert(tx, provider, subject, user, true);
      return user;
    });
  }

  private async insert(
    tx: Transaction,
    { uuid: providerUuid }: IdentityProvider,
    subject: string,
    user: UserView,
    provisioned: boolean,
  ): Promise<FederatedAccount> {
    const row = tx.manager.create(FederatedAccount, {
      uuid: randomUUID(),
      providerUuid,
      subject,
      organization: user.organization,
      userName: user.userName,
      userUuid: user.uuid,
      provisioned,
      createdAt: this.clock.nowMs(),
      lastUsedAt: 0,
    });
    try {
      await tx.manager.insert(FederatedAccount, row);
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      throw new ConflictError(
        'SUBJECT_LINKED',
        `The subject "${subject}" has an account already.`,
        'Remove that link first.',
      );
    }
    return row;
  }
}
