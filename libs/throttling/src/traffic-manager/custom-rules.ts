import { safeMessage, type Logger } from '@tollgate/base';
import type { CustomRuleRecord, Decision, RequestEvent } from '../contract/index.js';
import { addressNumbers } from '../domain/index.js';
import {
  compileRule,
  requestAttributes,
  type Row,
  type RuleResult,
  type RuleRunStats,
  type RunningRule,
} from '../siddhi/index.js';

interface LiveRule {
  readonly record: CustomRuleRecord;
  readonly rule: RunningRule;
  /** Last flags of keys, to hold back releases that say nothing new; `null` where the rule does that itself. */
  readonly flags: Map<string, boolean> | null;
}

export interface CustomRulesStats {
  readonly customRules: number;
  readonly customRuleFailures: number;
  readonly customRuleDropped: number;
  readonly customRuleLate: number;
}

const maxFlags = 200_000;
const maxUnsent = 200_000;

/**
 * The deployed custom rules of one traffic manager. Time is that of the events; what is due without any is told by
 * `advanceTo`.
 */
export class CustomRules {
  #live = new Map<string, LiveRule>();
  /** The last word about each key since the flush before. */
  readonly #unsent = new Map<string, Decision>();
  #order = 0;
  #droppedWords = 0;
  #hasVerdict = false;

  constructor(private readonly log: Logger) {}

  /** Takes over the rules that are deployed now. One whose text is the same keeps its counters. */
  deploy(records: readonly CustomRuleRecord[]): void {
    const live = new Map<string, LiveRule>();
    for (const record of records) {
      const known = this.#live.get(record.ruleId);
      if (known) live.set(record.ruleId, { ...known, record });
      else this.#start(record, live);
    }
    this.#live = live;
  }

  get isEmpty(): boolean {
    return this.#live.size === 0;
  }

  /** Takes in events once each. An event that is ahead of the own clock counts as if it came now. */
  receive(events: readonly RequestEvent[], nowMs: number): void {
    if (this.#live.size === 0) return;
    for (const event of events) {
      if (event.count === 0) continue; // tells bytes of requests that came before
      const row = rowOf(event);
      const atMs = Math.min(event.windowStart, nowMs);
      for (const { rule } of this.#live.values()) rule.process(row, event.count, atMs);
    }
  }

  /** Lets the windows that are over end. */
  advanceTo(nowMs: number): void {
    for (const { rule } of this.#live.values()) rule.advanceTo(nowMs);
  }

  /** What gateways have not been told yet, of each key the last word, once. */
  takeUnsent(nowMs: number): Decision[] {
    this.#order = Math.max(nowMs, this.#order + 1);
    this.#hasVerdict = false;
    const decisions = [...this.#unsent.values()].filter(({ expiryTimeStamp }) => expiryTimeStamp > nowMs);
    this.#unsent.clear();
    return decisions.map((decision) => ({ ...decision, count: this.#order }));
  }

  /** Whether a key was throttled since the last flush: gateways should know at once. */
  get hasVerdict(): boolean {
    return this.#hasVerdict;
  }

  stats(): CustomRulesStats {
    const each = [...this.#live.values()].map(({ rule }) => rule.stats());
    const sum = (of: (stats: RuleRunStats) => number): number => each.reduce((all, stats) => all + of(stats), 0);
    return {
      customRules: this.#live.size,
      customRuleFailures: sum(({ failures }) => failures),
      customRuleDropped: sum(({ dropped }) => dropped) + this.#droppedWords,
      customRuleLate: sum(({ lateRequests }) => lateRequests),
    };
  }

  #start(record: CustomRuleRecord, live: Map<string, LiveRule>): void {
    try {
      const compiled = compileRule(record.siddhiQuery);
      const flags = compiled.filtersStateChanges ? null : new Map<string, boolean>();
      const rule = compiled.run({ onResult: (result) => this.#take(record.ruleId, flags, result) });
      live.set(record.ruleId, { record, rule, flags });
    } catch (error) {
      // The control plane has checked it: another version of the language must have.
      const detail = { event: 'traffic-manager.rule_refused', rule: record.name, reason: safeMessage(error) };
      this.log.error(detail, 'A custom rule cannot be run here and throttles nobody');
    }
  }

  #take(ruleId: string, flags: Map<string, boolean> | null, result: RuleResult): void {
    const { throttleKey, isThrottled, expiryTimeStamp } = result;
    if (throttleKey === '' || !Number.isSafeInteger(expiryTimeStamp)) return;
    if (flags) {
      const before = flags.get(throttleKey);
      if (before === undefined && flags.size >= maxFlags) flags.clear(); // releases are told once more: no harm
      flags.set(throttleKey, isThrottled);
      if (!isThrottled && before !== true) return; // nobody holds this key back
    }
    const id = `${ruleId}\n${throttleKey}`;
    if (!this.#unsent.has(id) && this.#unsent.size >= maxUnsent) {
      this.#droppedWords++;
      return;
    }
    if (isThrottled) this.#hasVerdict = true;
    this.#unsent.set(id, { level: 'custom', ruleId, throttleKey, isThrottled, expiryTimeStamp, count: 0 });
  }
}

/** An event as a row of `RequestStream`; what it does not say is null. */
function rowOf(event: RequestEvent): Row {
  const properties = new Map<string, string | number>(Object.entries(event.properties ?? {}));
  if (event.clientIp !== undefined) {
    const { ip, ipv6 } = addressNumbers(event.clientIp);
    properties.set('ip', ip).set('ipv6', ipv6);
  }
  return requestAttributes.map((name) => {
    if (name === 'propertiesMap') return properties;
    if (name === 'messageID') return null;
    return event[name] === '' ? null : event[name];
  });
}
