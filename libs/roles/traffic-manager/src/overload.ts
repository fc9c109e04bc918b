import type { Logger } from '@tollgate/base';

/** More than this takes to work off is too much: decisions would come too late to be of use. */
const mostBehindMs = 10_000;
/** What is left to work off after the oldest was given up. */
const leftBehindMs = 2_000;
/** Fewer batches than this are no overload: a store that stalls for a moment looks like one. */
const fewBatches = 200;
/** For how long after the last was given up the manager says so. */
const toldForMs = 5_000;
/** What shrinks fast enough to be gone by then is what an outage left, not overload: all of it is counted. */
const goneWithinMs = 60_000;
/** For how long looks have to agree: a burst does not last as long. */
const lastsMs = 10_000;
/** A look that comes this late was held up: the process stood still, and its pace says nothing. */
const lateLookMs = 5_000;

/**
 * What a traffic manager does when more comes in than it can take in: it gives up the oldest batches unread, so that what
 * it says of the newest comes in time, and counts what it gave up. While its backlog shrinks nothing is given up.
 */
export class Overload {
  #taken = 0;
  #toShed = 0;
  #shed = 0;
  /** Since when it has been too much; null: it was not at the last look. */
  #sinceMs: number | null = null;
  #lastBacklog = 0;
  #lastLookMs: number;
  #lastShedMs = Number.NEGATIVE_INFINITY;

  /** @param nowMs of a clock that only goes forward */
  constructor(
    private readonly nowMs: () => number,
    private readonly log: Logger,
  ) {
    this.#lastLookMs = nowMs();
  }

  /** Batches given up since the start. */
  get shedBatches(): number {
    return this.#shed;
  }

  /** Batches are given up now, or were just now. */
  get isShedding(): boolean {
    return this.#toShed > 0 || this.nowMs() - this.#lastShedMs < toldForMs;
  }

  /** Batches that waited at the last look. */
  get waiting(): number {
    return this.#lastBacklog;
  }

  /** A batch was taken in. */
  took(): void {
    this.#taken++;
  }

  /** Asked before a batch is read: true gives it up. */
  readonly sheds = (): boolean => {
    if (this.#toShed === 0) return false;
    this.#toShed--;
    this.#shed++;
    this.#lastShedMs = this.nowMs();
    return true;
  };

  /** To be called twice a second. @param backlog batches that wait for this manager; null while that is unknown */
  look(backlog: number | null): void {
    const nowMs = this.nowMs();
    const elapsedMs = nowMs - this.#lastLookMs;
    const [taken, before] = [this.#taken, this.#lastBacklog];
    this.#lastLookMs = nowMs;
    this.#taken = 0;
    this.#lastBacklog = backlog ?? 0;
    // What a broker lost with its queue is not there to be given up; what comes after it is not meant.
    this.#toShed = Math.min(this.#toShed, Math.max(0, (backlog ?? 0) - fewBatches));
    if (backlog === null || elapsedMs > lateLookMs || elapsedMs <= 0 || this.#toShed > 0) return;
    const pace = taken / elapsedMs;
    const shrinking = (before - backlog) / elapsedMs;
    const isTooMuch = backlog > fewBatches && backlog > pace * mostBehindMs && backlog > shrinking * goneWithinMs;
    this.#sinceMs = isTooMuch ? (this.#sinceMs ?? nowMs) : null;
    if (this.#sinceMs === null || nowMs - this.#sinceMs < lastsMs) return;
    this.#sinceMs = null;
    this.#toShed = Math.floor(backlog - Math.max(fewBatches, pace * leftBehindMs));
    this.log.warn(
      {
        event: 'traffic-manager.overloaded',
        waiting: backlog,
        perSecond: Math.round(pace * 1_000),
        givenUp: this.#toShed,
      },
      'More request events come in than can be counted; the oldest are given up',
    );
  }
}
