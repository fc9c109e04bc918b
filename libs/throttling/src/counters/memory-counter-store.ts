import { BatchMemory, type BatchMemoryState } from './batch-memory.js';
import { counterGraceMs, type BatchPart, type Counted, type CounterStore, type Increment } from './counter-store.js';

interface Counter {
  readonly key: string;
  readonly windowStartMs: number;
  readonly windowEndMs: number;
  count: number;
}

/** Everything a manager that joins needs to go on counting where its peer is. */
export interface OpenWindows {
  readonly counters: readonly Counter[];
  readonly seen: BatchMemoryState;
}

/** Counters of this process. Bounded: a counter that does not fit is not kept, and that is counted. */
export class MemoryCounterStore implements CounterStore {
  readonly #counters = new Map<string, Counter>();
  readonly #seen = new BatchMemory();
  readonly #maxCounters: number;
  #dropped = 0;

  constructor(options: { maxCounters?: number } = {}) {
    this.#maxCounters = options.maxCounters ?? 1_000_000;
  }

  add(part: BatchPart, increments: readonly Increment[]): Promise<Counted> {
    return Promise.resolve(this.addNow(part, increments));
  }

  /** The same without waiting: nothing else happens between looking and counting. */
  addNow(part: BatchPart, increments: readonly Increment[]): Counted {
    const duplicate = !this.#seen.remember(`${part.part}/${part.publisher}`, part.seq);
    const counts = increments.map((increment) => this.#count(increment, duplicate ? 0 : increment.by));
    return { counts, duplicate };
  }

  sweep(nowMs: number): void {
    for (const [id, { windowEndMs }] of this.#counters) {
      if (windowEndMs + counterGraceMs <= nowMs) this.#counters.delete(id);
    }
  }

  openWindows(): OpenWindows {
    return { counters: [...this.#counters.values()].map((counter) => ({ ...counter })), seen: this.#seen.state() };
  }

  /** Takes over a peer's windows; call it before anything is counted here. */
  load(windows: OpenWindows): void {
    this.#seen.load(windows.seen);
    for (const counter of windows.counters) this.#counters.set(idOf(counter), { ...counter });
  }

  stats(): { counters: number; dropped: number } {
    return { counters: this.#counters.size, dropped: this.#dropped };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #count(increment: Increment, by: number): number {
    const id = idOf(increment);
    const counter = this.#counters.get(id);
    if (counter) return (counter.count += by);
    if (by === 0) return 0;
    if (this.#counters.size >= this.#maxCounters) {
      this.#dropped++;
      return by;
    }
    const { key, windowStartMs, windowEndMs } = increment;
    this.#counters.set(id, { key, windowStartMs, windowEndMs, count: by });
    return by;
  }
}

function idOf(counter: { key: string; windowStartMs: number; windowEndMs: number }): string {
  return `${counter.windowStartMs}-${counter.windowEndMs}:${counter.key}`;
}
