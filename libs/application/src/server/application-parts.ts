import { Inject, Injectable } from '@nestjs/common';
import { tollgateClock, type Clock } from '@tollgate/base';
import type { Transaction } from '@tollgate/database';
import { RecordWriter } from '@tollgate/deployment/server';
import { residentKeyManager } from '@tollgate/oauth/contract';
import { ClientService, RevocationService } from '@tollgate/oauth/server';
import { Workflows } from '@tollgate/workflow/server';
import { ApiKey } from './api-key.entity.js';
import { ApplicationKey } from './application-key.entity.js';
import type { Application } from './application.entity.js';
import { ExternalKeys } from './external-keys.js';
import { keyMappingRecordKey, subscriptionRecordKey } from './records.js';
import { Subscription } from './subscription.entity.js';

export const subscriptionWorkflows = [
  'AM_SUBSCRIPTION_CREATION',
  'AM_SUBSCRIPTION_UPDATE',
  'AM_SUBSCRIPTION_DELETION',
] as const;

const applicationWorkflows = [
  'AM_APPLICATION_CREATION',
  'AM_APPLICATION_UPDATE',
  'AM_APPLICATION_DELETION',
  'AM_APPLICATION_REGISTRATION_PRODUCTION',
  'AM_APPLICATION_REGISTRATION_SANDBOX',
] as const;

/** What hangs on an application and goes with it. */
@Injectable()
export class ApplicationParts {
  constructor(
    private readonly clients: ClientService,
    private readonly external: ExternalKeys,
    private readonly revocations: RevocationService,
    private readonly records: RecordWriter,
    private readonly workflows: Workflows,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  async removeAll(tx: Transaction, application: Application): Promise<void> {
    const applicationId = application.id;
    await this.workflows.cancel(tx, applicationWorkflows, application.uuid);
    for (const key of await tx.manager.findBy(ApplicationKey, { applicationId })) await this.removeKey(tx, key);
    await this.removeSubscriptions(tx, applicationId);
    await this.revokeIssuedFor(tx, application);
  }

  /** Its clients get tokens of its present type from now on; what they have got stays valid. */
  async applyTokenType(tx: Transaction, { id: applicationId, tokenType }: Application): Promise<void> {
    const opaqueTokens = tokenType === 'OAUTH';
    for (const { consumerKey } of await tx.manager.findBy(ApplicationKey, {
      applicationId,
      keyManager: residentKeyManager,
    }))
      await this.clients.update(tx, consumerKey, { opaqueTokens });
  }

  /** Removes an OAuth client and its mapping. */
  async removeKey(tx: Transaction, key: ApplicationKey): Promise<void> {
    await tx.manager.delete(ApplicationKey, { id: key.id });
    await this.records.remove(tx, keyMappingRecordKey(key, 'REMOVE_APPLICATION_KEYMAPPING'));
    if (key.keyManager === residentKeyManager) await this.clients.remove(tx, key.consumerKey);
    else await this.external.remove(tx, key);
  }

  private async removeSubscriptions(tx: Transaction, applicationId: number): Promise<void> {
    const rows = await tx.manager.findBy(Subscription, { applicationId });
    await tx.manager.delete(Subscription, { applicationId });
    for (const row of rows) {
      await this.workflows.cancel(tx, subscriptionWorkflows, row.uuid);
      await this.records.remove(tx, subscriptionRecordKey(row, 'SUBSCRIPTIONS_DELETE'));
    }
  }

  /** One revocation for all API keys: it lasts as long as the longest of them would. */
  private async revokeIssuedFor(tx: Transaction, application: Application): Promise<void> {
    const keys = await tx.manager.findBy(ApiKey, { applicationId: application.id });
    const expiresAtMs = keys.reduce((latest, key) => Math.max(latest, key.expiresAt), 0);
    await tx.manager.delete(ApiKey, { applicationId: application.id });
    if (expiresAtMs <= this.clock.nowMs()) return;
    const { uuid, organization } = application;
    await this.revocations.revoke(tx, { type: 'application', value: uuid, organization, expiresAtMs });
  }
}
