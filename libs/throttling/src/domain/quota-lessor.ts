/**
 * What one holder says of one key and window, and asks for. The three totals only grow while the holder lives, so a
 * request whose answer was lost may be sent again: nothing is granted, returned or used twice.
 */
export interface LeaseRequest {
  /** Unique per key, window and life of what keeps the totals. */
  readonly holder: string;
  /** What is counted, as traffic managers name it: `{level}:{throttleKey}`. */
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly windowStartMs: number;
  readonly windowEndMs: number;
  /** Requests per window, over all holders. */
  readonly quota: number;
  /** Permits that the holder has heard it was granted. */
  readonly granted: number;
  /** Of them: those it gives back unused. */
  readonly returned: number;
  /** Of them: those that let a request pass. */
  readonly used: number;
  /** Permits wanted now; 0 only reports. */
  readonly want: number;
}

export interface LeaseAnswer {
  /** Total of the holder; more than it had heard of when permits were granted now, or by a request whose answer was lost. */
  readonly granted: number;
  /** What is neither counted nor leased. */
  readonly left: number;
  /** What others hold and have neither used nor returned: it may become free again. */
  readonly outstanding: number;
}

/**
 * The one decider of a key: counts permits ahead of need into the same counter that ordinary requests are counted in.
 * All adapters pass `quota-lessor-contract.ts`.
 */
export interface QuotaLessor {
  /** Rejects when the decider is away; the request may be sent again. */
  lease(request: LeaseRequest): Promise<LeaseAnswer>;
}

/**
 * How many of the permits that are left are granted at once: large while much is left, 1 near the limit. Half of what is
 * left, divided by the holders, leaves something for each of them however they take turns.
 */
export function grantOf(want: number, left: number, holders: number): number {
  return left <= 0 ? 0 : Math.min(want, Math.max(1, Math.floor(left / (2 * holders))));
}
