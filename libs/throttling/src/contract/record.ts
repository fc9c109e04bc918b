import { z } from 'zod';
import { throttleConditionSchema } from './condition.js';
import { throttleLimitSchema } from './limit.js';

/** Where a policy applies. `api` is the advanced policy on a whole API, `resource` the same kind on one operation. */
export const policyLevels = ['advanced', 'subscription', 'application'] as const;
export type PolicyLevel = (typeof policyLevels)[number];

/**
 * While traffic managers or brokers are away: `local-share` keeps to the quota divided by the live gateways, `open`
 * lets everything pass, `closed` refuses everything.
 */
export const degradedModes = ['local-share', 'open', 'closed'] as const;
export type DegradedMode = (typeof degradedModes)[number];

export const unlimitedPolicy = 'Unlimited';

/** Record kind `throttle-policy`, id = `{organization}:{level}:{name}`. Every limit kind that exists is built; others are not accepted yet. */
export const throttlePolicyRecordSchema = z.object({
  uuid: z.string(),
  organization: z.string(),
  level: z.enum(policyLevels),
  name: z.string(),
  displayName: z.string(),
  /** null: never refuses. */
  limit: throttleLimitSchema.nullable(),
  /** false: over-quota requests pass and are marked (subscription level). */
  stopOnQuotaReach: z.boolean(),
  /** Burst control of subscription policies; null when none. */
  burst: z.object({ count: z.number().int().positive(), timeUnit: z.enum(['sec', 'min']) }).nullable(),
  /** advanced: count per user instead of per API or resource. */
  applicableLevel: z.enum(['apiLevel', 'userLevel']),
  /** advanced: each request counts in every group whose conditions all hold; `limit` is for those that are in none. */
  conditionGroups: z
    .array(z.object({ conditions: z.array(throttleConditionSchema), limit: throttleLimitSchema }))
    .default([]),
  /** What gateways do while nobody counts for all of them. */
  degradedMode: z.enum(degradedModes).default('local-share'),
  /** Gateways lease permits ahead of need, so that no request is over the quota. Request counts that refuse only. */
  strict: z.boolean().default(false),
});
export type ThrottlePolicyRecord = z.infer<typeof throttlePolicyRecordSchema>;

export const denyConditionTypes = ['API', 'APPLICATION', 'USER', 'IP', 'IPRANGE', 'SUBSCRIPTION'] as const;

/** Record kind `deny-condition`, id = uuid. Present only while switched on. Values in the forms that the admin contract takes. */
export const denyConditionRecordSchema = z.object({
  id: z.number().int(),
  uuid: z.string(),
  organization: z.string(),
  type: z.enum(denyConditionTypes),
  value: z.union([
    z.string(),
    z.object({ fixedIp: z.string(), invert: z.boolean() }),
    z.object({ startingIp: z.string(), endingIp: z.string(), invert: z.boolean() }),
  ]),
});
export type DenyConditionRecord = z.infer<typeof denyConditionRecordSchema>;

/**
 * One aggregated request event: requests with equal attributes in one flush of one gateway worker, folded.
 * Keys as `throttle-key.ts` of the domain layer makes them. A level whose policy is unlimited has an empty key and is not counted.
 */
export const requestEventSchema = z.object({
  appKey: z.string(),
  appTier: z.string(),
  subscriptionKey: z.string(),
  subscriptionTier: z.string(),
  apiKey: z.string(),
  apiTier: z.string(),
  resourceKey: z.string(),
  resourceTier: z.string(),
  /** Of an advanced policy with condition groups: the numbers of the groups the requests are in (`0,2`), or `default`. */
  matchedConditions: z
    .string()
    .max(500)
    .regex(/^(default|\d{1,3}(,\d{1,3})*)?$/)
    .default(''),
  /**
   * Counters in which a leased permit has counted the requests already, each as `{level}` or, in a condition group,
   * `{level}:{group}`: `api:0,subscription`.
   */
  leased: z
    .string()
    .max(500)
    .regex(/^[a-z]+(:\d{1,3})?(,[a-z]+(:\d{1,3})?)*$/)
    .optional(),
  userId: z.string(),
  apiContext: z.string(),
  apiVersion: z.string(),
  apiTenant: z.string(),
  appTenant: z.string(),
  appId: z.string(),
  apiName: z.string(),
  /** The caller's address, only while a deployed custom rule reads it. */
  clientIp: z.string().max(64).optional(),
  /** Properties that deployed custom rules read, under the names they use. */
  properties: z.record(z.string().max(256), z.union([z.string().max(1_024), z.number()])).optional(),
  /** Milliseconds since the epoch of the first folded request. All folded requests lie in the same second, so no window edge divides an event. */
  windowStart: z.number().int(),
  /** 0: tells bytes or events only, of requests that were counted when they were admitted. */
  count: z.number().int().nonnegative(),
  /** Both directions, told after the answer; 0 where no bandwidth limit applies. */
  bytes: z.number().int().nonnegative(),
  /** Messages of long connections; each request of other APIs is one. */
  events: z.number().int().nonnegative().default(0),
});
export type RequestEvent = z.infer<typeof requestEventSchema>;

/** `data` of a hub message of type `REQUEST_BATCH`. Deduplicated by `(publisher, seq)` of its message. */
export const requestBatchSchema = z.object({
  events: z.array(requestEventSchema).max(10_000),
  /** true when a peer traffic manager hands it on: it is not handed on again. */ handedOn: z.boolean(),
});
export type RequestBatch = z.infer<typeof requestBatchSchema>;

/** `data` of a hub message of type `THROTTLE_DECISIONS` on topic `throttleData`. Applied idempotently. */
export const decisionSchema = z.object({
  throttleKey: z.string().min(1),
  level: z.enum(['api', 'resource', 'subscription', 'application', 'custom']),
  /** Level `custom`: which version of which rule says so (`ruleId` of its record). */
  ruleId: z.string().max(100).optional(),
  isThrottled: z.boolean(),
  /** End of the window in milliseconds since the epoch; the decision means nothing after it. */
  expiryTimeStamp: z.number().int(),
  /** What the whole cluster has counted in this window (requests, bytes of a bandwidth limit, or messages of an event count limit), when the decision was made. */
  count: z.number().int().nonnegative(),
});
export const decisionsSchema = z.object({ decisions: z.array(decisionSchema).max(10_000) });
export type Decision = z.infer<typeof decisionSchema>;
