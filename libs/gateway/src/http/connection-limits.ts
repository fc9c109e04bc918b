import { addressGroup } from '../filters/address-group.js';

export interface ConnectionLimitOptions {
  /** Most open connections of one address; 0: no bound. */
  readonly mostOpen: number;
  /** New connections of one address a second, beside a burst of as many as may be open; 0: no bound. */
  readonly perSecond: number;
}

interface Caller {
  open: number;
  /** Connections that it may still make at once. */
  left: number;
  sinceMs: number;
}

/** Addresses remembered: one that has no connection and made none lately is forgotten. */
const mostCallers = 200_000;

/**
 * Bounds the connections of each address (IPv6: of each /64), before TLS or HTTP is looked at, so that one client in a loop
 * costs others nothing (requirement F-52).
 */
export class ConnectionLimits {
  readonly #callers = new Map<string, Caller>();
  #refused = 0;

  constructor(private readonly options: ConnectionLimitOptions) {}

  /** Refused since the start of the process. */
  get refused(): number {
    return this.#refused;
  }

  /** A connection comes. Gives a function to be called when it ends, `null` when it is refused. */
  enter(address: string, nowMs: number): (() => void) | null {
    const { mostOpen, perSecond } = this.options;
    if (mostOpen === 0 && perSecond === 0) return nothing;
    const caller = this.#callerOf(addressGroup(address), nowMs);
    if (caller === null || (mostOpen > 0 && caller.open >= mostOpen) || (perSecond > 0 && caller.left < 1)) {
      this.#refused++;
      return null;
    }
    caller.open++;
    caller.left--;
    return () => void caller.open--;
  }

  #callerOf(group: string, nowMs: number): Caller | null {
    const { perSecond } = this.options;
    const burst = this.#burst;
    const known = this.#callers.get(group);
    if (known !== undefined) {
      known.left = Math.min(burst, known.left + ((nowMs - known.sinceMs) / 1000) * perSecond);
      known.sinceMs = nowMs;
      return known;
    }
    if (this.#callers.size >= mostCallers) this.sweep(nowMs);
    if (this.#callers.size >= mostCallers) return null;
    const caller = { open: 0, left: burst, sinceMs: nowMs };
    this.#callers.set(group, caller);
    return caller;
  }

  get #burst(): number {
    const { mostOpen, perSecond } = this.options;
    return Math.max(perSecond, mostOpen);
  }

  /** Forgets those that have no connection and would have their whole burst again. */
  sweep(nowMs: number): void {
    const { perSecond } = this.options;
    for (const [group, { open, left, sinceMs }] of this.#callers) {
      const isWhole = perSecond === 0 || left + ((nowMs - sinceMs) / 1000) * perSecond >= this.#burst;
      if (open === 0 && isWhole) this.#callers.delete(group);
    }
  }
}

const nothing = (): void => undefined;
