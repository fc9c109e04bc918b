import type { Clock, Logger } from '@tollgate/base';
import type { HubMessage } from '@tollgate/event-hub';
import type { ReceivedBatch } from '@tollgate/throttling/traffic-manager';
import type { Counting, CountingState } from './counting-state.js';
import { worths, type WindowExchange } from './window-exchange.js';
import type { WindowFile } from './window-file.js';

export interface LateWindowsParts {
  readonly exchange: WindowExchange;
  readonly file: WindowFile;
  readonly counting: Counting;
  /** Counts a batch of the journal again upon what was taken over. */
  readonly recount: (batch: ReceivedBatch) => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How long an answer is of use. */
const lateMs = 60_000;

/**
 * For a manager that has to begin with nothing, because no peer answered in time and its disk holds no windows, or with the
 * windows of a peer that may not know all of them: it counts on, and when a better answer comes it goes on from there.
 * Until then its journal keeps every batch it has counted, which is counted again upon the peer's windows, so that each
 * batch is in them once.
 */
export class LateWindows {
  #isWaiting = false;
  #gate: Promise<void> = Promise.resolve();
  readonly #working = new Set<Promise<void>>();

  constructor(private readonly parts: LateWindowsParts) {}

  /** true: what is counted here is not all of the open windows, and must not be saved as if it were. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  /** Resolves when a peer's windows are taken over, or none are waited for any more. */
  async wait(): Promise<void> {
    const { exchange, clock, log } = this.parts;
    this.#isWaiting = true;
    const endMs = clock.nowMs() + lateMs;
    let worth: number = worths.none;
    while (worth < worths.best) {
      const answer = await exchange.next(Math.max(0, endMs - clock.nowMs()));
      if (!answer) break;
      await this.#takeOver(answer.state);
      worth = answer.worth;
    }
    exchange.close();
    this.#isWaiting = false;
    log.info({ event: 'traffic-manager.joining_ended', worth }, 'No more windows of peers are waited for');
  }

  answer(message: HubMessage): void {
    this.parts.exchange.answer(message, !this.#isWaiting);
  }

  /** Runs work that counts and journals a batch; never while windows are taken over. */
  async count(work: () => Promise<void>): Promise<void> {
    await this.#gate;
    const running = work();
    this.#working.add(running);
    try {
      await running;
    } finally {
      this.#working.delete(running);
    }
  }

  #takeOver(state: CountingState): Promise<void> {
    return this.#alone(async () => {
      this.parts.counting.load(state);
      await this.parts.file.replay((batch) => this.parts.recount(batch));
    });
  }

  async #alone(work: () => Promise<void>): Promise<void> {
    let open: () => void = () => undefined;
    this.#gate = new Promise((resolve) => (open = resolve));
    await Promise.resolve(); // whoever has passed the gate is among the working now
    while (this.#working.size > 0) await Promise.allSettled(this.#working);
    try {
      await work();
    } finally {
      open();
    }
  }
}
