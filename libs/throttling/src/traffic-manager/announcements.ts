import type { Decision } from '../contract/index.js';
import { quotaOf, windowOf } from '../domain/index.js';
import { limitOf, type PolicyLookup, type CountedUse } from './increments.js';

interface Announcement {
  readonly use: CountedUse;
  count: number;
  isThrottled: boolean;
  /** Something changed since gateways were told. */
  unsent: boolean;
}

/** From this share of a quota on, gateways are told the cluster's count. */
const nearShare = 0.8;

/**
 * What gateways have to know about keys near or over their limit. A key that passes its quota is announced at once;
 * how a count grows is told with the next flush.
 */
export class Announcements {
  readonly #byCounter = new Map<string, Announcement>();
  #unsent: Announcement[] = [];

  constructor(private readonly options: { policyOf: PolicyLookup; maxKeys: number }) {}

  /** Takes in a new count; returns whether the key has just passed its quota. */
  take(use: CountedUse, count: number): boolean {
    // The policy as it is now: it may have changed while the store was counting.
    const quota = this.#quotaOf(use);
    if (quota === null || count < quota * nearShare) return false;
    const isThrottled = count >= quota;
    const id = `${use.window.endMs}:${use.level}:${use.throttleKey}`;
    const known = this.#byCounter.get(id);
    if (!known) {
      if (this.#byCounter.size >= this.options.maxKeys) this.#forgetOldest();
      const fresh = { use, count, isThrottled, unsent: false };
      this.#byCounter.set(id, fresh);
      this.#markUnsent(fresh);
      return isThrottled;
    }
    const passed = isThrottled && !known.isThrottled;
    // A slower answer of the store may carry an older count.
    if (count > known.count || passed) {
      known.count = Math.max(known.count, count);
      known.isThrottled = known.isThrottled || isThrottled;
      this.#markUnsent(known);
    }
    return passed;
  }

  /** Judges all announced keys again after policies changed: raised quotas free keys, lowered ones throttle them. */
  reconsider(): void {
    for (const announcement of this.#byCounter.values()) {
      const quota = this.#quotaOf(announcement.use);
      const isThrottled = quota !== null && announcement.count >= quota;
      if (isThrottled === announcement.isThrottled) continue;
      announcement.isThrottled = isThrottled;
      this.#markUnsent(announcement);
    }
  }

  /** Everything gateways have not been told yet, once. */
  takeUnsent(): Decision[] {
    const unsent = this.#unsent;
    this.#unsent = [];
    return unsent.map((announcement) => {
      announcement.unsent = false;
      const { level, throttleKey, window } = announcement.use;
      const { isThrottled, count } = announcement;
      return { level, throttleKey, isThrottled, expiryTimeStamp: window.endMs, count };
    });
  }

  sweep(nowMs: number): void {
    for (const [id, { use }] of this.#byCounter) if (use.window.endMs <= nowMs) this.#byCounter.delete(id);
  }

  get size(): number {
    return this.#byCounter.size;
  }

  /** `null` when the policy is gone, unlimited, or has windows of another length or another kind of limit now. */
  #quotaOf({ organization, policyLevel, policyName, group, limitType, window }: CountedUse): number | null {
    const limit = limitOf(this.options.policyOf(organization, policyLevel, policyName), group);
    if (limit?.type !== limitType) return null;
    const now = windowOf(limit, window.startMs);
    return now.startMs === window.startMs && now.endMs === window.endMs ? quotaOf(limit) : null;
  }

  #markUnsent(announcement: Announcement): void {
    if (announcement.unsent) return;
    announcement.unsent = true;
    this.#unsent.push(announcement);
  }

  #forgetOldest(): void {
    const oldest = this.#byCounter.keys().next();
    if (!oldest.done) this.#byCounter.delete(oldest.value);
  }
}
