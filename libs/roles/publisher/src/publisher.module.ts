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
import { ApisController } from './controllers/apis.controller.js';
import { publisherBase, scopes } from './controllers/base.js';
import { ClientCertificatesController } from './controllers/client-certificates.controller.js';
import { DefinitionsController } from './controllers/definitions.controller.js';
import { EndpointCertificatesController } from './controllers/endpoint-certificates.controller.js';
import { DocumentsController } from './controllers/documents.controller.js';
import { LifecycleController } from './controllers/lifecycle.controller.js';
import { OperationPoliciesController } from './controllers/operation-policies.controller.js';
import { PoliciesController } from './controllers/policies.controller.js';
import { RevisionsController } from './controllers/revisions.controller.js';
import { SettingsController } from './controllers/settings.controller.js';
import { SubscriptionsController } from './controllers/subscriptions.controller.js';
import { DefinitionForm } from './definition-form.js';
import { RevisionAnswers } from './mappers/revision-answers.js';
import { publisherSurface } from './surface.js';

/** The publisher's REST surface, and its portal. */
@Module({
  imports: [
    DeploymentModule,
    EnvironmentModule,
    ThrottlingModule,
    IdentityModule,
    OAuthModule,
    ApiModule,
    ApplicationModule,
    PortalModule.for({ name: 'publisher', surfaces: [publisherSurface.base] }),
  ],
  controllers: [
    ApisController,
    ClientCertificatesController,
    DefinitionsController,
    EndpointCertificatesController,
    DocumentsController,
    LifecycleController,
    OperationPoliciesController,
    PoliciesController,
    RevisionsController,
    SettingsController,
    SubscriptionsController,
    commentsController({
      base: publisherBase,
      entryPoint: 'publisher',
      view: { scopes: scopes.viewComments },
      write: scopes.writeComments,
      remove: scopes.deleteComments,
    }),
    referencePageController(publisherSurface),
  ],
  providers: [DefinitionForm, RevisionAnswers],
})
export class PublisherModule implements OnModuleInit {
  constructor(private readonly portalClients: PortalClients) {}

  onModuleInit(): void {
    this.portalClients.ensureAtStart('publisher');
  }
}
