/** Waits that can be ended early: all of them by `end`, those that ask for it by `wake`. */
export class Pause {
  readonly #open = new Set<{ finish: () => void; wakes: boolean }>();
  #ended = false;

  forMs(ms: number, wakes?: 'wakes'): Promise<void> {
    if (this.#ended) return Promise.resolve();
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.#open.delete(entry);
        resolve();
      };
      const timer = setTimeout(finish, ms);
      const entry = { finish, wakes: wakes !== undefined };
      this.#open.add(entry);
    });
  }

  wake(): void {
    for (const entry of this.#open) if (entry.wakes) entry.finish();
  }

  /** Ends every wait now and each later one at once. */
  end(): void {
    this.#ended = true;
    for (const entry of this.#open) entry.finish();
  }
}

/** Between half of it and all of it, so that many processes do not ask in step. */
export function withJitter(ms: number): number {
  return ms / 2 + Math.random() * (ms / 2);
}
