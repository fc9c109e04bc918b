import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ForbiddenError, InvalidInputError, NotFoundError } from '@tollgate/base';
import { Database, managerOf, type RequestContext, type Transaction } from '@tollgate/database';
import { Workflows, type DecidedTask } from '@tollgate/workflow/server';
import { adminRole } from '../domain/index.js';
import { Organization, User } from './identity.entities.js';
import { RoleService } from './role.service.js';
import { SignInThrottle } from './sign-in-throttle.js';
import { signUpWorkflow, UserService, type NewUser } from './user.service.js';
import { UserReader, type UserView } from './user.reader.js';

export interface SelfSignUpSettings {
  readonly enabled: boolean;
  /** What who signs up gets. */
  readonly roles: readonly string[];
}

/** Off until an organization says otherwise. */
const defaults: SelfSignUpSettings = { enabled: false, roles: ['Internal/subscriber'] };

/** People who make their own account. */
@Injectable()
export class SelfSignUpService implements OnModuleInit {
  constructor(
    private readonly db: Database,
    private readonly users: UserService,
    private readonly reader: UserReader,
    private readonly roles: RoleService,
    private readonly throttle: SignInThrottle,
    private readonly workflows: Workflows,
  ) {}

  onModuleInit(): void {
    this.workflows.register(signUpWorkflow, {
      approve: (tx, task) => this.decided(tx, task, true),
      reject: (tx, task) => this.decided(tx, task, false),
    });
  }

  async settings(ctx: RequestContext): Promise<SelfSignUpSettings> {
    const row = await managerOf(this.db, ctx).findOneBy(Organization, { domain: ctx.organization });
    return (row?.selfSignUp as SelfSignUpSettings | null | undefined) ?? defaults;
  }

  /** @throws InvalidInputError for roles that do not exist, and for the role of administrators */
  async configure(tx: Transaction, settings: SelfSignUpSettings): Promise<void> {
    for (const [i, role] of settings.roles.entries()) {
      const field = `SelfSignUp.SignUpRoles[${i}]`;
      if (role === adminRole)
        throw new InvalidInputError([{ field, message: 'Nobody becomes an administrator by signing up.' }]);
      if (!(await this.roles.exists(tx.organization, role, tx)))
        throw new InvalidInputError([{ field, message: `There is no role "${role}".` }]);
    }
    await tx.manager.update(Organization, { domain: tx.organization }, { selfSignUp: { ...settings } });
  }

  /**
   * A visitor makes an account in `ctx.organization`; where the organization approves that, it is `PENDING` until then.
   * @throws ForbiddenError where nobody may, InvalidInputError, ConflictError for a taken name, TooManySignInsError for
   * an address that makes many
   */
  async signUp(ctx: RequestContext, input: Omit<NewUser, 'roles' | 'active'>): Promise<UserView> {
    const { enabled, roles } = await this.settings(ctx);
    if (!enabled)
      throw new ForbiddenError('SIGN_UP_OFF', 'One cannot sign up here.', 'Ask an administrator for an account.');
    if (ctx.address !== undefined) await this.throttle.countAddress(ctx.address);
    return this.db.transaction(ctx, async (tx) => {
      const user = await this.users.create(tx, { ...input, roles });
      const { status } = await this.workflows.begin(tx, {
        type: signUpWorkflow,
        subject: user.uuid,
        description: `${user.userName} asks for an account.`,
        properties: { userName: user.userName, email: user.email, roles: roles.join(',') },
      });
      if (status === 'APPROVED') return user;
      await tx.manager.update(User, { id: user.id }, { status: 'PENDING' });
      return { ...user, status: 'PENDING', active: false };
    });
  }

  /** A rejected account is removed, so that its name is free again. */
  private async decided(tx: Transaction, { subject }: DecidedTask, approved: boolean): Promise<void> {
    const user = await this.reader.findByUuid(tx.organization, subject, tx);
    if (!user) throw new NotFoundError('User', subject);
    if (approved) await this.users.update(tx, user.userName, { status: 'ACTIVE' });
    else await this.users.delete(tx, user.userName);
  }
}
