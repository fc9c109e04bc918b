import type { Clock } from '@tollgate/base';

/** A clock that a spec moves. Starts at the real time, because certificates and databases have theirs. */
export interface SettableClock extends Clock {
  advanceMs(by: number): void;
}

export function settableClock(): SettableClock {
  let now = Date.now();
  return { nowMs: () => now, advanceMs: (by) => void (now += by) };
}
