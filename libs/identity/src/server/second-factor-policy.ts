import { Inject, Injectable } from '@nestjs/common';
import { InvalidInputError, tollgateConfig } from '@tollgate/base';
import { Database, managerOf, type RequestContext, type Transaction } from '@tollgate/database';
import { Organization } from './identity.entities.js';
import type { IdentitySettings } from './identity-settings.js';
import { Passkey } from './passkey.entity.js';
import { RoleService } from './role.service.js';
import { TotpFactor } from './second-factor.entities.js';
import type { UserView } from './user.reader.js';

type Person = Pick<UserView, 'organization' | 'userName' | 'roles'>;

/** Who has a second factor, and who has to have one. */
@Injectable()
export class SecondFactorPolicy {
  constructor(
    private readonly db: Database,
    private readonly roles: RoleService,
    @Inject(tollgateConfig) private readonly settings: IdentitySettings,
  ) {}

  async isEnrolled(person: Pick<Person, 'organization' | 'userName'>): Promise<boolean> {
    const { organization, userName } = person;
    return (await this.hasApp(person)) || this.db.manager.existsBy(Passkey, { organization, userName });
  }

  /** An authenticator app in use. */
  async hasApp({ organization, userName }: Pick<Person, 'organization' | 'userName'>): Promise<boolean> {
    return this.db.manager.existsBy(TotpFactor, { organization, userName, confirmed: true });
  }

  /** A role of the user asks for it: by the configuration, everywhere, or by the user's organization. */
  async isRequired(user: Person): Promise<boolean> {
    const asking = [
      ...this.settings.tollgate.identity.second_factor.required_for_roles,
      ...(await this.requiredRoles({ organization: user.organization })),
    ];
    return user.roles.some((role) => asking.includes(role));
  }

  /** A password alone is not enough for this user. */
  async needsMoreThanPassword(user: Person): Promise<boolean> {
    return (await this.isEnrolled(user)) || (await this.isRequired(user));
  }

  /** Roles whose holders need a second factor in this organization. */
  async requiredRoles(ctx: Pick<RequestContext, 'organization'> & Partial<RequestContext>): Promise<readonly string[]> {
    const manager = managerOf(this.db, ctx as RequestContext);
    const row = await manager.findOneBy(Organization, { domain: ctx.organization });
    return row?.secondFactorRoles ?? [];
  }

  /** @throws InvalidInputError for roles that do not exist */
  async require(tx: Transaction, roles: readonly string[]): Promise<void> {
    for (const [i, role] of roles.entries())
      if (!(await this.roles.exists(tx.organization, role, tx)))
        throw new InvalidInputError([
          { field: `SecondFactor.RequiredForRoles[${i}]`, message: `There is no role "${role}".` },
        ]);
    await tx.manager.update(Organization, { domain: tx.organization }, { secondFactorRoles: [...new Set(roles)] });
  }
}
