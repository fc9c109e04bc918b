import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { superOrganization } from '@tollgate/base';
import { SeedRegistry } from '@tollgate/database';
import { AuditLog } from './audit-log.js';
import { FirstStart } from './identity-settings.js';
import { OrganizationReader } from './organization.reader.js';
import { OrganizationSeeds } from './organization-seeds.js';
import { OrganizationService } from './organization.service.js';
import { PasswordCheck } from './password-check.js';
import { PasswordPolicy } from './password-policy.js';
import { PasswordResets } from './password-reset.service.js';
import { Passkeys } from './passkeys.js';
import { RoleService } from './role.service.js';
import { ScopeService } from './scope.service.js';
import { WorkflowModule } from '@tollgate/workflow/server';
import { SecondFactorPolicy } from './second-factor-policy.js';
import { SecondFactors } from './second-factors.js';
import { SelfSignUpService } from './self-sign-up.service.js';
import { SignInService } from './sign-in.service.js';
import { SignInThrottle } from './sign-in-throttle.js';
import { SuperAdminSeed } from './super-admin.seed.js';
import { UserEvents } from './user-events.js';
import { UserReader } from './user.reader.js';
import { UserService } from './user.service.js';

const faces = [
  AuditLog,
  FirstStart,
  OrganizationReader,
  OrganizationSeeds,
  OrganizationService,
  PasswordPolicy,
  PasswordResets,
  Passkeys,
  RoleService,
  ScopeService,
  SecondFactorPolicy,
  SecondFactors,
  SelfSignUpService,
  SignInService,
  SignInThrottle,
  UserEvents,
  UserReader,
  UserService,
];

/** Organizations, users, roles, scopes → roles. Needs `Database`, `SeedRegistry`, the configuration and the clock. */
@Global()
@Module({ imports: [WorkflowModule], providers: [...faces, PasswordCheck, SuperAdminSeed], exports: faces })
export class IdentityModule implements OnModuleInit {
  constructor(
    private readonly seeds: SeedRegistry,
    private readonly organizations: OrganizationService,
    private readonly reader: OrganizationReader,
    private readonly superAdmin: SuperAdminSeed,
    private readonly organizationSeeds: OrganizationSeeds,
  ) {}

  onModuleInit(): void {
    this.seeds.register(10, 'organization', (tx) => this.organizations.ensure(tx, superOrganization));
    this.seeds.register(20, 'super admin', (tx) => this.superAdmin.run(tx));
    this.seeds.register(35, 'organization seeds', async (tx) => {
      for (const { domain } of await this.reader.list(tx)) await this.organizationSeeds.run(tx, domain);
    });
  }
}
