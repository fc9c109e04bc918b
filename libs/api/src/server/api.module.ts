import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { managerOf, Database } from '@tollgate/database';
import { ApiScopeSources } from '@tollgate/oauth/server';
import { PolicyUsage } from '@tollgate/throttling/server';
import { ApiCatalogReader } from './api-catalog.reader.js';
import { ApiChecks } from './api-checks.js';
import { ApiLabels } from './api-labels.js';
import { ApiLabel } from './api-parts.entity.js';
import { ApiRecords } from './api-records.js';
import { ApiScopes } from './api-scopes.js';
import { ApiUsage } from './api-usage.js';
import { Api } from './api.entity.js';
import { ApiReader } from './api.reader.js';
import { ApiService } from './api.service.js';
import { ApiStore } from './api.store.js';
import { ClientCertificateService } from './client-certificate.service.js';
import { CommentService } from './comment.service.js';
import { DefinitionFetcher } from './definition-fetcher.js';
import { DefinitionReader } from './definition-reader.js';
import { DefinitionService } from './definition.service.js';
import { DeploymentService, deploymentWorkflow } from './deployment.service.js';
import { EndpointCertificateService } from './endpoint-certificate.service.js';
import { DocumentReader } from './document.reader.js';
import { DocumentService } from './document.service.js';
import { DocumentStore } from './document.store.js';
import { ImportService } from './import.service.js';
import { LifecycleListeners } from './lifecycle-listeners.js';
import { LifecycleService, stateWorkflow } from './lifecycle.service.js';
import { RatingService } from './rating.service.js';
import { RevisionService } from './revision.service.js';
import { WorkflowModule, Workflows } from '@tollgate/workflow/server';

const faces = [
  ApiCatalogReader,
  ApiReader,
  ApiService,
  ApiUsage,
  ClientCertificateService,
  CommentService,
  DefinitionFetcher,
  DefinitionService,
  DeploymentService,
  EndpointCertificateService,
  DocumentReader,
  DocumentService,
  ImportService,
  LifecycleListeners,
  LifecycleService,
  RatingService,
  RevisionService,
];

/**
 * APIs, their revisions and deployments. Needs `Database`, `SecretBox`, the clock, the logger, a `RecordWriter`, environments
 * (`EnvironmentReader`) policies (`ThrottlePolicyReader`, `PolicyUsage`) and token scopes (`ApiScopeSources`), all of them from global modules.
 */
@Global()
@Module({
  imports: [WorkflowModule],
  providers: [
    ...faces,
    { provide: DefinitionReader, useFactory: () => new DefinitionReader() },
    ApiChecks,
    ApiLabels,
    ApiRecords,
    ApiScopes,
    ApiStore,
    DocumentStore,
  ],
  exports: [...faces, DefinitionReader],
})
export class ApiModule implements OnModuleInit {
  constructor(
    private readonly db: Database,
    private readonly policyUsage: PolicyUsage,
    private readonly scopes: ApiScopes,
    private readonly scopeSources: ApiScopeSources,
    private readonly workflows: Workflows,
    private readonly lifecycle: LifecycleService,
    private readonly deployments: DeploymentService,
  ) {}

  /** A policy that an API or a deployed revision names is not deleted; tokens get the scopes that APIs define. */
  onModuleInit(): void {
    const nothing = async (): Promise<void> => undefined; // what was rejected leaves the API as it is
    this.workflows.register(stateWorkflow, {
      approve: (tx, task) => this.lifecycle.approved(tx, task),
      reject: nothing,
    });
    this.workflows.register(deploymentWorkflow, {
      approve: (tx, task) => this.deployments.approved(tx, task),
      reject: nothing,
    });
    this.scopeSources.register(
      (organization, names) => this.scopes.rolesOf(organization, names),
      (organization, names) => this.scopes.textsOf(organization, names),
    );
    for (const level of ['subscription', 'advanced'] as const)
      this.policyUsage.register(level, 'APIs', (ctx, name) =>
        managerOf(this.db, ctx)
          .createQueryBuilder(Api, 'api')
          .innerJoin(ApiLabel, 'l', 'l.apiId = api.id')
          .where('api.organization = :organization AND l.kind IN (:...kinds) AND l.value = :name', {
            organization: ctx.organization,
            kinds: [`${level}-policy`, `live-${level}`],
            name,
          })
          .getCount(),
      );
  }
}
