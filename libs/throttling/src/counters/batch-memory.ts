interface Seen {
  highest: number;
  /** Ring of bits: bit `seq % windowSize` tells whether that number was seen. */
  readonly bits: Uint8Array;
}

/** What a manager that joins takes over from its peer. */
export interface BatchMemoryState {
  readonly publishers: readonly { readonly publisher: string; readonly highest: number; readonly bits: string }[];
}

/**
 * Remembers which batches were seen, in 1 kB per publisher: the highest number and a window of bits below it.
 * What is older than the window counts as seen, because counting twice is worse than missing one very late batch.
 */
export class BatchMemory {
  readonly #seen = new Map<string, Seen>();
  readonly #windowSize: number;
  readonly #maxPublishers: number;

  constructor(options: { windowSize?: number; maxPublishers?: number } = {}) {
    this.#windowSize = options.windowSize ?? 8_192;
    this.#maxPublishers = options.maxPublishers ?? 10_000;
  }

  /** Remembers the batch; returns whether it is new. */
  remember(publisher: string, seq: number): boolean {
    const seen = this.#seenOf(publisher, seq);
    if (seq <= seen.highest - this.#windowSize) return false;
    if (seq > seen.highest) this.#advance(seen, seq);
    const at = seq % this.#windowSize;
    const mask = 1 << (at & 7);
    if (((seen.bits[at >> 3] as number) & mask) !== 0) return false;
    seen.bits[at >> 3] = (seen.bits[at >> 3] as number) | mask;
    return true;
  }

  state(): BatchMemoryState {
    return {
      publishers: Array.from(this.#seen, ([publisher, { highest, bits }]) => ({
        publisher,
        highest,
        bits: Buffer.from(bits).toString('base64'),
      })),
    };
  }

  /** Takes over what a peer has seen in the place of what is remembered here. */
  load(state: BatchMemoryState): void {
    this.#seen.clear();
    for (const { publisher, highest, bits } of state.publishers) {
      const bytes = new Uint8Array(Buffer.from(bits, 'base64'));
      if (bytes.length === this.#windowSize / 8) this.#seen.set(publisher, { highest, bits: bytes });
    }
  }

  #seenOf(publisher: string, seq: number): Seen {
    const known = this.#seen.get(publisher);
    if (known) {
      // Kept in order of last use, so that the publisher that has been silent longest is forgotten first.
      this.#seen.delete(publisher);
      this.#seen.set(publisher, known);
      return known;
    }
    const oldest = this.#seen.keys().next();
    if (this.#seen.size >= this.#maxPublishers && !oldest.done) this.#seen.delete(oldest.value);
    const fresh = { highest: seq, bits: new Uint8Array(this.#windowSize / 8) };
    this.#seen.set(publisher, fresh);
    return fresh;
  }

  #advance(seen: Seen, seq: number): void {
    if (seq - seen.highest >= this.#windowSize) seen.bits.fill(0);
    else {
      for (let skipped = seen.highest + 1; skipped <= seq; skipped++) {
        const at = skipped % this.#windowSize;
        seen.bits[at >> 3] = (seen.bits[at >> 3] as number) & ~(1 << (at & 7));
      }
    }
    seen.highest = seq;
  }
}
