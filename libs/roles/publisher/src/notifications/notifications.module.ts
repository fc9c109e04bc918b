import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { tollgateLogger, type Logger } from '@tollgate/base';
import { ApiModule, ApiReader, LifecycleListeners, type ApiView, type LifecycleChange } from '@tollgate/api/server';
import { ApplicationModule, SubscriptionReader } from '@tollgate/application/server';
import { Database, systemContext, type Transaction } from '@tollgate/database';
import { IdentityModule, UserReader } from '@tollgate/identity/server';
import { JobQueue } from '@tollgate/jobs';
import { Mailer, MailModule } from '@tollgate/mail';
import { z } from 'zod';
import { notifySubscribersOfNewVersion, type Recipient } from './new-version-notification.js';

const kind = 'api.notify-new-version';
const payloadSchema = z.object({ organization: z.string(), apiUuid: z.string() });

/** Tells subscribers when a new version of an API is published. A job does it: an API may have thousands of them. */
@Module({ imports: [ApiModule, ApplicationModule, IdentityModule, MailModule] })
export class NotificationsModule implements OnModuleInit {
  constructor(
    private readonly db: Database,
    private readonly jobs: JobQueue,
    private readonly mailer: Mailer,
    private readonly lifecycle: LifecycleListeners,
    private readonly apis: ApiReader,
    private readonly subscriptions: SubscriptionReader,
    private readonly users: UserReader,
    @Inject(tollgateLogger) private readonly log: Logger,
  ) {}

  onModuleInit(): void {
    this.jobs.register(kind, (payload) => this.notify(payload));
    this.lifecycle.register((tx, change) => this.ask(tx, change));
  }

  private async ask(tx: Transaction, { api, previousState }: LifecycleChange): Promise<void> {
    const isNew = api.state === 'PUBLISHED' && (previousState === 'CREATED' || previousState === 'PROTOTYPED');
    if (!isNew || !this.mailer.enabled) return;
    await this.jobs.enqueue(tx, { kind, payload: { organization: api.organization, apiUuid: api.uuid } });
  }

  private async notify(payload: unknown): Promise<void> {
    const { organization, apiUuid } = payloadSchema.parse(payload);
    await this.db.transaction(systemContext(organization, 'job'), async (tx) => {
      const api = await this.apis.find(tx, apiUuid);
      if (!api) return; // deleted meanwhile
      const { name: apiName, version, provider } = api;
      const subscribers = { ownersSubscribedToEarlierVersions: () => this.recipients(tx, api) };
      const published = { organization, apiName, version, provider };
      const count = await notifySubscribersOfNewVersion(tx, published, {
        mailer: this.mailer,
        subscribers,
        log: this.log,
      });
      tx.afterCommit(() =>
        this.log.info(
          { event: 'api.subscribers_notified', apiId: apiUuid, count },
          'Subscribers are told of a new version',
        ),
      );
    });
  }

  /** Owners who may act and may see the new version. */
  private async recipients(tx: Transaction, api: ApiView): Promise<Recipient[]> {
    const owners = await this.subscriptions.ownersSubscribedTo(tx, await this.apis.earlierVersions(tx, api));
    const recipients: Recipient[] = [];
    for (const userName of owners) {
      const user = await this.users.find(tx.organization, userName, tx);
      if (!user?.active) continue;
      const asOwner = { ...tx, principal: { userName, roles: user.roles, scopes: [] } };
      if (await this.apis.findVisible(asOwner, api.uuid)) recipients.push({ userName, email: user.email });
    }
    return recipients;
  }
}
