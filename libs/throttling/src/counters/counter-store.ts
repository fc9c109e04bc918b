/** Which part of which batch is counted: every part counts once, however often it is handed in. */
export interface BatchPart {
  /** Unique per life of a publishing process. */
  readonly publisher: string;
  /** The publisher's batch number. */
  readonly seq: number;
  /** A large batch is counted in parts; the same events always are in the same part. */
  readonly part: number;
}

/** Requests to add to one counter. A counter is one integer per key and window. */
export interface Increment {
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly windowStartMs: number;
  readonly windowEndMs: number;
  readonly by: number;
}

export interface Counted {
  /** The counters after the addition, in the order of the increments. */
  readonly counts: readonly number[];
  /** true: this part had been counted before, nothing was added. */
  readonly duplicate: boolean;
}

/**
 * Counters of throttle keys, in memory or shared. Every counter disappears by itself after its window.
 * All adapters pass `counter-store-contract.ts`.
 */
export interface CounterStore {
  /**
   * Adds all increments of one part, atomically together with remembering the part.
   * @throws CounterStoreUnavailableError within 100 ms when the store is away; the part may be handed in again
   */
  add(part: BatchPart, increments: readonly Increment[]): Promise<Counted>;
  /** Forgets what is over, as far as the store does not do that by itself. */
  sweep(nowMs: number): void;
  close(): Promise<void>;
}

export class CounterStoreUnavailableError extends Error {
  constructor(reason: string, cause?: unknown) {
    super(`The counter store is away: ${reason}`, { cause });
    this.name = 'CounterStoreUnavailableError';
  }
}

/** How long a counter outlives its window, so that late batches and clocks that differ do no harm. */
export const counterGraceMs = 30_000;
