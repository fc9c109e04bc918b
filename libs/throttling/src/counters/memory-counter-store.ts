import { BatchMemory, type BatchMemoryState } from './batch-memory.js';
import { counterGraceMs, type BatchPart, type Counted, type CounterStore, type Increment } from './counter-store.js';

interface Counter {
  readonly key: string;
  readonly windowStartMs: number;
  readonly windowEndMs: number;
  readonly count: number;
}

/** All counters of one window: a key and a number each, so that a million of them stay small and go in one step. */
interface Window {
  readonly windowStartMs: number;
  readonly windowEndMs: number;
  readonly counts: Map<string, number>;
}

/** Everything a manager that joins needs to go on counting where its peer is. */
export interface OpenWindows {
  readonly counters: readonly Counter[];
  readonly seen: BatchMemoryState;
}

/** Counters of this process. Bounded: a counter that does not fit is not kept, and that is counted. */
export class MemoryCounterStore implements CounterStore {
  readonly #windows = new Map<string, Window>();
  #size = 0;
  readonly #seen = new BatchMemory();
  readonly #maxCounters: number;
  #dropped = 0;

  constructor(options: { maxCounters?: number } = {}) {
    this.#maxCounters = options.maxCounters ?? 2_000_000;
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
    for (const [id, { windowEndMs, counts }] of this.#windows) {
      if (windowEndMs + counterGraceMs > nowMs) continue;
      this.#windows.delete(id);
      this.#size -= counts.size;
    }
  }

  openWindows(): OpenWindows {
    const counters = [...this.#windows.values()].flatMap(({ windowStartMs, windowEndMs, counts }) =>
      Array.from(counts, ([key, count]) => ({ key, windowStartMs, windowEndMs, count })),
    );
    return { counters, seen: this.#seen.state() };
  }

  /** Takes over a peer's windows in the place of what is here. */
  load(windows: OpenWindows): void {
    this.#windows.clear();
    this.#size = 0;
    this.#seen.load(windows.seen);
    for (const counter of windows.counters) this.#set(this.#windowOf(counter), counter.key, counter.count);
  }

  stats(): { counters: number; dropped: number } {
    return { counters: this.#size, dropped: this.#dropped };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #count(increment: Increment, by: number): number {
    const window = this.#windowOf(increment);
    const before = window.counts.get(increment.key);
    if (before === undefined && (by === 0 || this.#size >= this.#maxCounters)) {
      if (by > 0) this.#dropped++;
      return by;
    }
    const count = (before ?? 0) + by;
    this.#set(window, increment.key, count);
    return count;
  }

  #set({ counts }: Window, key: string, count: number): void {
    const sizeBefore = counts.size;
    counts.set(key, count);
    this.#size += counts.size - sizeBefore;
  }

  #windowOf({ windowStartMs, windowEndMs }: { windowStartMs: number; windowEndMs: number }): Window {
    const id = `${windowStartMs}-${windowEndMs}`;
    const known = this.#windows.get(id);
    if (known) return known;
    const window = { windowStartMs, windowEndMs, counts: new Map<string, number>() };
    this.#windows.set(id, window);
    return window;
  }
}
