import {
  unlimitedPolicy,
  type Decision,
  type PolicyLevel,
  type RequestEvent,
  type ThrottleLimit,
  type ThrottlePolicyRecord,
} from '../contract/index.js';
import { amountOf, conditionKey, limitKey, windowOf, type TimeWindow } from '../domain/index.js';

/** Finds a policy in the replica; `undefined` when there is none by that name. */
export type PolicyLookup = (organization: string, level: PolicyLevel, name: string) => ThrottlePolicyRecord | undefined;

/** One counter that an event belongs to. */
export interface LevelUse {
  readonly level: Decision['level'];
  readonly throttleKey: string;
  readonly organization: string;
  readonly policyLevel: PolicyLevel;
  readonly policyName: string;
  /** Number of the condition group whose limit counts; `null`: the policy's own limit. */
  readonly group: number | null;
}

/** A use together with its window and the kind of limit it counts for. */
export interface CountedUse extends LevelUse {
  readonly window: TimeWindow;
  readonly limitType: ThrottleLimit['type'];
  by: number;
}

/** The limit that a use counts for, by the policy as it is now; `null` when it never refuses or the group is gone. */
export function limitOf(policy: ThrottlePolicyRecord | undefined, group: number | null): ThrottleLimit | null {
  if (!policy) return null;
  return group === null ? policy.limit : (policy.conditionGroups[group]?.limit ?? null);
}

/** The levels at which an event counts. An empty key or the unlimited policy means: not counted. */
export function levelsOf(event: RequestEvent): LevelUse[] {
  const uses: LevelUse[] = [];
  const matched = event.matchedConditions;
  const add = (level: Decision['level'], policyLevel: PolicyLevel, key: string, tier: string, organization: string) => {
    if (key === '' || tier === '' || tier === unlimitedPolicy) return;
    const use = { level, policyLevel, policyName: tier, organization };
    if (policyLevel !== 'advanced' || matched === '') return void uses.push({ ...use, throttleKey: key, group: null });
    if (matched === 'default') {
      return void uses.push({ ...use, throttleKey: conditionKey(key, 'default'), group: null });
    }
    for (const group of matched.split(',').map(Number)) {
      uses.push({ ...use, throttleKey: conditionKey(key, group), group });
    }
  };
  add('api', 'advanced', event.apiKey, event.apiTier, event.apiTenant);
  // With a policy on the whole API some senders repeat its key as the resource's: it counts once.
  if (event.resourceKey !== event.apiKey) {
    add('resource', 'advanced', event.resourceKey, event.resourceTier, event.apiTenant);
  }
  add('subscription', 'subscription', event.subscriptionKey, event.subscriptionTier, event.apiTenant);
  add('application', 'application', event.appKey, event.appTier, event.appTenant);
  return uses;
}

/** A leased permit counted the requests when it was granted. */
function isLeased({ leased }: RequestEvent, { level, group }: LevelUse): boolean {
  return leased !== undefined && leased.split(',').includes(group === null ? level : `${level}:${group}`);
}

export interface BatchUses {
  /** One per counter, in the order in which the events name them. */
  readonly uses: readonly CountedUse[];
  /** Requests whose window is long over, or not to come for long; they count nowhere. */
  readonly lateRequests: number;
  /** Requests that name a policy nobody has deployed here. */
  readonly unknownPolicyRequests: number;
}

/** Adds up what a batch counts at each counter, with the window of each event's own time. */
export function usesOf(
  events: readonly RequestEvent[],
  policyOf: PolicyLookup,
  isOutside: (window: TimeWindow) => boolean,
): BatchUses {
  const byCounter = new Map<string, CountedUse>();
  let [lateRequests, unknownPolicyRequests] = [0, 0];
  for (const event of events) {
    for (const use of levelsOf(event)) {
      if (isLeased(event, use)) continue;
      const policy = policyOf(use.organization, use.policyLevel, use.policyName);
      if (policy === undefined) unknownPolicyRequests += event.count;
      const limit = limitOf(policy, use.group);
      const by = limit ? amountOf(event, limit) : 0;
      if (!limit || by === 0) continue;
      const window = windowOf(limit, event.windowStart);
      if (isOutside(window)) {
        lateRequests += event.count;
        continue;
      }
      const throttleKey = limitKey(use.throttleKey, limit);
      const id = `${window.startMs}-${window.endMs}:${use.level}:${throttleKey}`;
      const known = byCounter.get(id);
      if (known) known.by += by;
      else byCounter.set(id, { ...use, throttleKey, limitType: limit.type, window, by });
    }
  }
  return { uses: [...byCounter.values()], lateRequests, unknownPolicyRequests };
}
