import {
  unlimitedPolicy,
  type Decision,
  type PolicyLevel,
  type RequestEvent,
  type ThrottlePolicyRecord,
} from '../contract/index.js';
import { windowOf, type TimeWindow } from '../domain/index.js';

/** Finds a policy in the replica; `undefined` when there is none by that name. */
export type PolicyLookup = (organization: string, level: PolicyLevel, name: string) => ThrottlePolicyRecord | undefined;

/** One counter that an event belongs to. */
export interface LevelUse {
  readonly level: Decision['level'];
  readonly throttleKey: string;
  readonly organization: string;
  readonly policyLevel: PolicyLevel;
  readonly policyName: string;
}

/** A use together with its window. */
export interface CountedUse extends LevelUse {
  readonly window: TimeWindow;
  by: number;
}

/** The levels at which an event counts. An empty key or the unlimited policy means: not counted. */
export function levelsOf(event: RequestEvent): LevelUse[] {
  const uses: LevelUse[] = [];
  const add = (level: Decision['level'], policyLevel: PolicyLevel, key: string, tier: string, organization: string) => {
    if (key === '' || tier === '' || tier === unlimitedPolicy) return;
    uses.push({ level, policyLevel, throttleKey: key, policyName: tier, organization });
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
      const policy = policyOf(use.organization, use.policyLevel, use.policyName);
      if (policy === undefined) unknownPolicyRequests += event.count;
      if (!policy?.limit) continue;
      const window = windowOf(policy.limit, event.windowStart);
      if (isOutside(window)) {
        lateRequests += event.count;
        continue;
      }
      const id = `${window.startMs}-${window.endMs}:${use.level}:${use.throttleKey}`;
      const known = byCounter.get(id);
      if (known) known.by += event.count;
      else byCounter.set(id, { ...use, window, by: event.count });
    }
  }
  return { uses: [...byCounter.values()], lateRequests, unknownPolicyRequests };
}
