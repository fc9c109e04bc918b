import type { Decision } from '../contract/index.js';

/** What the cluster has said about a key: valid until its window ends. */
export interface KnownDecision {
  readonly isThrottled: boolean;
  /** End of the window, milliseconds since the epoch. */
  readonly expiryTimeStamp: number;
  /** What the whole cluster had counted. */
  readonly count: number;
}

/**
 * The decisions of the traffic managers, as one gateway process knows them. Applying is idempotent and takes any
 * order: a decision about an earlier window, or one that had seen fewer requests of the same window, changes nothing.
 */
export class DecisionTable {
  readonly #byKey = new Map<string, KnownDecision>();
  readonly #maxKeys: number;
  #ignored = 0;
  #dropped = 0;
  #nextFullSweepMs = 0;

  /** @param options.maxKeys bound on memory; a decision beyond it is dropped and counted */
  constructor(options: { maxKeys?: number } = {}) {
    this.#maxKeys = options.maxKeys ?? 500_000;
  }

  /** Returns whether it changed anything. */
  apply(decision: Decision, nowMs: number): boolean {
    const known = this.#byKey.get(decision.throttleKey);
    if (decision.expiryTimeStamp <= nowMs || (known && !supersedes(decision, known))) {
      this.#ignored++;
      return false;
    }
    if (!known && !this.#hasRoom(nowMs)) {
      this.#dropped++;
      return false;
    }
    const { isThrottled, expiryTimeStamp, count } = decision;
    this.#byKey.set(decision.throttleKey, { isThrottled, expiryTimeStamp, count });
    return true;
  }

  /** The moment at which the key is free again, milliseconds since the epoch; 0 when it is not blocked. */
  blockedUntilMs(key: string, nowMs: number): number {
    const known = this.#byKey.get(key);
    return known?.isThrottled && known.expiryTimeStamp > nowMs ? known.expiryTimeStamp : 0;
  }

  /** What is known about a key; the caller compares `expiryTimeStamp` with its own window. */
  known(key: string): KnownDecision | undefined {
    return this.#byKey.get(key);
  }

  /** Forgets what has expired; returns how many. Call it every few seconds. */
  sweep(nowMs: number): number {
    const before = this.#byKey.size;
    for (const [key, { expiryTimeStamp }] of this.#byKey) if (expiryTimeStamp <= nowMs) this.#byKey.delete(key);
    return before - this.#byKey.size;
  }

  /** Sweeps at most once per second, because a sweep looks at every key. */
  #hasRoom(nowMs: number): boolean {
    if (this.#byKey.size >= this.#maxKeys && nowMs >= this.#nextFullSweepMs) {
      this.#nextFullSweepMs = nowMs + 1_000;
      this.sweep(nowMs);
    }
    return this.#byKey.size < this.#maxKeys;
  }

  stats(): { keys: number; ignored: number; dropped: number } {
    return { keys: this.#byKey.size, ignored: this.#ignored, dropped: this.#dropped };
  }
}

function supersedes(next: Decision, known: KnownDecision): boolean {
  if (next.expiryTimeStamp !== known.expiryTimeStamp) return next.expiryTimeStamp > known.expiryTimeStamp;
  if (next.count !== known.count) return next.count > known.count;
  return next.isThrottled !== known.isThrottled; // same count, other verdict: the policy was changed
}
