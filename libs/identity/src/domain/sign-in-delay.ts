/** What one counter of failures does. Times in milliseconds. */
export interface FailureLimits {
  /** Failures that cost no wait. */
  readonly free: number;
  /** Wait after the first failure that is not free; doubles with each further one. */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** After so many in a row the wait is `closedForMs`. */
  readonly closedAfter: number;
  readonly closedForMs: number;
  /** Failures are forgotten when so long nothing failed. */
  readonly forgetAfterMs: number;
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/**
 * Of one account. At most 100 failures in a row before it stays closed for a day (NIST SP 800-63B-4 section 3.2.2). Who
 * signed in before from the same address is counted apart, so that others cannot lock an owner out.
 */
export const accountLimits: FailureLimits = {
  free: 5,
  firstWaitMs: 1000,
  longestWaitMs: 15 * minuteMs,
  closedAfter: 100,
  closedForMs: dayMs,
  forgetAfterMs: dayMs,
};

/** Of one address (IPv6: one /64), whatever names it tries: many people may share it. */
export const addressLimits: FailureLimits = {
  free: 100,
  firstWaitMs: minuteMs,
  longestWaitMs: 15 * minuteMs,
  closedAfter: Number.POSITIVE_INFINITY,
  closedForMs: 15 * minuteMs,
  forgetAfterMs: 30 * minuteMs,
};

/** Milliseconds until the next try is looked at, after `failures` in a row. */
export function waitAfter(failures: number, limits: FailureLimits): number {
  if (failures < limits.free) return 0;
  if (failures >= limits.closedAfter) return limits.closedForMs;
  return Math.min(limits.longestWaitMs, limits.firstWaitMs * 2 ** (failures - limits.free));
}
