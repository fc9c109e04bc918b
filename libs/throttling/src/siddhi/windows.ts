import { z } from 'zod';
import type { Budget } from './budget.js';
import { entryOf, keepEntry, keptEntry, type Json } from './kept.js';
import { resetMark, type Chunk, type Entry } from './selector.js';
import { WindowClock, type Stage } from './stages.js';
import type { EvaluationContext } from './value.js';

const never = Number.POSITIVE_INFINITY;
/** Each event with the time at which it leaves. */
const keptTimes = z.array(z.tuple([keptEntry, z.number()]));
const keptLength = z.array(keptEntry);
const keptSilent = z.object({
  /** `null` where the batch has no clock. */
  clock: z.object({ endMs: z.number().nullable(), hasRolled: z.boolean() }).nullable(),
  gathered: z.array(keptEntry),
  before: z.array(keptEntry),
  held: z.number(),
});

/** Oldest first; taking from the front costs nothing but now and then a copy. */
class Queue {
  #items: Entry[] = [];
  #head = 0;
  push(entry: Entry): void {
    this.#items.push(entry);
  }
  first(): Entry | undefined {
    return this.#items[this.#head];
  }
  shift(): Entry | undefined {
    const entry = this.#items[this.#head];
    if (entry) this.#head++;
    if (this.#head > 1_000 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return entry;
  }
  replaceFirst(entry: Entry): void {
    this.#items[this.#head] = entry;
  }
  all(): readonly Entry[] {
    return this.#items.slice(this.#head);
  }
}

function expired(entry: Entry, weight = entry.weight): Entry {
  return { ...entry, weight, kind: 'expired' };
}

/** `#window.time`: every event leaves after its time. Without room the oldest leave early. */
export class SlidingTime implements Stage {
  readonly #queue = new Queue();
  #leavesAt = new WeakMap<Entry, number>();
  lateRequests = 0;
  droppedRequests = 0;

  constructor(
    private readonly lengthMs: number,
    private readonly budget: Budget,
    private readonly context: EvaluationContext,
  ) {}

  process(entry: Entry): Chunk {
    const { nowMs } = this.context;
    if (entry.eventMs + this.lengthMs <= nowMs) {
      this.lateRequests += entry.weight;
      return [];
    }
    const early: Entry[] = [];
    if (!this.budget.take()) {
      const oldest = this.#queue.shift();
      this.droppedRequests += (oldest ?? entry).weight;
      if (!oldest) return [];
      early.push(expired(oldest));
    }
    this.#queue.push(entry);
    this.#leavesAt.set(entry, nowMs + this.lengthMs);
    return [...early, entry];
  }

  nextTimerMs(): number {
    const first = this.#queue.first();
    return first ? (this.#leavesAt.get(first) ?? never) : never;
  }

  fire(): Chunk {
    const entry = this.#queue.shift();
    if (!entry) return [];
    this.budget.give();
    return [expired(entry)];
  }

  save(): Json {
    return this.#queue.all().map((entry) => [keepEntry(entry), this.#leavesAt.get(entry) ?? entry.eventMs]);
  }

  load(state: Json): void {
    for (const [kept, leavesAtMs] of keptTimes.parse(state)) {
      const entry = entryOf(kept);
      this.#queue.push(entry);
      this.#leavesAt.set(entry, leavesAtMs);
    }
  }
}

/** `#window.length`: the last so many requests. */
export class SlidingLength implements Stage {
  readonly #queue = new Queue();
  #held = 0;
  readonly lateRequests = 0;
  droppedRequests = 0;

  constructor(
    private readonly most: number,
    private readonly budget: Budget,
  ) {}

  process(entry: Entry): Chunk {
    const taken = { ...entry, weight: Math.min(entry.weight, this.most) };
    const leaving: Entry[] = [];
    while (this.#held + taken.weight > this.most) leaving.push(this.#leave(this.#held + taken.weight - this.most));
    if (!this.budget.take()) {
      this.droppedRequests += entry.weight;
      return leaving;
    }
    this.#queue.push(taken);
    this.#held += taken.weight;
    return [...leaving, taken];
  }

  nextTimerMs(): number {
    return never;
  }

  fire(): Chunk {
    return [];
  }

  save(): Json {
    return this.#queue.all().map(keepEntry);
  }

  load(state: Json): void {
    for (const kept of keptLength.parse(state)) {
      this.#queue.push(entryOf(kept));
      this.#held += kept[1];
    }
  }

  /** The oldest leaves, or that part of it that has to. */
  #leave(atMost: number): Entry {
    const oldest = this.#queue.first() as Entry;
    const weight = Math.min(oldest.weight, atMost);
    this.#held -= weight;
    if (weight < oldest.weight) this.#queue.replaceFirst({ ...oldest, weight: oldest.weight - weight });
    else {
      this.#queue.shift();
      this.budget.give();
    }
    return expired(oldest, weight);
  }
}

/** `#window.timeBatch` and `#window.lengthBatch`: silent until a batch is whole; then the one before leaves. */
export class SilentBatch implements Stage {
  readonly #clock: WindowClock | null;
  #gathered: Entry[] = [];
  #before: Entry[] = [];
  #held = 0;
  lateRequests = 0;
  droppedRequests = 0;

  constructor(
    private readonly plan:
      | { readonly kind: 'timeBatch'; readonly lengthMs: number; readonly startMs: number | null }
      | { readonly kind: 'lengthBatch'; readonly most: number },
    private readonly budget: Budget,
    private readonly context: EvaluationContext,
  ) {
    this.#clock = plan.kind === 'timeBatch' ? new WindowClock(plan.lengthMs, plan.startMs) : null;
  }

  process(entry: Entry): Chunk {
    if (this.plan.kind === 'lengthBatch') return this.#fill(entry, this.plan.most);
    const { nowMs } = this.context;
    if (this.#clock?.isLate(entry.eventMs, nowMs)) {
      this.lateRequests += entry.weight;
      return [];
    }
    this.#keep(entry);
    return [];
  }

  nextTimerMs(): number {
    return this.#clock && (this.#gathered.length > 0 || this.#before.length > 0) ? this.#clock.endMs : never;
  }

  fire(): Chunk {
    this.#clock?.endAt(this.context.nowMs);
    const [gathered, before] = [this.#gathered, this.#before];
    this.#gathered = [];
    this.#before = gathered;
    this.#held = 0;
    this.budget.give(before.length);
    return [...before.map((entry) => expired(entry)), resetMark, ...gathered];
  }

  save(): Json {
    const [gathered, before] = [this.#gathered.map(keepEntry), this.#before.map(keepEntry)];
    return { clock: this.#clock?.save() ?? null, gathered, before, held: this.#held };
  }

  load(state: Json): void {
    const { clock, gathered, before, held } = keptSilent.parse(state);
    this.#clock?.load(clock);
    this.#gathered = gathered.map(entryOf);
    this.#before = before.map(entryOf);
    this.#held = held;
  }

  /** Many whole batches of one folded event are alike: two of them leave the same state as all. */
  #fill(entry: Entry, most: number): Chunk {
    const chunk: (Entry | typeof resetMark)[] = [];
    let left = entry.weight;
    for (let batches = 0; this.#held + left >= most; batches++) {
      if (batches > 2 && left >= 2 * most) left = most + (left % most);
      const weight = most - this.#held;
      this.#keep({ ...entry, weight });
      left -= weight;
      chunk.push(...this.fire());
    }
    if (left > 0) this.#keep({ ...entry, weight: left });
    return chunk;
  }

  #keep(entry: Entry): void {
    this.#held += entry.weight;
    if (this.budget.take()) this.#gathered.push(entry);
    else this.droppedRequests += entry.weight;
  }
}
