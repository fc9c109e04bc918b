import type { Decision } from '../contract/index.js';

interface KnownVerdict {
  readonly isThrottled: boolean;
  readonly expiryTimeStamp: number;
  /** Orders what is said about one key: the later word counts. */
  readonly order: number;
}

/**
 * What custom rules say about keys, as one gateway process knows it. Of one rule and key the last word counts, whatever
 * its window: rules with sliding windows have a new end with every request.
 */
export class CustomDecisions {
  readonly #byKey = new Map<string, KnownVerdict>();
  #dropped = 0;

  /** @param maxKeys bound on memory; what does not fit is dropped and counted */
  constructor(private readonly maxKeys = 500_000) {}

  /** Takes in a decision of the level `custom`; repeating one, or bringing an older one later, changes nothing. */
  apply({ ruleId = '', throttleKey, isThrottled, expiryTimeStamp, count: order }: Decision, nowMs: number): void {
    const key = idOf(ruleId, throttleKey);
    const known = this.#byKey.get(key);
    if (expiryTimeStamp <= nowMs || (known && known.order >= order)) return;
    if (!known && this.#byKey.size >= this.maxKeys) {
      this.#dropped++;
      return;
    }
    this.#byKey.set(key, { isThrottled, expiryTimeStamp, order });
  }

  /** The moment at which the key is free again, milliseconds since the epoch; 0 when the rule does not block it. */
  blockedUntilMs(ruleId: string, throttleKey: string, nowMs: number): number {
    const known = this.#byKey.get(idOf(ruleId, throttleKey));
    return known?.isThrottled && known.expiryTimeStamp > nowMs ? known.expiryTimeStamp : 0;
  }

  /** Forgets what has expired. Call it every few seconds. */
  sweep(nowMs: number): void {
    for (const [key, { expiryTimeStamp }] of this.#byKey) if (expiryTimeStamp <= nowMs) this.#byKey.delete(key);
  }

  stats(): { keys: number; dropped: number } {
    return { keys: this.#byKey.size, dropped: this.#dropped };
  }
}

function idOf(ruleId: string, throttleKey: string): string {
  return `${ruleId}\n${throttleKey}`;
}
