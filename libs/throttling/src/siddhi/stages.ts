import { z } from 'zod';
import type { Budget } from './budget.js';
import { entryOf, keepEntry, keptEntry, type Json, type Keeper } from './kept.js';
import type { StagePlan } from './plan.js';
import { resetMark, type Chunk, type Entry } from './selector.js';
import { keyText, type EvaluationContext } from './value.js';

/** One step of a running query. */
export interface Stage extends Keeper {
  /** What goes on to the next step. */
  process(entry: Entry): Chunk;
  /** When `fire` is to be called; infinite when nothing waits. */
  nextTimerMs(): number;
  fire(): Chunk;
  /** Requests that came after their window was over. */
  readonly lateRequests: number;
  readonly droppedRequests: number;
}

/** A step without a clock. */
abstract class Passing implements Stage {
  readonly lateRequests = 0;
  readonly droppedRequests = 0;
  abstract process(entry: Entry): Chunk;
  abstract save(): Json;
  abstract load(state: Json): void;
  nextTimerMs(): number {
    return Number.POSITIVE_INFINITY;
  }
  fire(): Chunk {
    return [];
  }
}

/** Lets a row through when the condition holds. */
export class Filter extends Passing {
  constructor(
    private readonly plan: StagePlan & { kind: 'filter' },
    private readonly context: EvaluationContext,
  ) {
    super();
  }

  process(entry: Entry): Chunk {
    this.context.eventMs = entry.eventMs;
    return this.plan.condition(entry.row, this.context) === true ? [entry] : [];
  }

  save(): Json {
    return null;
  }

  load(state: Json): void {
    z.null().parse(state);
  }
}

/** Lets a row through when its flag is true, differs from the key's last one, or is the key's first. */
export class StateChange extends Passing {
  readonly #known = new Map<string, boolean>();

  constructor(
    private readonly plan: StagePlan & { kind: 'stateChange' },
    private readonly budget: Budget,
  ) {
    super();
  }

  process(entry: Entry): Chunk {
    const key = keyText(entry.row[this.plan.key] ?? null);
    const flag = entry.row[this.plan.flag] === true;
    const before = this.#known.get(key);
    if (before === undefined && !this.budget.take()) return [entry];
    this.#known.set(key, flag);
    return !flag && before === false ? [] : [entry];
  }

  save(): Json {
    return [...this.#known];
  }

  load(state: Json): void {
    for (const [key, flag] of z.array(z.tuple([z.string(), z.boolean()])).parse(state)) this.#known.set(key, flag);
  }
}

const keptClock = z.object({ endMs: z.number().nullable(), hasRolled: z.boolean() });
const keptBatch = z.object({ clock: keptClock, kept: z.array(keptEntry), isOpen: z.boolean() });
const keptCounts = z.object({ clock: keptClock, counts: z.array(z.tuple([z.string(), z.number()])) });

/** Windows of one length, one after the other, from the first event on or in step with a start. */
export class WindowClock implements Keeper {
  #endMs: number | null = null;
  #hasRolled = false;
  constructor(
    private readonly lengthMs: number,
    private readonly startMs: number | null,
  ) {}

  /** End of the window that holds `nowMs`; the phase of earlier windows stays. */
  endAt(nowMs: number): number {
    const { lengthMs, startMs } = this;
    if (this.#endMs === null) {
      const into = startMs === null ? 0 : (((nowMs - startMs) % lengthMs) + lengthMs) % lengthMs;
      this.#endMs = nowMs + lengthMs - into;
    } else if (this.#endMs <= nowMs) {
      this.#endMs += (Math.floor((nowMs - this.#endMs) / lengthMs) + 1) * lengthMs;
      this.#hasRolled = true;
    }
    return this.#endMs;
  }

  /** End of the window opened last. */
  get endMs(): number {
    return this.#endMs ?? Number.POSITIVE_INFINITY;
  }

  save(): z.infer<typeof keptClock> {
    return { endMs: this.#endMs, hasRolled: this.#hasRolled };
  }

  load(state: Json): void {
    ({ endMs: this.#endMs, hasRolled: this.#hasRolled } = keptClock.parse(state));
  }

  /**
   * Without a start the first window opens with the first event, at whose own time the engine's has gone on; whatever comes
   * into it from before belongs to no earlier window.
   */
  isLate(eventMs: number, nowMs: number): boolean {
    if (this.startMs === null && !this.#hasRolled) {
      if (eventMs + this.lengthMs <= nowMs) return true;
      this.#endMs ??= eventMs + this.lengthMs;
      if (this.#endMs > nowMs) return false;
    }
    return eventMs < this.endAt(nowMs) - this.lengthMs;
  }
}

/**
 * `throttler:timeBatch`: events pass at once with the end of their window, and leave together at that end. Where
 * counters suffice it keeps no event, and for batches that speak at their end it adds no stamp.
 */
export class RunningBatch implements Stage {
  readonly #clock: WindowClock;
  #kept: Entry[] = [];
  #isOpen = false;
  lateRequests = 0;
  droppedRequests = 0;

  constructor(
    plan: { readonly lengthMs: number; readonly startMs: number | null },
    private readonly options: { readonly keepsEvents: boolean; readonly stamps: boolean },
    private readonly budget: Budget,
    private readonly context: EvaluationContext,
  ) {
    this.#clock = new WindowClock(plan.lengthMs, plan.startMs);
  }

  process(entry: Entry): Chunk {
    const { nowMs } = this.context;
    if (this.#clock.isLate(entry.eventMs, nowMs)) {
      this.lateRequests += entry.weight;
      return [];
    }
    this.#isOpen = true;
    const { keepsEvents, stamps } = this.options;
    const passing = stamps ? { ...entry, row: [...entry.row, this.#clock.endAt(nowMs)] } : entry;
    if (keepsEvents && this.budget.take()) this.#kept.push(passing);
    else if (keepsEvents) this.droppedRequests += entry.weight;
    return [passing];
  }

  nextTimerMs(): number {
    return this.#isOpen ? this.#clock.endMs : Number.POSITIVE_INFINITY;
  }

  /** End of the window opened last. */
  get endMs(): number {
    return this.#clock.endMs;
  }

  /** The kept events of the window that is over; every group starts again behind them. */
  fire(): Chunk {
    const kept = this.#kept;
    this.#kept = [];
    this.#isOpen = false;
    this.#clock.endAt(this.context.nowMs);
    this.budget.give(kept.length);
    return [...kept.map((entry) => ({ ...entry, kind: 'expired' as const })), resetMark];
  }

  save(): Json {
    return { clock: this.#clock.save(), kept: this.#kept.map(keepEntry), isOpen: this.#isOpen };
  }

  load(state: Json): void {
    const { clock, kept, isOpen } = keptBatch.parse(state);
    this.#clock.load(clock);
    this.#kept = kept.map(entryOf);
    this.#isOpen = isOpen;
  }
}

/** `throttler:timeLength`: a counter per key, cleared at each end; every event is followed by its expired copy. */
export class TimeLength implements Stage {
  readonly #clock: WindowClock;
  readonly #counts = new Map<string, number>();
  lateRequests = 0;
  droppedRequests = 0;

  constructor(
    private readonly plan: StagePlan & { kind: 'timeLength' },
    private readonly budget: Budget,
    private readonly context: EvaluationContext,
  ) {
    this.#clock = new WindowClock(plan.lengthMs, plan.startMs);
  }

  process(entry: Entry): Chunk {
    const { nowMs } = this.context;
    if (this.#clock.isLate(entry.eventMs, nowMs)) {
      this.lateRequests += entry.weight;
      return [];
    }
    const isOver = this.#count(entry) > this.plan.most;
    const row = [...entry.row, this.#clock.endAt(nowMs), isOver];
    return [
      { ...entry, row },
      { ...entry, row, kind: 'expired' },
    ];
  }

  nextTimerMs(): number {
    return this.#counts.size > 0 ? this.#clock.endMs : Number.POSITIVE_INFINITY;
  }

  fire(): Chunk {
    this.budget.give(this.#counts.size);
    this.#counts.clear();
    return [];
  }

  save(): Json {
    return { clock: this.#clock.save(), counts: [...this.#counts] };
  }

  load(state: Json): void {
    const { clock, counts } = keptCounts.parse(state);
    this.#clock.load(clock);
    for (const [key, count] of counts) this.#counts.set(key, count);
  }

  #count({ row, weight }: Entry): number {
    const value = row[this.plan.key] ?? null;
    if (value === null) return 0;
    const key = keyText(value);
    const before = this.#counts.get(key);
    if (before === undefined && !this.budget.take()) {
      this.droppedRequests += weight;
      return 0;
    }
    const count = (before ?? 0) + weight;
    this.#counts.set(key, count);
    return count;
  }
}
