import type { RecordKey } from '@tollgate/deployment/server';
import type { ApplicationRecord, KeyMappingRecord, SubscriptionRecord } from '../contract/index.js';
import type { ApplicationKey } from './application-key.entity.js';
import type { Application } from './application.entity.js';
import type { Subscription } from './subscription.entity.js';

/** What gateways hold of an application. */
export function applicationRecord(application: Application): ApplicationRecord {
  const { id, uuid, name, owner, organization, tier, quotaResets } = application;
  return { id, uuid, name, owner, organization, tier, quotaResets: [...quotaResets] };
}

export function applicationRecordKey(
  application: Application,
  eventType: `APPLICATION_${'CREATE' | 'UPDATE' | 'DELETE'}`,
): RecordKey {
  return { kind: 'application', id: application.uuid, organization: application.organization, eventType };
}

/** What leads a gateway from a token's client to its application. */
export function keyMappingRecord(key: ApplicationKey, application: Application): KeyMappingRecord {
  const { consumerKey, keyManager, keyType } = key;
  return { consumerKey, keyManager, applicationUuid: application.uuid, keyType };
}

export function keyMappingRecordKey(
  key: ApplicationKey,
  eventType: 'APPLICATION_REGISTRATION_CREATE' | 'REMOVE_APPLICATION_KEYMAPPING',
): RecordKey {
  const id = `${key.keyManager}:${key.consumerKey}`;
  return { kind: 'key-mapping', id, organization: key.organization, eventType };
}

/** What gateways ask whether an application may call an API. */
export function subscriptionRecord(subscription: Subscription, applicationUuid: string): SubscriptionRecord {
  const { id, uuid, apiUuid, tier, state } = subscription;
  return { id, uuid, apiUuid, applicationUuid, tier, state };
}

export function subscriptionRecordKey(
  subscription: Subscription,
  eventType: `SUBSCRIPTIONS_${'CREATE' | 'UPDATE' | 'DELETE'}`,
): RecordKey {
  return { kind: 'subscription', id: subscription.uuid, organization: subscription.organization, eventType };
}
