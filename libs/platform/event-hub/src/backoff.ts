/**
 * Wait before attempt `failures + 1` in milliseconds: doubles from `firstMs` up to `longestMs`, then spread over
 * its upper half at random, so that many clients of one broken endpoint do not come back in step.
 */
export function backoffMs(
  failures: number,
  firstMs: number,
  longestMs: number,
  random: () => number = Math.random,
): number {
  const full = Math.min(longestMs, firstMs * 2 ** Math.min(20, Math.max(0, failures - 1)));
  return Math.round(full / 2 + random() * (full / 2));
}
