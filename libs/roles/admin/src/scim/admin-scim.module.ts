import { Module, type OnModuleInit } from '@nestjs/common';
import { ErrorShapeRegistry } from '@tollgate/http';
import { IdentityModule } from '@tollgate/identity/server';
import { OAuthModule } from '@tollgate/oauth/server';
import { ScimBulkController } from './scim-bulk.controller.js';
import { ScimBulkService } from './scim-bulk.service.js';
import { ScimDiscoveryController } from './scim-discovery.controller.js';
import { scimErrorShape } from './scim-error.js';
import { ScimGroupsController, ScimRolesController, ScimRolesV2Controller } from './scim-roles.controller.js';
import { ScimMeController } from './scim-me.controller.js';
import { ScimRolesService } from './scim-roles.service.js';
import { ScimUsersController } from './scim-users.controller.js';
import { ScimUsersService } from './scim-users.service.js';

/** `/scim2` and `/t/{tenant}/scim2`: users, roles and groups, bulk, and what the service can do. */
@Module({
  imports: [IdentityModule, OAuthModule],
  controllers: [
    ScimBulkController,
    ScimDiscoveryController,
    ScimMeController,
    ScimUsersController,
    ScimRolesController,
    ScimRolesV2Controller,
    ScimGroupsController,
  ],
  providers: [ScimBulkService, ScimRolesService, ScimUsersService],
})
export class AdminScimModule implements OnModuleInit {
  constructor(private readonly shapes: ErrorShapeRegistry) {}

  onModuleInit(): void {
    this.shapes.register('/scim2', scimErrorShape);
    this.shapes.register(/^\/t\/[^/]+\/scim2(\/|$)/, scimErrorShape);
  }
}
