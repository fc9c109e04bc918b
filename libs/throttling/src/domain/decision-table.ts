import type { Decision } from '../contract/index.js';

/** What the cluster has said about a key: valid until its window ends. */
export interface KnownDecision {
  readonly isThrottled: boolean;
  /** End of the window, milliseconds since the epoch. */
  readonly expiryTimeStamp: number;
  /** What the whole cluster had counted. */
  readonly count: number;
}

/** A key has more than one open window only while its policy changes from one length to another. */
const maxWindowsPerKey = 4;

/**
 * The decisions of the traffic managers, as one gateway process knows them. Applying is idempotent and takes any
 * order: a decision about a window that is over, or one that had seen fewer requests of its window, changes nothing.
 */
export class DecisionTable {
  readonly #byKey = new Map<string, readonly KnownDecision[]>();
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
    const { throttleKey, isThrottled, expiryTimeStamp, count } = decision;
    const open = (this.#byKey.get(throttleKey) ?? []).filter((one) => one.expiryTimeStamp > nowMs);
    const known = open.find((one) => one.expiryTimeStamp === expiryTimeStamp);
    if (expiryTimeStamp <= nowMs || (known && !supersedes(decision, known))) {
      this.#ignored++;
      return false;
    }
    if (open.length === 0 && !this.#hasRoom(nowMs)) {
      this.#dropped++;
      return false;
    }
    const others = open.filter((one) => one !== known).slice(0, maxWindowsPerKey - 1);
    this.#byKey.set(throttleKey, [{ isThrottled, expiryTimeStamp, count }, ...others]);
    return true;
  }

  /** The moment at which the key is free again, milliseconds since the epoch; 0 when it is not blocked. */
  blockedUntilMs(key: string, nowMs: number): number {
    let untilMs = 0;
    for (const one of this.#byKey.get(key) ?? []) {
      if (one.isThrottled && one.expiryTimeStamp > Math.max(nowMs, untilMs)) untilMs = one.expiryTimeStamp;
    }
    return untilMs;
  }

  /** What is known about a key in the window that ends at `windowEndMs`. */
  known(key: string, windowEndMs: number): KnownDecision | undefined {
    const windows = this.#byKey.get(key);
    if (windows === undefined) return undefined;
    for (const one of windows) if (one.expiryTimeStamp === windowEndMs) return one;
    return undefined;
  }

  /** Forgets what has expired; returns how many keys. Call it every few seconds. */
  sweep(nowMs: number): number {
    const before = this.#byKey.size;
    for (const [key, windows] of this.#byKey) {
      if (windows.every((one) => one.expiryTimeStamp <= nowMs)) this.#byKey.delete(key);
    }
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
  if (next.count !== known.count) return next.count > known.count;
  return next.isThrottled !== known.isThrottled; // same count, other verdict: the policy was changed
}
