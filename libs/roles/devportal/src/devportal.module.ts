import { Module, type OnModuleInit } from '@nestjs/common';
import { ApiModule } from '@tollgate/api/server';
import { ApplicationModule } from '@tollgate/application/server';
import { DeploymentModule, EnvironmentModule } from '@tollgate/deployment/server';
import { referencePageController } from '@tollgate/http';
import { IdentityModule } from '@tollgate/identity/server';
import { OAuthModule, PortalClients } from '@tollgate/oauth/server';
import { commentsController } from '@tollgate/role-comments';
import { PortalModule } from '@tollgate/role-portal';
import { ThrottlingModule } from '@tollgate/throttling/server';
import { ApiKeysController } from './controllers/api-keys.controller.js';
import { ApisController } from './controllers/apis.controller.js';
import { ApplicationsController } from './controllers/applications.controller.js';
import { devportalBase } from './controllers/base.js';
import { DocumentsController } from './controllers/documents.controller.js';
import { GenerateKeysController } from './controllers/generate-keys.controller.js';
import { KeysByTypeController } from './controllers/keys-by-type.controller.js';
import { MeController } from './controllers/me.controller.js';
import { OAuthKeysController } from './controllers/oauth-keys.controller.js';
import { OpenApiController } from './controllers/openapi.controller.js';
import { PoliciesController } from './controllers/policies.controller.js';
import { PortalController } from './controllers/portal.controller.js';
import { RatingsController } from './controllers/ratings.controller.js';
import { SearchController } from './controllers/search.controller.js';
import { SecretsController } from './controllers/secrets.controller.js';
import { SignUpController } from './controllers/sign-up.controller.js';
import { SubscriptionsController } from './controllers/subscriptions.controller.js';
import { TryOutController } from './controllers/try-out.controller.js';
import { ApiAnswers } from './mappers/api-answers.js';
import { KeyAnswers } from './mappers/key-answers.js';
import { SubscriptionAnswers } from './mappers/subscription-answers.js';
import { devportalSurface } from './surface.js';
import { TryOutService } from './try-out/try-out.service.js';

/** The developer portal's REST surface, and its pages. */
@Module({
  imports: [
    DeploymentModule,
    EnvironmentModule,
    ThrottlingModule,
    IdentityModule,
    OAuthModule,
    ApiModule,
    ApplicationModule,
    PortalModule.for({ name: 'devportal', surfaces: [devportalSurface.base] }),
  ],
  controllers: [
    ApiKeysController,
    ApisController,
    ApplicationsController,
    DocumentsController,
    GenerateKeysController,
    KeysByTypeController,
    MeController,
    OAuthKeysController,
    SecretsController,
    OpenApiController,
    PoliciesController,
    PortalController,
    RatingsController,
    SearchController,
    SignUpController,
    SubscriptionsController,
    TryOutController,
    commentsController({
      base: devportalBase,
      entryPoint: 'devPortal',
      view: { auth: 'optional' },
      write: ['apim:subscribe'],
      remove: ['apim:subscribe', 'apim:admin'],
    }),
    referencePageController(devportalSurface),
  ],
  providers: [ApiAnswers, KeyAnswers, SubscriptionAnswers, TryOutService],
})
export class DevportalModule implements OnModuleInit {
  constructor(private readonly portalClients: PortalClients) {}

  onModuleInit(): void {
    this.portalClients.ensureAtStart('devportal');
  }
}
