import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { StartupError, superOrganization, tollgateConfig } from '@tollgate/base';
import type { Transaction } from '@tollgate/database';
import { adminRole, parseUserName, userNameProblem } from '../domain/index.js';
import { User } from './identity.entities.js';
import { FirstStart, type IdentitySettings } from './identity-settings.js';
import { matchesPassword } from './password-hash.js';
import { configuredPasswordProblem } from './password-policy.js';
import { UserReader } from './user.reader.js';
import { UserService } from './user.service.js';

/** Makes the super admin and keeps a configured password in force. */
@Injectable()
export class SuperAdminSeed {
  constructor(
    private readonly users: UserService,
    private readonly reader: UserReader,
    private readonly firstStart: FirstStart,
    @Inject(tollgateConfig) private readonly settings: IdentitySettings,
  ) {}

  /** @throws StartupError when the configured name cannot be a user of the super organization, or the password is one of those that everybody tries */
  async run(tx: Transaction): Promise<void> {
    const { userName, organization } = parseUserName(this.settings.super_admin.username);
    const problem = organization === superOrganization ? userNameProblem(userName) : `It belongs to "${organization}".`;
    if (problem !== null)
      throw new StartupError([`[super_admin] username cannot be used: ${problem} Set a plain name such as "admin".`]);
    const configured = this.settings.super_admin.password;
    const weakness = configured === undefined ? null : configuredPasswordProblem(configured, userName);
    if (weakness !== null)
      throw new StartupError([
        `[super_admin] password is refused: ${weakness} Set another one there or in TOLLGATE_SUPER_ADMIN__PASSWORD, or leave it out to have one made.`,
      ]);
    const present = await this.reader.find(superOrganization, userName, tx);
    if (!present) await this.create(tx, userName, configured);
    else if (configured !== undefined) await this.keepInForce(tx, userName, configured, present.roles);
  }

  private async create(tx: Transaction, userName: string, configured: string | undefined): Promise<void> {
    const password = configured ?? randomBytes(18).toString('base64url');
    await this.users.create(tx, { userName, password, roles: [adminRole] }, true);
    if (configured === undefined) tx.afterCommit(() => void (this.firstStart.adminPassword = password));
  }

  /** An operator who sets the password in the configuration gets in, whatever happened to the account. */
  private async keepInForce(
    tx: Transaction,
    userName: string,
    password: string,
    roles: readonly string[],
  ): Promise<void> {
    const row = await tx.manager.findOneByOrFail(User, { organization: superOrganization, userName });
    const matches = await matchesPassword(password, row.passwordHash);
    if (!matches) await this.users.update(tx, userName, { password }, { passwordChecked: true });
    if (row.status !== 'ACTIVE') await this.users.update(tx, userName, { status: 'ACTIVE' });
    if (!roles.includes(adminRole)) await this.users.setRoles(tx, userName, [...roles, adminRole]);
  }
}
