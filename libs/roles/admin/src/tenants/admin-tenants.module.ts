import { Module } from '@nestjs/common';
import { IdentityModule } from '@tollgate/identity/server';
import { OAuthModule } from '@tollgate/oauth/server';
import { TenantController } from './tenant.controller.js';

/** `/api/server/v1/tenants`. */
@Module({ imports: [IdentityModule, OAuthModule], controllers: [TenantController] })
export class AdminTenantsModule {}
