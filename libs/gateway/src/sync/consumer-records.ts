import type { ApplicationRecord, KeyMappingRecord, SubscriptionRecord } from '@tollgate/application/contract';
import type { ConsumerIndex } from '../filters/subscription.js';

/** Applications, their keys and their subscriptions, indexed by what a request brings. */
export class ConsumerRecords implements ConsumerIndex {
  readonly #applications = new Map<string, ApplicationRecord>();
  readonly #mappingsById = new Map<string, KeyMappingRecord>();
  readonly #mappingsByManager = new Map<string, Map<string, KeyMappingRecord>>();
  readonly #subscriptionsById = new Map<string, SubscriptionRecord>();
  readonly #subscriptionsByApi = new Map<string, Map<string, SubscriptionRecord>>();

  application(uuid: string): ApplicationRecord | undefined {
    return this.#applications.get(uuid);
  }

  keyMapping(keyManager: string, consumerKey: string): KeyMappingRecord | undefined {
    return this.#mappingsByManager.get(keyManager)?.get(consumerKey);
  }

  subscription(apiUuid: string, applicationUuid: string): SubscriptionRecord | undefined {
    return this.#subscriptionsByApi.get(apiUuid)?.get(applicationUuid);
  }

  setApplication(id: string, record: ApplicationRecord | null): void {
    if (record === null) this.#applications.delete(id);
    else this.#applications.set(id, record);
  }

  setKeyMapping(id: string, record: KeyMappingRecord | null): void {
    const old = this.#mappingsById.get(id);
    if (old) removeFrom(this.#mappingsByManager, old.keyManager, old.consumerKey, old);
    if (record === null) return void this.#mappingsById.delete(id);
    this.#mappingsById.set(id, record);
    addTo(this.#mappingsByManager, record.keyManager, record.consumerKey, record);
  }

  setSubscription(id: string, record: SubscriptionRecord | null): void {
    const old = this.#subscriptionsById.get(id);
    if (old) removeFrom(this.#subscriptionsByApi, old.apiUuid, old.applicationUuid, old);
    if (record === null) return void this.#subscriptionsById.delete(id);
    this.#subscriptionsById.set(id, record);
    addTo(this.#subscriptionsByApi, record.apiUuid, record.applicationUuid, record);
  }
}

function addTo<T>(index: Map<string, Map<string, T>>, outer: string, inner: string, value: T): void {
  let map = index.get(outer);
  if (!map) index.set(outer, (map = new Map()));
  map.set(inner, value);
}

/** Only what this record put there: a newer record of the same pair stays. */
function removeFrom<T>(index: Map<string, Map<string, T>>, outer: string, inner: string, value: T): void {
  const map = index.get(outer);
  if (map?.get(inner) !== value) return;
  map.delete(inner);
  if (map.size === 0) index.delete(outer);
}
