import type { BreakerRecord, EndpointRules } from '@tollgate/api/contract';

/** What decides when an endpoint gets no calls. */
export interface AvailabilityRules {
  readonly suspension: EndpointRules['suspension'];
  readonly retry: EndpointRules['retry'];
  readonly breaker: BreakerRecord | null;
}

/** A failed call as rules see it: names of the failure, and whether it was one of transport or a status. */
export interface CallFailure {
  readonly codes: readonly string[];
  readonly isStatus: boolean;
}

const breakerFactor = 2;

/**
 * Whether one endpoint takes calls, as its own calls show it.
 *
 *   in ──failure that a rule names──► out ──time is over──► trial ──good──► in
 *                                      ▲                      │
 *                                      └──── failed: longer ──┘
 *
 * `suspension` takes it out at the first failure it names, `retry` for a short time some tries before that, and the
 * breaker after some in a row. Times are in milliseconds of whatever clock the caller has.
 */
export class Availability {
  #outUntilMs = 0;
  /** Length of the present or last suspension; 0 while it is in. */
  #outMs = 0;
  #triesLeft: number;
  #connectionFailures = 0;
  #statusFailures = 0;
  #trials = 0;
  #isSuspended = false;
  /** When it came back; 0: it was never out. */
  backSinceMs = 0;

  constructor(private readonly rules: AvailabilityRules) {
    this.#triesLeft = rules.retry?.times ?? 0;
  }

  /** Whether it may be called now: it is in, or its time is over and a trial is due. */
  isIn(nowMs: number): boolean {
    if (this.#outUntilMs === 0) return true;
    return nowMs >= this.#outUntilMs && this.#trials < (this.rules.breaker?.trialCalls ?? 1);
  }

  /** Whether the publisher has asked for it to be left alone; otherwise it is a guess, and better called than nothing. */
  get isFirm(): boolean {
    return this.#isSuspended;
  }

  /** A call begins. Gives whether it is a trial. */
  begin(): boolean {
    if (this.#outUntilMs === 0) return false;
    this.#trials++;
    return true;
  }

  /** The call is over without a verdict on the endpoint. */
  leave(isTrial: boolean): void {
    if (isTrial) this.#trials--;
  }

  succeeded(isTrial: boolean, nowMs: number): void {
    this.leave(isTrial);
    this.#connectionFailures = 0;
    this.#statusFailures = 0;
    if (this.#outUntilMs !== 0 && !isTrial) return; // an old call says nothing of the endpoint as it is now
    if (this.#outUntilMs !== 0) this.backSinceMs = nowMs;
    this.#outUntilMs = 0;
    this.#outMs = 0;
    this.#isSuspended = false;
    this.#triesLeft = this.rules.retry?.times ?? 0;
  }

  failed(failure: CallFailure, isTrial: boolean, nowMs: number): void {
    const { suspension, retry, breaker } = this.rules;
    const { codes, isStatus } = failure;
    const isRetried = retry !== null && codes.some((code) => retry.codes.includes(code));
    const isSuspended = suspension !== null && isNamed(suspension.codes, codes, isStatus);
    const isCounted = breaker !== null && (!isStatus || codes.some((code) => breaker.statuses.includes(Number(code))));
    if (isStatus && !isRetried && !isSuspended && !isCounted) return this.succeeded(isTrial, nowMs);
    this.leave(isTrial);
    if (this.#outUntilMs !== 0 && !isTrial) return; // several calls that fail at once are one failure
    if (isRetried && this.#triesLeft-- > 0) this.#takeOut(Math.max(1, retry.delayMs), 0, nowMs, true);
    else if (suspension !== null && (isRetried || isSuspended)) this.#suspend(suspension, nowMs);
    else if (isCounted) this.#count(breaker, isStatus, isTrial, nowMs);
  }

  #suspend({ initialMs, maxMs, factor }: NonNullable<EndpointRules['suspension']>, nowMs: number): void {
    const outMs = this.#outMs === 0 ? initialMs : Math.min(maxMs, this.#outMs * factor);
    this.#takeOut(outMs, outMs, nowMs, true);
  }

  #count(breaker: BreakerRecord, isStatus: boolean, isTrial: boolean, nowMs: number): void {
    const failures = isStatus ? ++this.#statusFailures : ++this.#connectionFailures;
    if (!isTrial && failures < (isStatus ? breaker.statusFailures : breaker.connectionFailures)) return;
    const outMs = this.#outMs === 0 ? breaker.openMs : Math.min(breaker.maxOpenMs, this.#outMs * breakerFactor);
    this.#takeOut(outMs, outMs, nowMs, breaker !== lenientBreaker);
  }

  #takeOut(forMs: number, outMs: number, nowMs: number, isFirm: boolean): void {
    this.#outUntilMs = nowMs + forMs;
    this.#outMs = outMs;
    this.#isSuspended = isFirm;
  }
}

function isNamed(named: readonly string[], codes: readonly string[], isStatus: boolean): boolean {
  return named.length === 0 ? !isStatus : codes.some((code) => named.includes(code));
}

/** For several endpoints of which nobody said anything: 2 failures to connect or 5 bad statuses in a row. */
export const lenientBreaker: BreakerRecord = {
  connectionFailures: 2,
  statusFailures: 5,
  statuses: [500, 502, 503, 504],
  openMs: 5_000,
  maxOpenMs: 30_000,
  trialCalls: 1,
};
