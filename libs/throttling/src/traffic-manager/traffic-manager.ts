import { safeMessage, type Clock, type Logger } from '@tollgate/base';
import { BatchMemory, counterGraceMs, type CounterStore } from '../counters/index.js';
import type { CustomRuleRecord, Decision, RequestBatch, RequestEvent } from '../contract/index.js';
import type { TimeWindow } from '../domain/index.js';
import { Announcements } from './announcements.js';
import { CustomRules, type CustomRulesStats } from './custom-rules.js';
import { EventTime } from './event-time.js';
import { usesOf, type PolicyLookup } from './increments.js';
import type { RuleStates } from './rule-states.js';

/** A batch as it came from the hub: `(publisher, seq)` is its identity. */
export interface ReceivedBatch {
  readonly publisher: string;
  readonly seq: number;
  readonly data: RequestBatch;
}

export interface TrafficManagerOptions {
  readonly store: CounterStore;
  /** true: all managers count into `store`, so the first receiver alone counts and nothing is handed on. */
  readonly storeIsShared: boolean;
  readonly policyOf: PolicyLookup;
  /** Sends a batch, marked as handed on and under its own identity, to every peer. */
  readonly handOn: (batch: ReceivedBatch) => Promise<void>;
  readonly publishDecisions: (decisions: readonly Decision[]) => void;
  /** Where gateways agree with each other on another time, windows go by theirs. */
  readonly clock: Clock;
  readonly log: Logger;
  readonly maxAnnouncedKeys?: number;
}

/** Since the start of the process. */
export interface TrafficManagerStats extends CustomRulesStats {
  readonly batches: number;
  readonly duplicateBatches: number;
  /** Requests of batches that were taken in once each. */
  readonly countedRequests: number;
  /** Per level: requests whose window was over, or too far ahead. */
  readonly lateRequests: number;
  /** Per level: requests that named a policy not deployed here. */
  readonly unknownPolicyRequests: number;
  readonly failedHandOns: number;
  readonly decisions: number;
  readonly announcedKeys: number;
}

interface PartOutcome {
  readonly duplicate: boolean;
  readonly lateRequests: number;
  readonly unknownPolicyRequests: number;
}

/** Events of one part of a batch: few enough that the store's script stays short. */
const eventsPerPart = 250;
const decisionsPerMessage = 5_000;
/** An event may be this far ahead of the own clock and of that of other gateways before it counts as nonsense. */
const maxAheadMs = 300_000;

/** Counts every request once, in the window of its own time, and says when a key has used its quota. */
export class TrafficManager {
  readonly #options: TrafficManagerOptions;
  readonly #handedOn = new BatchMemory();
  /** Parts that are in the statistics: the store does not know those that concern no counter. */
  readonly #told = new BatchMemory();
  /** Batches that the custom rules have seen: each manager feeds its own. */
  readonly #fed = new BatchMemory();
  readonly #rules: CustomRules;
  readonly #announcements: Announcements;
  readonly #time: EventTime;
  #isResuming = false;
  readonly #stats: Record<Exclude<keyof TrafficManagerStats, keyof CustomRulesStats | 'announcedKeys'>, number> = {
    batches: 0,
    duplicateBatches: 0,
    countedRequests: 0,
    lateRequests: 0,
    unknownPolicyRequests: 0,
    failedHandOns: 0,
    decisions: 0,
  };

  constructor(options: TrafficManagerOptions) {
    this.#options = options;
    this.#time = new EventTime(options.clock, maxAheadMs);
    this.#rules = new CustomRules(options.log);
    this.#announcements = new Announcements({
      policyOf: options.policyOf,
      maxKeys: options.maxAnnouncedKeys ?? 200_000,
    });
  }

  /** Resolves when the batch is counted and, if it has to be, handed on: then it may be acknowledged. */
  async receive(batch: ReceivedBatch): Promise<void> {
    this.#stats.batches++;
    const { events, handedOn } = batch.data;
    this.feedRules(batch);
    // Peers with the same store hear of a batch for their custom rules only, and count nothing of it.
    if (this.#options.storeIsShared && handedOn) return;
    const concernsPeers = !this.#options.storeIsShared || !this.#rules.isEmpty;
    const mustHandOn = concernsPeers && !handedOn && this.#handedOn.remember(batch.publisher, batch.seq);
    const handing = mustHandOn ? this.#handOn(batch) : undefined;
    let duplicateParts = 0;
    let parts = 0;
    for (const part of partsOf(events)) {
      const number = parts++;
      const { duplicate, lateRequests, unknownPolicyRequests } = await this.#countPart(batch, number, part);
      const isTold = !this.#told.remember(number === 0 ? batch.publisher : `${batch.publisher}#${number}`, batch.seq);
      if (duplicate || isTold) duplicateParts++;
      else this.#countOutcome(part, lateRequests, unknownPolicyRequests);
    }
    if (parts > 0 && duplicateParts === parts) this.#stats.duplicateBatches++;
    await handing;
  }

  /** Counts a batch again that was received before the store and the rules were given what a peer knows. */
  async recount(batch: ReceivedBatch): Promise<void> {
    this.feedRules(batch);
    await this.recountQuotas(batch);
  }

  /** Counts a batch again, or one that an earlier process has received, without telling it to the custom rules. */
  async recountQuotas(batch: ReceivedBatch): Promise<void> {
    this.#hear(batch);
    let parts = 0;
    for (const part of partsOf(batch.data.events)) await this.#countPart(batch, parts++, part);
  }

  /** Tells the custom rules a batch, once, and takes its time; no quota is counted. */
  feedRules(batch: ReceivedBatch): void {
    const { publisher, seq, data } = batch;
    this.#hear(batch);
    if (this.#rules.isEmpty || !this.#fed.remember(publisher, seq)) return;
    this.#rules.receive(data.events, this.#time.nowMs());
    if (this.#rules.hasVerdict) this.flush();
  }

  /** Call it after the replica of the policies changed. Counters stay as they are. */
  policiesChanged(): void {
    this.#announcements.reconsider();
    this.flush();
  }

  /** Call it whenever custom rules were deployed, changed or removed. */
  deployRules(records: readonly CustomRuleRecord[]): void {
    this.#rules.deploy(records);
  }

  /** Whether custom rules are deployed. */
  get hasRules(): boolean {
    return !this.#rules.isEmpty;
  }

  /** What the custom rules hold, when gateways know all that they have said. */
  saveRules(): RuleStates {
    this.flush();
    return { rules: this.#rules.save(), seen: this.#fed.state() };
  }

  /** Call it when the rules are deployed. What they counted here before is forgotten: batches are told again. */
  loadRules({ rules, seen }: RuleStates): void {
    this.#rules.load(rules);
    this.#fed.load(seen);
  }

  /** Runs work that tells batches of the past: the clock of the rules stands still meanwhile, and nobody is told anything. */
  async resume(work: () => Promise<void>): Promise<void> {
    this.#isResuming = true;
    try {
      await work();
    } finally {
      this.#isResuming = false;
    }
    this.flush();
  }

  /** Tells gateways what changed since the last flush; to be called every 100 ms. */
  flush(): void {
    if (this.#isResuming) return;
    const nowMs = this.#time.nowMs();
    this.#rules.advanceTo(nowMs);
    const decisions = [...this.#announcements.takeUnsent(), ...this.#rules.takeUnsent(nowMs)];
    this.#stats.decisions += decisions.length;
    for (let from = 0; from < decisions.length; from += decisionsPerMessage) {
      this.#options.publishDecisions(decisions.slice(from, from + decisionsPerMessage));
    }
  }

  /** Forgets windows that are over; to be called every few seconds. */
  sweep(): void {
    const nowMs = this.#time.nowMs();
    this.#announcements.sweep(nowMs);
    this.#options.store.sweep(nowMs);
  }

  stats(): TrafficManagerStats {
    return { ...this.#stats, announcedKeys: this.#announcements.size, ...this.#rules.stats() };
  }

  /** A part that had been counted before is a duplicate and adds nothing. */
  async #countPart(batch: ReceivedBatch, part: number, events: readonly RequestEvent[]): Promise<PartOutcome> {
    const { publisher, seq } = batch;
    const { uses, lateRequests, unknownPolicyRequests } = usesOf(events, this.#options.policyOf, (window) =>
      this.#isOutside(window),
    );
    const increments = uses.map(({ level, throttleKey, window, by }) => ({
      key: `${level}:${throttleKey}`,
      windowStartMs: window.startMs,
      windowEndMs: window.endMs,
      by,
    }));
    if (increments.length === 0) return { duplicate: false, lateRequests, unknownPolicyRequests };
    const { counts, duplicate } = await this.#options.store.add({ publisher, seq, part }, increments);
    let passed = false;
    uses.forEach((use, i) => {
      if (this.#announcements.take(use, counts[i] as number)) passed = true;
    });
    if (passed) this.flush();
    return { duplicate, lateRequests, unknownPolicyRequests };
  }

  #hear({ publisher, data }: ReceivedBatch): void {
    let newestMs = 0;
    for (const { windowStart } of data.events) if (windowStart > newestMs) newestMs = windowStart;
    if (newestMs > 0) this.#time.hear(publisher, newestMs);
  }

  #countOutcome(events: readonly RequestEvent[], lateRequests: number, unknownPolicyRequests: number): void {
    for (const event of events) this.#stats.countedRequests += event.count;
    this.#stats.lateRequests += lateRequests;
    this.#stats.unknownPolicyRequests += unknownPolicyRequests;
  }

  #isOutside({ startMs, endMs }: TimeWindow): boolean {
    const nowMs = this.#time.nowMs();
    return endMs + counterGraceMs <= nowMs || startMs > nowMs + maxAheadMs;
  }

  /** A peer that cannot be reached does not stop the counting: it gets the batch when it is back. */
  async #handOn(batch: ReceivedBatch): Promise<void> {
    try {
      await this.#options.handOn({ ...batch, data: { events: batch.data.events, handedOn: true } });
    } catch (error) {
      this.#stats.failedHandOns++;
      const reason = safeMessage(error);
      this.#options.log.debug({ event: 'traffic-manager.hand_on_failed', reason }, 'A peer did not get a batch');
    }
  }
}

/** The same events always are in the same part. */
function partsOf(events: readonly RequestEvent[]): (readonly RequestEvent[])[] {
  const parts: (readonly RequestEvent[])[] = [];
  for (let from = 0; from < events.length; from += eventsPerPart) parts.push(events.slice(from, from + eventsPerPart));
  return parts;
}
