import type { Budget } from './budget.js';
import type { StagePlan } from './plan.js';
import { resetMark, type Chunk, type Entry } from './selector.js';
import { keyText, type EvaluationContext } from './value.js';

/** One step of a running query. */
export interface Stage {
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
class Passing implements Stage {
  readonly lateRequests = 0;
  readonly droppedRequests = 0;
  constructor(readonly process: (entry: Entry) => Chunk) {}
  nextTimerMs(): number {
    return Number.POSITIVE_INFINITY;
  }
  fire(): Chunk {
    return [];
  }
}

export function filterStage(plan: StagePlan & { kind: 'filter' }, context: EvaluationContext): Stage {
  return new Passing((entry) => {
    context.eventMs = entry.eventMs;
    return plan.condition(entry.row, context) === true ? [entry] : [];
  });
}

/** Lets a row through when its flag is true, differs from the key's last one, or is the key's first. */
export function stateChangeStage(plan: StagePlan & { kind: 'stateChange' }, budget: Budget): Stage {
  const known = new Map<string, boolean>();
  return new Passing((entry) => {
    const key = keyText(entry.row[plan.key] ?? null);
    const flag = entry.row[plan.flag] === true;
    const before = known.get(key);
    if (before === undefined && !budget.take()) return [entry];
    known.set(key, flag);
    return !flag && before === false ? [] : [entry];
  });
}

/** Windows of one length, one after the other, from the first event on or in step with a start. */
export class WindowClock {
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
