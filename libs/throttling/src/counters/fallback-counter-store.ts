import { type Clock, type Logger, safeMessage } from '@tollgate/base';
import type { BatchPart, Counted, CounterStore, Increment } from './counter-store.js';
import { MemoryCounterStore } from './memory-counter-store.js';

/** While the store is away it is tried again this often; nothing waits for it in between. */
const retryAfterMs = 500;

interface ParkedPart {
  readonly part: BatchPart;
  readonly increments: readonly Increment[];
}

/**
 * Keeps a manager deciding while the shared store is away: it counts what it sees itself, parks that, and hands it to
 * the store when it is back, whether or not more is to be counted by then. Parts count once there, so handing in what had
 * arrived after all does no harm.
 */
export class FallbackCounterStore implements CounterStore {
  readonly #local = new MemoryCounterStore();
  readonly #parked: ParkedPart[] = [];
  #handingIn: Promise<void> | null = null;
  #awayUntilMs = 0;
  #away = false;
  #dropped = 0;
  #retry: NodeJS.Timeout | null = null;

  constructor(
    private readonly shared: CounterStore,
    private readonly options: { clock: Clock; log: Logger; maxParked?: number },
  ) {}

  async add(part: BatchPart, increments: readonly Increment[]): Promise<Counted> {
    // Counted locally always, so that the first answer without the store goes on from what this manager has seen.
    const local = this.#local.addNow(part, increments);
    if (this.options.clock.nowMs() < this.#awayUntilMs) return this.#park(part, increments, local);
    try {
      await this.#handInParked();
      const shared = await this.shared.add(part, increments);
      this.#setAway(false, '');
      return shared;
    } catch (error) {
      this.#setAway(true, safeMessage(error));
      return this.#park(part, increments, local);
    }
  }

  sweep(nowMs: number): void {
    this.#local.sweep(nowMs);
    this.shared.sweep(nowMs);
  }

  stats(): { away: boolean; parkedParts: number; droppedParts: number } {
    return { away: this.#away, parkedParts: this.#parked.length, droppedParts: this.#dropped };
  }

  async close(): Promise<void> {
    if (this.#retry !== null) clearTimeout(this.#retry);
    try {
      await this.#handInParked();
    } catch (error) {
      const { log } = this.options;
      const lostParts = this.#parked.length;
      log.warn(
        { event: 'counter-store.parked_lost', lostParts, reason: safeMessage(error) },
        'parked counts have not reached the store',
      );
    }
    await this.shared.close();
  }

  /** One at a time: whoever comes meanwhile waits for the same. */
  #handInParked(): Promise<void> {
    this.#handingIn ??= this.#handIn().finally(() => (this.#handingIn = null));
    return this.#handingIn;
  }

  async #handIn(): Promise<void> {
    for (let first = this.#parked[0]; first !== undefined; first = this.#parked[0]) {
      await this.shared.add(first.part, first.increments);
      if (this.#parked[0] === first) this.#parked.shift(); // else it was given up for want of room meanwhile
    }
  }

  /** Hands in what is parked even when no batch comes that would do it. */
  #retryLater(): void {
    this.#retry ??= setTimeout(() => {
      this.#retry = null;
      this.#handInParked().then(
        () => this.#setAway(false, ''),
        (error: unknown) => {
          this.#setAway(true, safeMessage(error));
          this.#retryLater();
        },
      );
    }, retryAfterMs).unref();
  }

  #park(part: BatchPart, increments: readonly Increment[], local: Counted): Counted {
    if (this.#parked.length >= (this.options.maxParked ?? 10_000)) {
      this.#parked.shift();
      this.#dropped++;
    }
    this.#parked.push({ part, increments });
    this.#retryLater();
    return local;
  }

  #setAway(away: boolean, reason: string): void {
    if (away) this.#awayUntilMs = this.options.clock.nowMs() + retryAfterMs;
    if (away === this.#away) return;
    this.#away = away;
    if (away) this.options.log.warn({ event: 'counter-store.away', reason }, 'counting locally until it is back');
    else this.options.log.info({ event: 'counter-store.back' }, 'counting in the shared store again');
  }
}
