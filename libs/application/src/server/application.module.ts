import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { ApiUsage } from '@tollgate/api/server';
import { UserEvents } from '@tollgate/identity/server';
import { PolicyUsage } from '@tollgate/throttling/server';
import { WorkflowModule } from '@tollgate/workflow/server';
import { ApiKeyService } from './api-key.service.js';
import { ApplicationParts } from './application-parts.js';
import { ApplicationTokens } from './application-tokens.js';
import { ApplicationWorkflows } from './application-workflows.js';
import { ApplicationReader } from './application.reader.js';
import { ApplicationService } from './application.service.js';
import { QuotaResetService } from './quota-reset.service.js';
import { ApplicationStore } from './application.store.js';
import { BusinessLog } from './business-log.js';
import { ExternalKeys } from './external-keys.js';
import { IdempotencyService } from './idempotency.service.js';
import { KeyService } from './key.service.js';
import { KeyStore } from './key.store.js';
import { SubscriptionReader } from './subscription.reader.js';
import { SubscriptionService } from './subscription.service.js';
import { SubscriptionStore } from './subscription.store.js';

const faces = [
  ApiKeyService,
  ApplicationReader,
  ApplicationService,
  QuotaResetService,
  IdempotencyService,
  KeyService,
  SubscriptionReader,
  SubscriptionService,
];

/**
 * Applications, their keys and subscriptions. Needs the database, deployment, throttling, identity, oauth and api
 * modules, and the clock. Keeps policies and APIs that are in use from being deleted.
 */
@Global()
@Module({
  imports: [WorkflowModule],
  providers: [
    ...faces,
    ApplicationParts,
    ApplicationStore,
    ApplicationTokens,
    ApplicationWorkflows,
    BusinessLog,
    ExternalKeys,
    KeyStore,
    SubscriptionStore,
  ],
  exports: faces,
})
export class ApplicationModule implements OnModuleInit {
  constructor(
    private readonly applications: ApplicationService,
    private readonly subscriptions: SubscriptionReader,
    private readonly policyUsage: PolicyUsage,
    private readonly apiUsage: ApiUsage,
    private readonly userEvents: UserEvents,
    private readonly workflows: ApplicationWorkflows,
  ) {}

  onModuleInit(): void {
    this.workflows.register();
    this.policyUsage.register('application', 'applications', (ctx, name) =>
      this.subscriptions.countOfApplicationTier(ctx, name),
    );
    this.policyUsage.register('subscription', 'subscriptions', (ctx, name) =>
      this.subscriptions.countOfPlan(ctx, name),
    );
    this.apiUsage.register('subscriptions', (tx, apiUuid) => this.subscriptions.countOfApi(tx, apiUuid));
    this.userEvents.register(async (tx, change) => {
      // Somebody who gets the same name later must not find the applications of who had it before.
      if (change.type === 'deleted') await this.applications.deleteAllOf(tx, change);
    });
  }
}
