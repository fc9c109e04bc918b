import { z } from 'zod';

export const keyTypes = ['PRODUCTION', 'SANDBOX'] as const;
export type KeyType = (typeof keyTypes)[number];

export const subscriptionStates = [
  'UNBLOCKED',
  'BLOCKED',
  'PROD_ONLY_BLOCKED',
  'ON_HOLD',
  'REJECTED',
  'TIER_UPDATE_PENDING',
  'DELETE_PENDING',
] as const;
export type SubscriptionState = (typeof subscriptionStates)[number];

/** Record kind `application`, id = application uuid. */
export const applicationRecordSchema = z.object({
  /** Numeric id: the one in throttle keys. */
  id: z.number().int(),
  uuid: z.string(),
  name: z.string(),
  owner: z.string(),
  organization: z.string(),
  /** Application policy. */
  tier: z.string(),
  /** Users who got a new quota for the rest of a window; numbered, so that every one of them has a counter of its own. */
  quotaResets: z
    .array(z.object({ user: z.string(), number: z.number().int().positive(), untilMs: z.number().int() }))
    .default([]),
});
export type QuotaReset = ApplicationRecord['quotaResets'][number];
export type ApplicationRecord = z.infer<typeof applicationRecordSchema>;

/** Record kind `key-mapping`, id = `{keyManager}:{consumerKey}`: leads from a token's `azp` to its application. */
export const keyMappingRecordSchema = z.object({
  consumerKey: z.string(),
  keyManager: z.string(),
  applicationUuid: z.string(),
  keyType: z.enum(keyTypes),
});
export type KeyMappingRecord = z.infer<typeof keyMappingRecordSchema>;

/** Record kind `subscription`, id = subscription uuid. */
export const subscriptionRecordSchema = z.object({
  id: z.number().int(),
  uuid: z.string(),
  apiUuid: z.string(),
  applicationUuid: z.string(),
  tier: z.string(),
  state: z.enum(subscriptionStates),
});
export type SubscriptionRecord = z.infer<typeof subscriptionRecordSchema>;
