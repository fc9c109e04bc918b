import { Module, type OnModuleInit } from '@nestjs/common';
import { DeploymentModule } from '@tollgate/deployment/server';
import { AuthenticatorRegistry, ErrorShapeRegistry } from '@tollgate/http';
import { IdentityModule } from '@tollgate/identity/server';
import { MailModule } from '@tollgate/mail';
import { OAuthModule } from '@tollgate/oauth/server';
import { AccountController } from './account/account.controller.js';
import { AccountVisits } from './account/account-visits.js';
import { AccountFactorsController } from './account/factors.controller.js';
import { OwnSessionsController } from './account/own-sessions.controller.js';
import { AccountPasswordController } from './account/password.controller.js';
import { AuthorizationAnswers } from './authorize/authorization-answers.js';
import { AuthorizationFlow } from './authorize/authorization-flow.js';
import { AuthorizeController } from './authorize/authorize.controller.js';
import { InteractionController } from './authorize/interaction.controller.js';
import { InteractionProgress } from './authorize/interaction-progress.js';
import { InteractionVisits } from './authorize/interaction-visits.js';
import { AuthorizationRequests } from './authorize/request-reader.js';
import { DeviceAuthorizationController } from './device/device-authorization.controller.js';
import { DevicePageController } from './device/device-page.controller.js';
import { DeviceRequests } from './device/device-requests.js';
import { FederationController } from './federation/federation.controller.js';
import { ProviderButtons } from './federation/provider-buttons.js';
import { CertificateAuthentication } from './oauth2/certificate-authentication.js';
import { ClientAssertions } from './oauth2/client-assertion.js';
import { PushedAuthorizationController } from './oauth2/par.controller.js';
import { ClientAuthentication } from './oauth2/client-authentication.js';
import { DiscoveryController } from './oauth2/discovery.controller.js';
import { Introspection } from './oauth2/introspection.js';
import { OAuth2Controller } from './oauth2/oauth2.controller.js';
import { oauthErrorShape } from './oauth2/oauth-error.js';
import { TenantPath } from './oauth2/tenant-path.js';
import { TokenEndpoint } from './oauth2/token-endpoint.js';
import { TokenRequestProofs } from './oauth2/token-request-proofs.js';
import { TokenRevocation } from './oauth2/token-revocation.js';
import { LogoutController } from './oidc/logout.controller.js';
import { LogoutRequests } from './oidc/logout-request.js';
import { UserinfoController } from './oidc/userinfo.controller.js';
import { AssetsController } from './pages/assets.controller.js';
import { pageErrorShape } from './pages/error-page.js';
import { PasswordResetController } from './password-reset/password-reset.controller.js';
import { ResetMail } from './password-reset/reset-mail.js';
import { DynamicRegistrationController } from './registration/dynamic-registration.controller.js';
import { RegistrationAuthenticator, registrationScheme } from './registration/registration.authenticator.js';
import { RegistrationController } from './registration/registration.controller.js';
import { RegistrationService } from './registration/registration.service.js';

import { Browsers } from './sign-in/browser.js';
import { CodeStep } from './sign-in/code.step.js';
import { EnrolCodeStep } from './sign-in/enrol-code.step.js';
import { PasskeyCeremonies } from './sign-in/passkey-ceremonies.js';
import { PasswordStep } from './sign-in/password.step.js';
import { SignInSteps } from './sign-in/sign-in-step.js';

/** Paths that people visit with a browser. */
const pagePaths =
  /^(\/t\/[^/]+)?\/(oauth2\/(authorize|interaction|device|account|password-reset|federation)|oidc\/logout)([/?]|$)/;

/** The OAuth endpoints and client registration. */
@Module({
  imports: [DeploymentModule, IdentityModule, MailModule, OAuthModule],
  controllers: [
    AccountController,
    AccountFactorsController,
    AccountPasswordController,
    AssetsController,
    AuthorizeController,
    DeviceAuthorizationController,
    DevicePageController,
    DiscoveryController,
    DynamicRegistrationController,
    FederationController,
    InteractionController,
    LogoutController,
    OAuth2Controller,
    OwnSessionsController,
    PasswordResetController,
    PushedAuthorizationController,
    RegistrationController,
    UserinfoController,
  ],
  providers: [
    AccountVisits,
    AuthorizationAnswers,
    AuthorizationFlow,
    AuthorizationRequests,
    Browsers,
    CertificateAuthentication,
    ClientAssertions,
    ClientAuthentication,
    CodeStep,
    DeviceRequests,
    EnrolCodeStep,
    InteractionProgress,
    InteractionVisits,
    Introspection,
    LogoutRequests,
    PasskeyCeremonies,
    PasswordStep,
    ProviderButtons,
    RegistrationAuthenticator,
    RegistrationService,
    ResetMail,
    SignInSteps,
    TenantPath,
    TokenEndpoint,
    TokenRequestProofs,
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
    this.shapes.register(pagePaths, pageErrorShape);
    this.shapes.register('/oauth2', oauthErrorShape);
    this.shapes.register(/^\/t\/[^/]+\/oauth2(\/|$)/, oauthErrorShape);
    this.authenticators.register(registrationScheme, (request) => this.registration.authenticate(request));
  }
}
