export {
  applicationRecordSchema,
  keyMappingRecordSchema,
  keyTypes,
  subscriptionRecordSchema,
  subscriptionStates,
} from './record.js';
export type {
  ApplicationRecord,
  KeyMappingRecord,
  KeyType,
  QuotaReset,
  SubscriptionRecord,
  SubscriptionState,
} from './record.js';
