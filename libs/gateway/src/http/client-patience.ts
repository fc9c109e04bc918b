/** How a request body has to arrive. */
export interface BodyPace {
  /** Longest silence of the client, in milliseconds. */
  readonly idleTimeoutMs: number;
  /** A client that is slower than this for longer than `idleTimeoutMs` is given up. */
  readonly minBytesPerSecond: number;
}

/**
 * How long a client may still keep us waiting for its body. Waiting uses it up, bytes earn it back at the minimum rate, at
 * most `idleTimeoutMs` in stock: so an upload may take as long as it needs while it moves, and a trickle ends. Time in
 * which the back end is the slow side does not count.
 */
export class ClientPatience {
  #leftMs: number;
  /** Since when we wait, `performance.now()`; null while we do not. */
  #since: number | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly pace: BodyPace,
    private readonly onOver: () => void,
  ) {
    this.#leftMs = pace.idleTimeoutMs;
  }

  wait(): void {
    this.#since ??= performance.now();
    this.#timer ??= setTimeout(() => this.#check(), Math.max(0, this.#leftMs));
  }

  received(bytes: number): void {
    const { idleTimeoutMs, minBytesPerSecond } = this.pace;
    this.#spend();
    this.#leftMs = Math.min(idleTimeoutMs, this.#leftMs + (bytes * 1000) / minBytesPerSecond);
  }

  /** The other side is slow: nobody waits for the client. */
  pause(): void {
    this.#spend();
    this.#since = null;
  }

  /** Starts over, for a last time to wait. */
  renew(): void {
    this.#leftMs = this.pace.idleTimeoutMs;
  }

  end(): void {
    this.#since = null;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #spend(): void {
    if (this.#since === null) return;
    const now = performance.now();
    this.#leftMs -= now - this.#since;
    this.#since = now;
  }

  /** The timer is not moved with every chunk; when it fires it looks at what is left by now. */
  #check(): void {
    this.#timer = null;
    if (this.#since === null) return;
    this.#spend();
    if (this.#leftMs <= 0) this.onOver();
    else this.wait();
  }
}
