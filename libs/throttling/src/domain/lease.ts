import type { LeaseAnswer, LeaseRequest } from './quota-lessor.js';
import type { TimeWindow } from './time-window.js';

/** How far ahead of need permits are taken, by the rate at which they are used. */
const aheadMs = 200;
/** A new chunk is asked for when what is at hand lasts no longer than this. */
const refillMs = 50;
const mostAtOnce = 10_000;
/** Unused permits go back after this time without a request; others wait for them. */
const idleMs = 200;
/** How soon it is asked again when others hold all that is left: doubled up to the second figure. */
const askAgainMs = [50, 800] as const;

/** The permits of one key in one window, as one gateway holds them. Totals since its beginning, as in `LeaseRequest`. */
export class Lease {
  #granted = 0;
  #returned = 0;
  #used = 0;
  /** What the decider knows of the two totals above. */
  #toldReturned = 0;
  #toldUsed = 0;
  /** Requests that wait for the next answer. */
  #waiting = 0;
  #lastGrant = 0;
  #touchedMs: number;
  #askedMs: number;
  #usedWhenAsked = 0;
  #usesPerMs = 0;
  /** Until then nothing is to be had: `Infinity` when all of the quota is used. */
  #noneUntilMs = 0;
  #pauseMs: number = askAgainMs[0];
  /** The request that is on its way. */
  asking: Promise<void> | null = null;

  constructor(
    private readonly holder: string,
    private readonly key: string,
    readonly window: TimeWindow,
    readonly quota: number,
    nowMs: number,
  ) {
    this.#touchedMs = nowMs;
    this.#askedMs = nowMs;
  }

  /** Permits at hand. */
  get held(): number {
    return this.#granted - this.#returned - this.#used;
  }

  /** The decider does not know yet what became of all permits, or some are on their way. */
  get isUnsettled(): boolean {
    return this.asking !== null || this.held > 0 || this.#used > this.#toldUsed || this.#returned > this.#toldReturned;
  }

  isExhausted(nowMs: number): boolean {
    return nowMs < this.#noneUntilMs;
  }

  take(nowMs: number): void {
    this.#used++;
    this.#touchedMs = nowMs;
  }

  /** One more request needs a permit. */
  wait(): void {
    this.#waiting++;
  }

  /** What is at hand ends soon, and the last grant says that more is left than the last permits. */
  needsRefill(nowMs: number): boolean {
    if (this.asking !== null || this.#lastGrant <= 1 || this.isExhausted(nowMs)) return false;
    return this.held <= this.#rate(nowMs) * refillMs;
  }

  /** Gives back what is at hand; the next request tells it. Returns how many. */
  release(): number {
    const { held } = this;
    this.#returned += held;
    if (held > 0) this.#noneUntilMs = 0; // own permits are to be had again
    return held;
  }

  /** Idle permits and untold uses are to be told now. */
  isIdle(nowMs: number): boolean {
    return this.asking === null && this.isUnsettled && nowMs - this.#touchedMs >= idleMs;
  }

  /** The answer is there, or will not come: those who wait look for themselves, and come again if they have to. */
  wake(): void {
    this.asking = null;
    this.#waiting = 0;
  }

  /** @param wants false: only tells */
  request(nowMs: number, wants: boolean): LeaseRequest {
    this.#usesPerMs = this.#rate(nowMs);
    this.#askedMs = nowMs;
    this.#usedWhenAsked = this.#used;
    const want = Math.max(this.#waiting, 1) + Math.floor(this.#usesPerMs * aheadMs) - this.held;
    return {
      holder: this.holder,
      key: this.key,
      windowStartMs: this.window.startMs,
      windowEndMs: this.window.endMs,
      quota: this.quota,
      granted: this.#granted,
      returned: this.#returned,
      used: this.#used,
      want: wants ? Math.min(Math.max(want, 1), mostAtOnce) : 0,
    };
  }

  /** Takes in an answer; returns how many permits it brought. */
  settle(request: LeaseRequest, answer: LeaseAnswer, nowMs: number): number {
    const brought = Math.max(0, answer.granted - this.#granted);
    this.#granted += brought;
    this.#toldReturned = Math.max(this.#toldReturned, request.returned);
    this.#toldUsed = Math.max(this.#toldUsed, request.used);
    if (brought > 0) this.#touchedMs = nowMs;
    if (request.want > 0) this.#takeChance(brought, answer, nowMs);
    return brought;
  }

  #takeChance(brought: number, { left, outstanding }: LeaseAnswer, nowMs: number): void {
    this.#lastGrant = brought;
    if (brought > 0) {
      this.#pauseMs = askAgainMs[0];
      return;
    }
    if (left > 0) return; // a lost answer was told again, and held nothing new
    this.#noneUntilMs = outstanding > 0 ? nowMs + this.#pauseMs : Infinity;
    this.#pauseMs = Math.min(this.#pauseMs * 2, askAgainMs[1]);
  }

  #rate(nowMs: number): number {
    const elapsedMs = Math.max(nowMs - this.#askedMs, 10);
    return Math.max((this.#used - this.#usedWhenAsked) / elapsedMs, this.#usesPerMs / 2);
  }
}
