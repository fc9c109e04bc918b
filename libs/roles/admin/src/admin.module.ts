import { Module, type OnModuleInit } from '@nestjs/common';
import { ApiModule } from '@tollgate/api/server';
import { ApplicationModule } from '@tollgate/application/server';
import { DeploymentModule, EnvironmentModule } from '@tollgate/deployment/server';
import { openApiController, referencePageController } from '@tollgate/http';
import { IdentityModule } from '@tollgate/identity/server';
import { OAuthModule, PortalClients } from '@tollgate/oauth/server';
import { PortalModule } from '@tollgate/role-portal';
import { ThrottlingModule } from '@tollgate/throttling/server';
import { WorkflowModule } from '@tollgate/workflow/server';
import { AuditController } from './audit/audit.controller.js';
import { EnvironmentController } from './environments/environment.controller.js';
import { IdentityProviderController } from './identity-providers/identity-provider.controller.js';
import { KeyManagerController } from './key-managers/key-manager.controller.js';
import { AdminScimModule } from './scim/admin-scim.module.js';
import { SettingsController } from './settings/settings.controller.js';
import { TenantConfigController } from './settings/tenant-config.controller.js';
import { adminSurface } from './surface.js';
import { SigningKeysController } from './tokens/signing-keys.controller.js';
import { TokenRevocationsController } from './tokens/token-revocations.controller.js';
import { AdminTenantsModule } from './tenants/admin-tenants.module.js';
import { TopologyController } from './topology/topology.controller.js';
import { AdminThrottlingModule } from './throttling/throttling.module.js';
import { UserFactorsController } from './users/user-factors.controller.js';
import { UserSessionsController } from './users/user-sessions.controller.js';
import { WorkflowController } from './workflows/workflow.controller.js';

/**
 * The administration surface, users, roles and tenants, and the portal for them. APIs and applications are here because they know which policies
 * are in use, and what goes when a user goes.
 */
@Module({
  imports: [
    DeploymentModule,
    EnvironmentModule,
    IdentityModule,
    OAuthModule,
    ThrottlingModule,
    ApiModule,
    ApplicationModule,
    AdminThrottlingModule,
    AdminScimModule,
    AdminTenantsModule,
    WorkflowModule,
    PortalModule.for({ name: 'admin', surfaces: [adminSurface.base, '/scim2', '/api/server/v1/tenants'] }),
  ],
  controllers: [
    AuditController,
    EnvironmentController,
    IdentityProviderController,
    KeyManagerController,
    SettingsController,
    SigningKeysController,
    TokenRevocationsController,
    TenantConfigController,
    TopologyController,
    UserFactorsController,
    UserSessionsController,
    WorkflowController,
    openApiController(adminSurface),
    referencePageController(adminSurface),
  ],
})
export class AdminModule implements OnModuleInit {
  constructor(private readonly portalClients: PortalClients) {}

  onModuleInit(): void {
    this.portalClients.ensureAtStart('admin');
  }
}
