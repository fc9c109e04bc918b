import { z } from 'zod';
import { Budget } from './budget.js';
import { keptJson, type Json, type Keeper } from './kept.js';
import type { QueryPlan } from './plan.js';
import { RunningQuery } from './run-query.js';
import type { OutputRow } from './selector.js';
import { requestStream } from './streams.js';
import type { EvaluationContext, Row, Value } from './value.js';

/** What a rule says about a key. */
export interface RuleResult {
  readonly throttleKey: string;
  readonly isThrottled: boolean;
  /** Milliseconds since the epoch. */
  readonly expiryTimeStamp: number;
}

/** Places of the three attributes in the rows of the stream that is read out. */
export interface ResultShape {
  readonly stream: string;
  readonly throttleKey: number;
  readonly isThrottled: number;
  readonly expiryTimeStamp: number;
}

export interface RuleRunOptions {
  /** Called for every result, in order; `atMs` is the engine's time. */
  readonly onResult: (result: RuleResult, atMs: number) => void;
  /** Bound on what the rule keeps: groups, kept events and distinct values together. */
  readonly maxCells?: number;
}

export interface RuleRunStats {
  /** Requests whose window was over when they came. */
  readonly lateRequests: number;
  /** Requests, and values of aggregates, that found no room. */
  readonly dropped: number;
  /** Times that a function could give no value. */
  readonly failures: number;
  readonly cells: number;
}

const keptRule = z.object({ nowMs: z.number(), cells: z.number(), queries: z.array(keptJson) });

/**
 * A rule with its state. Its clock moves with `advanceTo` and with the events, and never back: what is due goes first,
 * at its own time, then the event.
 */
export class RunningRule implements Keeper {
  readonly #queries: readonly RunningQuery[];
  readonly #readers = new Map<string, RunningQuery[]>();
  readonly #context: EvaluationContext = { nowMs: 0, eventMs: 0, aggregates: [], failures: 0 };
  readonly #budget: Budget;

  constructor(
    plans: readonly QueryPlan[],
    private readonly result: ResultShape,
    private readonly options: RuleRunOptions,
  ) {
    this.#budget = new Budget(options.maxCells ?? 500_000);
    this.#queries = plans.map((plan) => new RunningQuery(plan, this.#budget, this.#context));
    for (const query of this.#queries) {
      const { source } = query.plan;
      this.#readers.set(source, [...(this.#readers.get(source) ?? []), query]);
    }
  }

  /** Takes in `weight` equal requests of the time `atMs`. */
  process(row: Row, weight: number, atMs: number): void {
    this.advanceTo(atMs);
    this.#send(requestStream, { row, weight, eventMs: atMs });
  }

  /** Lets pass what is due until then. */
  advanceTo(nowMs: number): void {
    for (let due = this.#nextDue(nowMs); due !== null; due = this.#nextDue(nowMs)) {
      this.#context.nowMs = Math.max(this.#context.nowMs, due.atMs);
      const { target } = due.query.plan;
      for (const row of due.query.fire(this.#context.nowMs)) this.#send(target, row);
    }
    this.#context.nowMs = Math.max(this.#context.nowMs, nowMs);
  }

  save(): Json {
    const queries = this.#queries.map((query) => query.save());
    return { nowMs: this.#context.nowMs, cells: this.#budget.used, queries };
  }

  /** Goes on where a rule of the same text was saved. Call it on a fresh one, and leave that alone when it throws. */
  load(state: Json): void {
    const { nowMs, cells, queries } = keptRule.parse(state);
    this.#context.nowMs = nowMs;
    for (const [i, query] of this.#queries.entries()) query.load(queries[i] ?? null);
    this.#budget.load(cells);
  }

  stats(): RuleRunStats {
    const sum = (of: (query: RunningQuery) => number) => this.#queries.reduce((all, query) => all + of(query), 0);
    return {
      lateRequests: sum((query) => query.lateRequests),
      dropped: Math.max(
        this.#budget.dropped,
        sum((query) => query.droppedRequests),
      ),
      failures: this.#context.failures,
      cells: this.#budget.used,
    };
  }

  /** The query whose timer comes first; of one instant, the first in the text. */
  #nextDue(nowMs: number): { readonly query: RunningQuery; readonly atMs: number } | null {
    let due: { query: RunningQuery; atMs: number } | null = null;
    for (const query of this.#queries) {
      const atMs = query.nextTimerMs();
      if (atMs <= nowMs && atMs < (due?.atMs ?? Number.POSITIVE_INFINITY)) due = { query, atMs };
    }
    return due;
  }

  /** Rows run through the whole chain before the next query has its turn. */
  #send(stream: string, { row, weight, eventMs }: OutputRow): void {
    if (stream === this.result.stream) this.#tell(row);
    for (const query of this.#readers.get(stream) ?? []) {
      const rows = query.accept({ kind: 'current', row, weight, eventMs });
      for (const out of rows) this.#send(query.plan.target, out);
    }
  }

  #tell(row: Row): void {
    const { throttleKey, isThrottled, expiryTimeStamp } = this.result;
    const key: Value | undefined = row[throttleKey];
    const stamp: Value | undefined = row[expiryTimeStamp];
    // Without a key or an end there is nobody to throttle and no time to do it.
    if (typeof key !== 'string' || typeof stamp !== 'number') return;
    const result = { throttleKey: key, isThrottled: row[isThrottled] === true, expiryTimeStamp: stamp };
    this.options.onResult(result, this.#context.nowMs);
  }
}
