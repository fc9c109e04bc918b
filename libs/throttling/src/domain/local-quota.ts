import type { DegradedMode } from '../contract/index.js';
import type { DecisionTable } from './decision-table.js';
import type { LeaseBook, LeaseState } from './lease-book.js';
import { windowOf, type WindowLength } from './time-window.js';

/** One limit that a request has to respect. */
export interface QuotaLevel extends WindowLength {
  /** Unique over all levels, see `throttle-key.ts`. */
  readonly key: string;
  /** Requests per window, or bytes; 0 refuses all. */
  readonly quota: number;
  /** true: admitting counts nothing; the bytes are added by `addBytes` when they are known. */
  readonly countsBytes?: boolean;
  /** true: of a request that opens a stream nothing is counted; `admitMessage` counts each message. */
  readonly countsEvents?: boolean;
  /** What a shared level does while nobody counts for all gateways; default `local-share`. */
  readonly degradedMode?: DegradedMode;
  /** false: a request over quota passes, marked (a plan with `stopOnQuotaReach: false`). */
  readonly enforced: boolean;
  /** false: counted by this process only, whatever the cluster says (burst and hard limit). */
  readonly shared: boolean;
  /** Strict: a request needs a permit leased under this key (`{level}:{throttleKey}`), so that nobody is over the quota. */
  readonly leaseKey?: string;
}

/** A request met a level whose quota is used up. */
export interface OverQuota {
  /** true when only levels that are not enforced are over: the request passes and was counted. */
  readonly admitted: boolean;
  /** Index of the level in the order given: the first one that refuses, else the first one that is over. */
  readonly level: number;
  /** End of its window, milliseconds since the epoch. */
  readonly untilMs: number;
  /** Refused only because nobody knows yet: when this resolves, look again. */
  readonly asked?: Promise<void>;
}

interface Counter {
  timeUnit: string;
  unitTime: number;
  startMs: number;
  endMs: number;
  /** Requests this process admitted in the window, or their bytes. */
  count: number;
  /** The cluster's count when it was last heard of, and the own count at that moment. */
  clusterCount: number;
  countAtReport: number;
}

/** Who counts for all gateways together. */
export interface Cluster {
  /** false: traffic managers or brokers are away. */
  readonly isReached: boolean;
  /** Gateways that share quotas, this one among them; at least 1. */
  readonly liveGateways: number;
}

/** While everything is refused callers are told to come back after this long, or when the window ends. */
const retryWhenClosedMs = 10_000;

/** A clock that was set back by less than this keeps the window it is in, so that no quota is given twice. */
const clockStepMs = 5_000;

/** When to come back while a decider that is slow has not said whether a permit is left. */
const retryWhenAskedMs = 1_000;

/**
 * Checks and counts requests in memory, synchronously. One process alone never admits more than a quota; with others
 * it takes in what the cluster has counted, which reaches it by decisions for keys near their limit.
 */
export class LocalQuota {
  readonly #counters = new Map<string, Counter>();
  readonly #found: Counter[] = [];
  readonly #decisions: DecisionTable;
  readonly #maxKeys: number;
  readonly #leases: LeaseBook | null;
  #cluster: Cluster = { isReached: true, liveGateways: 1 };
  #evicted = 0;
  #nextFullSweepMs = 0;

  /** @param options.maxKeys bound on memory; beyond it the oldest counter is given up and counted as evicted */
  constructor(decisions: DecisionTable, options: { maxKeys?: number; leases?: LeaseBook } = {}) {
    this.#decisions = decisions;
    this.#leases = options.leases ?? null;
    this.#maxKeys = options.maxKeys ?? 500_000;
  }

  /**
   * Looks at every level in the order given and counts the request at all of them, or, when an enforced one is over
   * its quota, at none: a refused request consumes nothing.
   * @param isStream the request opens a stream of messages, which count by themselves: levels that count them are looked at only
   * @param leased gets the levels at which a leased permit was used: there the request is counted already
   * @returns `null` when the request is within every quota
   */
  admit(levels: readonly QuotaLevel[], nowMs: number, leased?: QuotaLevel[], isStream = false): OverQuota | null {
    let marked: OverQuota | null = null;
    let unknown: number | null = null;
    for (let i = 0; i < levels.length; i++) {
      const level = levels[i] as QuotaLevel;
      const counter = this.#counterOf(level, nowMs);
      this.#found[i] = counter;
      const lease = this.#leaseState(level, counter);
      if (lease === 'at-hand') (leased ??= []).push(level);
      else if (lease === 'ask') unknown ??= i;
      else if (lease === 'none' || this.#isOver(level, counter, lease === 'away')) {
        const untilMs = this.#untilMs(level, counter, lease, nowMs);
        if (level.enforced) return { admitted: false, level: i, untilMs };
        marked ??= { admitted: true, level: i, untilMs };
      }
    }
    if (unknown !== null) return this.#ask(levels, unknown, nowMs);
    for (let i = 0; i < levels.length; i++) {
      const { countsBytes, countsEvents } = levels[i] as QuotaLevel;
      if (countsBytes !== true && !(isStream && countsEvents === true)) (this.#found[i] as Counter).count++;
    }
    for (const { leaseKey = '' } of leased ?? []) this.#leases?.take(leaseKey);
    return marked;
  }

  /**
   * Looks at the levels that count messages or their bytes and counts one message at all of them, or, when an enforced
   * one is over its quota, at none.
   */
  admitMessage(levels: readonly QuotaLevel[], bytes: number, nowMs: number): OverQuota | null {
    let marked: OverQuota | null = null;
    for (let i = 0; i < levels.length; i++) {
      const level = levels[i] as QuotaLevel;
      const counter = this.#counterOf(level, nowMs);
      this.#found[i] = counter;
      if (!this.#isOver(level, counter, false)) continue;
      const untilMs = this.#untilMs(level, counter, null, nowMs);
      if (level.enforced) return { admitted: false, level: i, untilMs };
      marked ??= { admitted: true, level: i, untilMs };
    }
    for (let i = 0; i < levels.length; i++) {
      (this.#found[i] as Counter).count += levels[i]?.countsBytes === true ? bytes : 1;
    }
    return marked;
  }

  /** Counts the bytes of a request that was admitted: the one that crosses a quota has passed already. */
  addBytes(level: QuotaLevel, bytes: number, nowMs: number): void {
    this.#counterOf(level, nowMs).count += bytes;
  }

  /** From now on quotas are kept with, or without, those who count for all gateways. */
  setCluster(cluster: Cluster): void {
    this.#cluster = cluster;
  }

  /** Requests left in the current window as far as this process knows; for `RateLimit` fields. */
  remaining(level: QuotaLevel, nowMs: number): number {
    return Math.max(0, level.quota - this.#used(level, this.#counterOf(level, nowMs)));
  }

  /** Forgets counters whose window is over; returns how many. Call it every few seconds. */
  sweep(nowMs: number): number {
    const before = this.#counters.size;
    for (const [key, { endMs }] of this.#counters) if (endMs <= nowMs) this.#counters.delete(key);
    return before - this.#counters.size;
  }

  stats(): { keys: number; evicted: number } {
    return { keys: this.#counters.size, evicted: this.#evicted };
  }

  /** One after the other, in the order of the levels: two gateways never wait for what the other holds. */
  #ask(levels: readonly QuotaLevel[], index: number, nowMs: number): OverQuota {
    const asked = this.#leases?.whenAnswered(levels[index]?.leaseKey ?? '') ?? Promise.resolve();
    const untilMs = Math.min((this.#found[index] as Counter).endMs, nowMs + retryWhenAskedMs);
    return { admitted: false, level: index, untilMs, asked };
  }

  /** `null` for a level that is not strict. What this process admitted under another rule counts as well. */
  #leaseState({ leaseKey, quota }: QuotaLevel, counter: Counter): LeaseState | null {
    if (leaseKey === undefined) return null;
    if (this.#leases === null) return 'away';
    const state = this.#leases.state(leaseKey, counter, quota);
    return counter.count >= quota && state !== 'away' ? 'none' : state;
  }

  #untilMs(level: QuotaLevel, { endMs }: Counter, lease: LeaseState | null, nowMs: number): number {
    return this.#isClosed(level, lease) ? Math.min(endMs, nowMs + retryWhenClosedMs) : endMs;
  }

  #isClosed(level: QuotaLevel, lease: LeaseState | null): boolean {
    return level.degradedMode === 'closed' && this.#isAlone(level, lease === 'away');
  }

  /** Nobody counts for all gateways: who leases needs the decider, everybody else the traffic managers. */
  #isAlone({ leaseKey, shared }: QuotaLevel, isAway: boolean): boolean {
    return shared && (leaseKey === undefined ? !this.#cluster.isReached : isAway);
  }

  #isOver(level: QuotaLevel, counter: Counter, isAway: boolean): boolean {
    if (this.#isAlone(level, isAway)) {
      if (level.degradedMode === 'closed') return true;
      if (level.degradedMode === 'open') return false;
      // Rounded up, so that a small quota still lets somebody pass at every gateway.
      if (counter.count >= Math.ceil(level.quota / this.#cluster.liveGateways)) return true;
    }
    return this.#used(level, counter) >= level.quota;
  }

  /**
   * What the cluster has used of the quota, at least: its last known count and what was admitted here since. The
   * requests admitted since then cannot be part of that count, so this never refuses early.
   */
  #used(level: QuotaLevel, counter: Counter): number {
    if (!level.shared) return counter.count;
    const known = this.#decisions.known(level.key, counter.endMs);
    if (known && known.count > counter.clusterCount) {
      counter.clusterCount = known.count;
      counter.countAtReport = counter.count;
    }
    return Math.max(counter.count, counter.clusterCount + counter.count - counter.countAtReport);
  }

  #counterOf(level: QuotaLevel, nowMs: number): Counter {
    const counter = this.#counters.get(level.key);
    if (counter === undefined) return this.#addCounter(level, nowMs);
    const moved = nowMs >= counter.endMs || nowMs < counter.startMs - clockStepMs;
    if (moved || counter.unitTime !== level.unitTime || counter.timeUnit !== level.timeUnit) {
      Object.assign(counter, freshCounter(level, nowMs));
    }
    return counter;
  }

  #addCounter(level: QuotaLevel, nowMs: number): Counter {
    if (this.#counters.size >= this.#maxKeys) this.#makeRoom(nowMs);
    const counter = freshCounter(level, nowMs);
    this.#counters.set(level.key, counter);
    return counter;
  }

  /** Sweeps at most once per second, because a sweep looks at every key and this runs within a request. */
  #makeRoom(nowMs: number): void {
    if (nowMs >= this.#nextFullSweepMs) {
      this.#nextFullSweepMs = nowMs + 1_000;
      if (this.sweep(nowMs) > 0) return;
    }
    const oldest = this.#counters.keys().next();
    if (oldest.done) return;
    this.#counters.delete(oldest.value);
    this.#evicted++;
  }
}

function freshCounter(level: QuotaLevel, nowMs: number): Counter {
  const { startMs, endMs } = windowOf(level, nowMs);
  const { unitTime, timeUnit } = level;
  return { timeUnit, unitTime, startMs, endMs, count: 0, clusterCount: 0, countAtReport: 0 };
}
