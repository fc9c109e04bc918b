import { randomUUID } from 'node:crypto';
import type { LeaseAnswer, LeaseRequest, QuotaLessor } from '../domain/index.js';
import { BatchMemory, type BatchMemoryState } from './batch-memory.js';
import {
  counterGraceMs,
  CounterStoreUnavailableError,
  type BatchPart,
  type Counted,
  type CounterStore,
  type Increment,
} from './counter-store.js';
import { LeaseLedger } from './lease-ledger.js';

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
  /** Of keys that are leased. */
  readonly ledgers: Map<string, LeaseLedger>;
}

/** A lease as it changed its counter: to be counted again, once, after a restart. */
export interface CountedLease {
  readonly part: BatchPart;
  readonly increment: Increment;
}

/** Everything a manager that joins needs to go on counting where its peer is. */
export interface OpenWindows {
  readonly counters: readonly Counter[];
  readonly seen: BatchMemoryState;
}

/** Counters of this process. Bounded: a counter that does not fit is not kept, and that is counted. */
export class MemoryCounterStore implements CounterStore, QuotaLessor {
  readonly #windows = new Map<string, Window>();
  #size = 0;
  readonly #seen = new BatchMemory();
  readonly #maxCounters: number;
  #dropped = 0;
  /** Leases are numbered like batches, so that a journal may tell them again. */
  readonly #leasePublisher = `leases/${randomUUID()}`;
  #leases = 0;
  #sweptMs = 0;

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

  async lease(request: LeaseRequest): Promise<LeaseAnswer> {
    return this.leaseNow(request).answer;
  }

  /**
   * Grants permits and counts them at once. This process is the only decider of the key, or it must not be asked.
   * A window that may be forgotten already grants nothing.
   * @throws CounterStoreUnavailableError when there is no room for the counter
   */
  leaseNow(request: LeaseRequest): { readonly answer: LeaseAnswer; readonly counted: CountedLease | null } {
    const { key, windowStartMs, windowEndMs } = request;
    if (windowEndMs + counterGraceMs <= this.#sweptMs) {
      return { answer: { granted: request.granted, left: 0, outstanding: 0 }, counted: null };
    }
    const { counts, ledgers } = this.#windowOf(request);
    if (!counts.has(key) && this.#size >= this.#maxCounters) throw new CounterStoreUnavailableError('it is full');
    const ledger = ledgers.get(key) ?? new LeaseLedger();
    ledgers.set(key, ledger);
    const { answer, by } = ledger.settle(request, counts.get(key) ?? 0);
    if (by === 0) return { answer, counted: null };
    const counted = {
      part: { publisher: this.#leasePublisher, seq: ++this.#leases, part: 0 },
      increment: { key, windowStartMs, windowEndMs, by },
    };
    this.addNow(counted.part, [counted.increment]);
    return { answer, counted };
  }

  sweep(nowMs: number): void {
    this.#sweptMs = Math.max(this.#sweptMs, nowMs);
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
    const window = { windowStartMs, windowEndMs, counts: new Map<string, number>(), ledgers: new Map() };
    this.#windows.set(id, window);
    return window;
  }
}
