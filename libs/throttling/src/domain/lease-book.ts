import { Lease } from './lease.js';
import type { LeaseAnswer, LeaseRequest, QuotaLessor } from './quota-lessor.js';
import type { TimeWindow } from './time-window.js';

/** Whether a request may pass: a permit is here, none is to be had, somebody has to be asked, or nobody can be. */
export type LeaseState = 'at-hand' | 'none' | 'ask' | 'away';

export interface LeaseBookOptions {
  /** `null`: there is no decider that all gateways share, so policies do what their degraded mode says. */
  readonly lessor: QuotaLessor | null;
  /** Names this life of this process. */
  readonly holder: string;
  readonly nowMs: () => number;
  /** How long the decider may take to answer, each of two times; default 300. */
  readonly answerWithinMs?: number;
  readonly maxKeys?: number;
}

/** Since the start of the process; `held` and `isAway` are of now. */
export interface LeaseStats {
  readonly taken: number;
  readonly returned: number;
  /** Requests sent to the decider. */
  readonly asks: number;
  /** Times a request had to wait for an answer. */
  readonly waits: number;
  readonly failures: number;
  readonly held: number;
  readonly isAway: boolean;
}

/** While the decider is away it is tried again this often; no request waits for it in between. */
const retryAfterMs = 500;

/**
 * The permits that this gateway has leased, by key. A permit is counted by the decider before it is here, and lets one
 * request pass, so that all gateways together never admit more than the quota; what is not used goes back, so that they
 * admit all of it.
 */
export class LeaseBook {
  readonly #leases = new Map<string, Lease>();
  /** Those of which the decider does not know everything. */
  readonly #unsettled = new Set<Lease>();
  readonly #options: Required<LeaseBookOptions>;
  #serial = 0;
  #awayUntilMs = 0;
  #isAway: boolean;
  /** What a request looked for while the decider was away: asked for when it is tried again. */
  #probe: Lease | null = null;
  readonly #stats = { taken: 0, returned: 0, asks: 0, waits: 0, failures: 0 };

  constructor(options: LeaseBookOptions) {
    this.#options = { answerWithinMs: 300, maxKeys: 500_000, ...options };
    this.#isAway = options.lessor === null;
  }

  /** @param key `{level}:{throttleKey}` */
  state(key: string, window: TimeWindow, quota: number): LeaseState {
    const nowMs = this.#options.nowMs();
    const lease = this.#leaseOf(key, window, quota, nowMs);
    if (lease.held > 0) return 'at-hand';
    if (this.#isAway) {
      this.#probe = lease;
      return 'away';
    }
    return lease.isExhausted(nowMs) ? 'none' : 'ask';
  }

  /** Uses a permit that `state` has just found. */
  take(key: string): void {
    const lease = this.#leases.get(key);
    if (lease === undefined || lease.held <= 0) throw new Error(`There is no permit of ${key}.`);
    const nowMs = this.#options.nowMs();
    lease.take(nowMs);
    if (!this.#isAway && lease.needsRefill(nowMs)) void this.#ask(lease, true);
  }

  /** Resolves when the decider has answered or is found to be away: then look again. Never rejects. */
  whenAnswered(key: string): Promise<void> {
    const lease = this.#leases.get(key);
    if (lease === undefined) return Promise.resolve();
    this.#stats.waits++;
    lease.wait();
    return this.#ask(lease, true);
  }

  /** Returns what lies idle, and tries a decider that was away again. To be called every 100 ms. */
  tick(): void {
    if (this.#options.lessor === null) return;
    const nowMs = this.#options.nowMs();
    if (this.#isAway) {
      if (nowMs >= this.#awayUntilMs) this.#tryAgain(nowMs);
      return;
    }
    for (const lease of this.#unsettled) {
      if (lease.window.endMs <= nowMs || !lease.isUnsettled) this.#unsettled.delete(lease);
      else if (lease.isIdle(nowMs)) void this.#giveBack(lease);
    }
  }

  /** Gives back everything that is at hand, for a gateway that stops. */
  async returnAll(): Promise<void> {
    if (this.#options.lessor === null || this.#isAway) return;
    const open = [...this.#unsettled].filter(({ window }) => window.endMs > this.#options.nowMs());
    await Promise.all(
      open.map(async (lease) => {
        await lease.asking;
        await this.#giveBack(lease);
      }),
    );
  }

  /** Forgets leases whose window is over. */
  sweep(nowMs: number): void {
    for (const [key, { window }] of this.#leases) if (window.endMs <= nowMs) this.#leases.delete(key);
  }

  stats(): LeaseStats {
    let held = 0;
    for (const lease of this.#unsettled) held += lease.held;
    return { ...this.#stats, held, isAway: this.#isAway };
  }

  #leaseOf(key: string, window: TimeWindow, quota: number, nowMs: number): Lease {
    const known = this.#leases.get(key);
    if (known && isSame(known.window, window) && known.quota === quota) return known;
    // Under another quota, or in another window, the old permits mean nothing: they go back.
    if (known && known.window.endMs > nowMs && known.held > 0) void this.#giveBack(known);
    if (known === undefined && this.#leases.size >= this.#options.maxKeys) this.#forgetOldest();
    const lease = new Lease(`${this.#options.holder}/${++this.#serial}`, key, window, quota, nowMs);
    this.#leases.set(key, lease);
    return lease;
  }

  /** A lease is never taken up again once it is forgotten: the next one of its key is another holder. */
  #forgetOldest(): void {
    const [oldest] = this.#leases;
    if (!oldest) return;
    this.#leases.delete(oldest[0]);
    if (oldest[1].isUnsettled) void this.#giveBack(oldest[1]);
  }

  #giveBack(lease: Lease): Promise<void> {
    this.#stats.returned += lease.release();
    return this.#ask(lease, false);
  }

  /** One request of a lease at a time; those that come meanwhile share its answer. */
  #ask(lease: Lease, wants: boolean): Promise<void> {
    if (lease.asking) return lease.asking;
    this.#unsettled.add(lease);
    // A moment later, so that all who wake up by one answer are in the next request.
    lease.asking = Promise.resolve()
      .then(() => this.#send(lease, wants))
      .finally(() => lease.wake());
    return lease.asking;
  }

  async #send(lease: Lease, wants: boolean): Promise<void> {
    const request = lease.request(this.#options.nowMs(), wants);
    this.#stats.asks++;
    try {
      // Once more at once: a process that stood still for a moment has not lost its decider.
      const answer = await this.#answerTo(request).catch(() => this.#answerTo(request));
      this.#stats.taken += lease.settle(request, answer, this.#options.nowMs());
      this.#isAway = false;
    } catch {
      this.#stats.failures++;
      this.#isAway = true;
      this.#awayUntilMs = this.#options.nowMs() + retryAfterMs;
    }
  }

  async #answerTo(request: LeaseRequest): Promise<LeaseAnswer> {
    const { lessor, answerWithinMs } = this.#options;
    if (lessor === null) throw new Error('There is no decider.');
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('The decider is too slow.')), answerWithinMs);
    });
    try {
      return await Promise.race([lessor.lease(request), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** By what a request looks for, else by what has to be told, else by the next request. */
  #tryAgain(nowMs: number): void {
    const [unsettled] = this.#unsettled;
    const lease = this.#probe ?? unsettled;
    this.#probe = null;
    if (lease && lease.window.endMs > nowMs) void this.#ask(lease, true);
    else this.#isAway = false;
  }
}

function isSame(a: TimeWindow, b: TimeWindow): boolean {
  return a.startMs === b.startMs && a.endMs === b.endMs;
}
