/** Delays between the attempts of a failing job. */
export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

export const defaultBackoff: Backoff = { firstMs: 2_000, maxMs: 600_000 };

/** Doubles with each attempt: 2 s, 4 s, 8 s … up to ten minutes by default. @param attempt that just failed, 1 for the first */
export function backoffMs(attempt: number, backoff: Backoff): number {
  return Math.min(backoff.maxMs, backoff.firstMs * 2 ** Math.min(attempt - 1, 30));
}
