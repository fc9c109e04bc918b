import type { Clock } from '@tollgate/base';

/** Clocks that differ by less count as equal: a batch takes its time as well. */
const toleranceMs = 2_000;
/** A sender that has been silent for longer no longer has a say. */
const silentAfterMs = 60_000;
/** How long after the start the own clock is not looked at: by then a gateway in use has been heard. */
const unknownForMs = 5_000;

interface Sender {
  /** By how much its last batch was ahead of the own clock; negative: behind. */
  readonly aheadMs: number;
  readonly heardMs: number;
}

/**
 * The time by which windows open and end: that of the gateways, which put each request into its window. A traffic manager
 * whose own clock is wrong, or that works off what waited for it, must neither end windows early nor keep them open. The
 * own clock counts as soon as one gateway agrees with it; when all are ahead of it, they are followed after a while, so
 * that the first to be heard does not move the clock of everybody.
 */
export class EventTime implements Clock {
  readonly #senders = new Map<string, Sender>();
  readonly #startedMs: number;
  /** Since when no gateway agrees; null while one does. */
  #disputedSinceMs: number | null = null;

  /** @param maxAheadMs a sender that is further ahead of the own clock than this talks nonsense */
  constructor(
    private readonly own: Clock,
    private readonly maxAheadMs: number,
  ) {
    this.#startedMs = own.nowMs();
  }

  /** @param newestMs when the newest event of its batch began, by the clock of the sender */
  hear(publisher: string, newestMs: number): void {
    const heardMs = this.own.nowMs();
    const aheadMs = newestMs - heardMs;
    if (aheadMs > this.maxAheadMs) return;
    for (const [name, sender] of this.#senders) {
      if (name !== publisher && Math.abs(heardMs - sender.heardMs) > silentAfterMs) this.#senders.delete(name);
    }
    this.#senders.set(publisher, { aheadMs, heardMs });
    this.#disputedSinceMs = this.#difference() === 0 ? null : (this.#disputedSinceMs ?? heardMs);
  }

  /** 0 just after the start, until something is heard: nothing is over yet. */
  nowMs(): number {
    const ownMs = this.own.nowMs();
    if (this.#senders.size === 0) return Math.abs(ownMs - this.#startedMs) < unknownForMs ? 0 : ownMs;
    const difference = this.#difference();
    const isFollowed = difference < 0 || ownMs - (this.#disputedSinceMs ?? ownMs) >= toleranceMs;
    return isFollowed ? ownMs + difference : ownMs;
  }

  /** Of the gateway that is closest to the own clock; 0 when it agrees. */
  #difference(): number {
    let closestMs = Number.POSITIVE_INFINITY;
    for (const { aheadMs } of this.#senders.values()) if (Math.abs(aheadMs) < Math.abs(closestMs)) closestMs = aheadMs;
    return Math.abs(closestMs) <= toleranceMs ? 0 : closestMs;
  }
}
