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
import type { RuleState } from './rule-states.js';

interface LiveRule {
  readonly record: CustomRuleRecord;
  readonly rule: RunningRule;
  /** Ends of what keys were told, to hold back releases of keys that nobody holds; `null` where the rule does that itself. */
  readonly held: Map<string, number> | null;
}

export interface CustomRulesStats {
  readonly customRules: number;
  readonly customRuleFailures: number;
  readonly customRuleDropped: number;
  readonly customRuleLate: number;
}

const maxHeld = 200_000;
/** Groups, events and values of one rule that are worth writing down: it happens between requests, so it is kept short. */
const maxSavedCells = 50_000;
/** The last moment that a date can name. */
const maxTimeMs = 8.64e15;
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

  /** State of each rule that is not too large to be written down. */
  save(): RuleState[] {
    return [...this.#live.values()].flatMap(({ record, rule, held }) => {
      const { cells } = rule.stats();
      if (cells > maxSavedCells) {
        const detail = { event: 'traffic-manager.rule_too_large', rule: record.name, cells };
        this.log.warn(detail, 'A restart now would let a custom rule begin again');
        return [];
      }
      return [{ ruleId: record.ruleId, query: record.siddhiQuery, held: held && [...held], state: rule.save() }];
    });
  }

  /** Lets each live rule go on from its state, in the place of what it has counted here. Others, and what is damaged, begin again. */
  load(states: readonly RuleState[]): void {
    for (const { ruleId, query, held, state } of states) {
      const known = this.#live.get(ruleId);
      if (known?.record.siddhiQuery !== query) continue;
      this.#start(known.record, this.#live);
      const fresh = this.#live.get(ruleId);
      try {
        fresh?.rule.load(state);
        for (const [key, endMs] of held ?? []) fresh?.held?.set(key, endMs);
      } catch (error) {
        const detail = {
          event: 'traffic-manager.rule_state_refused',
          rule: known.record.name,
          reason: safeMessage(error),
        };
        this.log.warn(detail, 'A custom rule begins again');
        this.#start(known.record, this.#live);
      }
    }
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
      const held = compiled.filtersStateChanges ? null : new Map<string, number>();
      const rule = compiled.run({ onResult: (result, atMs) => this.#take(record.ruleId, held, result, atMs) });
      live.set(record.ruleId, { record, rule, held });
    } catch (error) {
      // The control plane has checked it: another version of the language must have.
      const detail = { event: 'traffic-manager.rule_refused', rule: record.name, reason: safeMessage(error) };
      this.log.error(detail, 'A custom rule cannot be run here and throttles nobody');
    }
  }

  #take(ruleId: string, held: Map<string, number> | null, result: RuleResult, atMs: number): void {
    const { throttleKey, isThrottled } = result;
    if (throttleKey === '' || !Number.isSafeInteger(result.expiryTimeStamp)) return;
    const expiryTimeStamp = Math.min(result.expiryTimeStamp, maxTimeMs);
    if (held) {
      if (isThrottled) hold(held, throttleKey, expiryTimeStamp, atMs);
      else if (!held.delete(throttleKey)) return; // nobody holds this key back
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

/** Without room a key is told all the same; it is then freed by time only. */
function hold(held: Map<string, number>, key: string, untilMs: number, atMs: number): void {
  if (held.size >= maxHeld && !held.has(key)) {
    for (const [each, end] of held) if (end <= atMs) held.delete(each);
    if (held.size >= maxHeld) return;
  }
  held.set(key, untilMs);
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
