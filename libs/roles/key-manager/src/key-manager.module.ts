import { Module, type OnModuleInit } from '@nestjs/common';
import { DeploymentModule } from '@tollgate/deployment/server';
import { AuthenticatorRegistry, ErrorShapeRegistry } from '@tollgate/http';
import { IdentityModule } from '@tollgate/identity/server';
import { OAuthModule } from '@tollgate/oauth/server';
import { ClientAuthentication } from './oauth2/client-authentication.js';
import { DiscoveryController } from './oauth2/discovery.controller.js';
import { Introspection } from './oauth2/introspection.js';
import { OAuth2Controller } from './oauth2/oauth2.controller.js';
import { oauthErrorShape } from './oauth2/oauth-error.js';
import { TenantPath } from './oauth2/tenant-path.js';
import { TokenEndpoint } from './oauth2/token-endpoint.js';
import { TokenRevocation } from './oauth2/token-revocation.js';
import { RegistrationAuthenticator, registrationScheme } from './registration/registration.authenticator.js';
import { RegistrationController } from './registration/registration.controller.js';
import { RegistrationService } from './registration/registration.service.js';

/** The OAuth endpoints and client registration. */
@Module({
  imports: [DeploymentModule, IdentityModule, OAuthModule],
  controllers: [OAuth2Controller, DiscoveryController, RegistrationController],
  providers: [
    ClientAuthentication,
    Introspection,
    RegistrationAuthenticator,
    RegistrationService,
    TenantPath,
    TokenEndpoint,
    TokenRevocation,
  ],
})
export class KeyManagerModule implements OnModuleInit {
  constructor(
    private readonly shapes: ErrorShapeRegistry,
    private readonly authenticators: AuthenticatorRegistry,
    private readonly registration: RegistrationAuthenticator,
  ) {}

  onModuleInit(): void {
    this.shapes.register('/oauth2', oauthErrorShape);
    this.shapes.register(/^\/t\/[^/]+\/oauth2(\/|$)/, oauthErrorShape);
    this.authenticators.register(registrationScheme, (request) => this.registration.authenticate(request));
  }
}
