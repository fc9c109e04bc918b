import { z } from 'zod';
import type { AggregateState } from './aggregates.js';
import type { Budget } from './budget.js';
import { entryOf, keepEntry, keptEntry, keptJson, type Json, type Keeper } from './kept.js';
import type { QueryPlan } from './plan.js';
import { keyText, type EvaluationContext, type Row, type Value } from './value.js';

/** An event on its way through a query: `weight` equal requests. */
export interface Entry {
  readonly kind: 'current' | 'expired';
  readonly row: Row;
  readonly weight: number;
  readonly eventMs: number;
}
/** Between two batches every group starts again. */
export const resetMark = 'reset';
export type Chunk = readonly (Entry | typeof resetMark)[];

/** A row that a query emits. */
export interface OutputRow {
  readonly row: Row;
  readonly weight: number;
  readonly eventMs: number;
}

interface Group {
  readonly states: readonly AggregateState[];
  /** Requests inside the window. */
  size: number;
  last: Entry;
}

const noAggregates: readonly Value[] = [];
const keptSelector = z.object({
  /** Key, requests inside the window, last event, states of the aggregates. */
  groups: z.array(z.tuple([z.string(), z.number(), keptEntry, z.array(keptJson)])),
  before: z.array(z.tuple([z.string(), keptEntry])),
});

/** Turns the events of a query into rows: aggregates per group, the selected items, `having`, and which rows come out. */
export class Selector implements Keeper {
  #groups = new Map<string, Group>();
  /** Last events of the batch before, by group: only while batches are gathered. */
  #before = new Map<string, Entry>();
  #droppedRequests = 0;

  constructor(
    private readonly plan: QueryPlan,
    private readonly budget: Budget,
    private readonly context: EvaluationContext,
  ) {}

  get droppedRequests(): number {
    return this.#droppedRequests;
  }

  process(chunk: Chunk): OutputRow[] {
    const rows: OutputRow[] = [];
    // Of one event there is one row at most: nothing to choose.
    const lastRows = this.plan.lastRowOnly && chunk.length > 1 ? new Map<string, OutputRow>() : null;
    for (const entry of chunk) {
      if (entry === resetMark) {
        this.clear();
        continue;
      }
      const key = this.#keyOf(entry);
      const group = this.#take(key, entry);
      if (group === null) continue;
      const row = this.#wants(entry.kind) ? this.#rowOf(entry, group) : null;
      if (entry.kind === 'expired' && group.size <= 0) this.#drop(key);
      if (row === null) continue;
      if (lastRows) lastRows.set(key, row);
      else rows.push(row);
    }
    return lastRows ? [...lastRows.values()] : rows;
  }

  /** Takes events in without emitting anything: the batch speaks at its end. */
  gather(chunk: Chunk): void {
    for (const entry of chunk) if (entry !== resetMark) this.#take(this.#keyOf(entry), entry);
  }

  /** The end of a batch whose rows came out while it ran: every group falls to zero, in the order of its first event. */
  releaseAll(): OutputRow[] {
    const groups = this.#groups;
    this.clear();
    if (!this.#wants('expired')) return [];
    return [...groups.values()].map(({ last }) => this.#zeroRow(last));
  }

  /** The end of a gathered batch: the groups of the one before fall to zero unless they are in this one too. */
  speak(): OutputRow[] {
    const rows = new Map<string, OutputRow>();
    if (this.#wants('expired')) for (const [key, last] of this.#before) rows.set(key, this.#zeroRow(last));
    this.#before = new Map();
    for (const [key, group] of this.#groups) {
      if (this.#wants('current')) rows.set(key, { ...(this.#rowOf(group.last, group) as OutputRow), weight: 1 });
      this.#before.set(key, { ...group.last, kind: 'expired' });
    }
    this.clear();
    return [...rows.values()];
  }

  /** Whether a gathered batch still has to fall. */
  get hasSpoken(): boolean {
    return this.#before.size > 0;
  }

  clear(): void {
    for (const { states } of this.#groups.values()) for (const state of states) state.release();
    this.budget.give(this.#groups.size);
    this.#groups = new Map();
  }

  save(): Json {
    return {
      groups: Array.from(this.#groups, ([key, { size, last, states }]) => [
        key,
        size,
        keepEntry(last),
        states.map((state) => state.save()),
      ]),
      before: Array.from(this.#before, ([key, last]) => [key, keepEntry(last)]),
    };
  }

  load(state: Json): void {
    const { groups, before } = keptSelector.parse(state);
    for (const [key, size, last, kept] of groups) {
      const states = this.#freshStates();
      for (const [i, one] of states.entries()) one.load(kept[i] ?? null);
      this.#groups.set(key, { states, size, last: entryOf(last) });
    }
    this.#before = new Map(before.map(([key, last]) => [key, entryOf(last)]));
  }

  #wants(kind: Entry['kind']): boolean {
    return this.plan.emits === 'all' || this.plan.emits === kind;
  }

  #keyOf({ row }: Entry): string {
    const { groupBy } = this.plan;
    if (groupBy.length === 0) return '';
    if (groupBy.length === 1) return keyText(row[groupBy[0] as number] ?? null);
    // The lengths keep two tuples apart whatever their values hold.
    return groupBy
      .map((index) => keyText(row[index] ?? null))
      .map((text) => `${text.length}:${text}`)
      .join('');
  }

  /** Adds or removes an event at its group; `null` when a new group finds no room. */
  #take(key: string, entry: Entry): Group | null {
    const isNew = !this.#groups.has(key);
    const { aggregates } = this.plan;
    if (aggregates.length === 0) return { states: [], size: 1, last: entry };
    const expired = entry.kind === 'expired';
    if (isNew && !expired && !this.budget.take()) {
      this.#droppedRequests += entry.weight;
      return null;
    }
    const group = this.#groups.get(key) ?? { states: this.#freshStates(), size: 0, last: entry };
    if (isNew && !expired) this.#groups.set(key, group);
    this.context.eventMs = entry.eventMs;
    group.size += expired ? -entry.weight : entry.weight;
    if (!expired) group.last = entry;
    aggregates.forEach((plan, i) => {
      const state = group.states[i] as AggregateState;
      const value = plan.argument?.(entry.row, this.context) ?? null;
      if (expired) state.remove(value, entry.weight);
      else state.add(value, entry.weight);
    });
    if (!expired) this.#resetWhereAsked(group, entry);
    return group;
  }

  /** A resetting aggregate empties itself and does not count the event that asks for it. */
  #resetWhereAsked(group: Group, entry: Entry): void {
    this.plan.aggregates.forEach((plan, i) => {
      if (plan.reset?.(entry.row, this.context) !== true) return;
      (group.states as AggregateState[])[i] = plan.make(this.budget);
    });
  }

  #freshStates(): AggregateState[] {
    return this.plan.aggregates.map((plan) => plan.make(this.budget));
  }

  #drop(key: string): void {
    const group = this.#groups.get(key);
    if (!group) return;
    for (const state of group.states) state.release();
    this.#groups.delete(key);
    this.budget.give();
  }

  /** `null` when `having` does not let it out. */
  #rowOf(entry: Entry, group: Group): OutputRow | null {
    const { items, having } = this.plan;
    const { context } = this;
    context.eventMs = entry.eventMs;
    context.aggregates = group.states.length === 0 ? noAggregates : group.states.map((state) => state.value());
    const row = items === null ? entry.row : items.map((evaluate) => evaluate(entry.row, context));
    if (having !== null && having(row, context) !== true) return null;
    return { row, weight: entry.weight, eventMs: entry.kind === 'expired' ? context.nowMs : entry.eventMs };
  }

  #zeroRow(last: Entry): OutputRow {
    const empty = { states: this.#freshStates(), size: 0, last };
    return { ...(this.#rowOf({ ...last, kind: 'expired' }, empty) as OutputRow), weight: 1 };
  }
}
