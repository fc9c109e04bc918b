/** Most keys in one statement. */
const maxKeys = 200;

type Asked<V> = PromiseWithResolvers<V | null>;

/**
 * Answers questions that come at the same time by one statement. Each is put to the database after it was asked, so
 * nobody gets an older answer than by asking alone, and nothing is remembered. One statement runs at a time; what comes
 * meanwhile goes into the next.
 */
export class BatchLoader<V> {
  private waiting = new Map<string, Asked<V>>();
  private isRunning = false;

  /** @param loadAll gives what it found by key; it may leave keys out */
  constructor(private readonly loadAll: (keys: readonly string[]) => Promise<ReadonlyMap<string, V>>) {}

  /** Null when there is none. @throws whatever `loadAll` throws */
  load(key: string): Promise<V | null> {
    let asked = this.waiting.get(key);
    if (!asked) this.waiting.set(key, (asked = Promise.withResolvers()));
    if (!this.isRunning) {
      this.isRunning = true;
      setImmediate(() => void this.run()); // after everything that this turn of the loop brings
    }
    return asked.promise;
  }

  private async run(): Promise<void> {
    while (this.waiting.size > 0) await this.answer(this.take());
    this.isRunning = false;
  }

  private take(): ReadonlyMap<string, Asked<V>> {
    const all = [...this.waiting];
    this.waiting = new Map(all.slice(maxKeys));
    return new Map(all.slice(0, maxKeys));
  }

  private async answer(batch: ReadonlyMap<string, Asked<V>>): Promise<void> {
    try {
      const found = await this.loadAll([...batch.keys()]);
      for (const [key, asked] of batch) asked.resolve(found.get(key) ?? null);
    } catch (error) {
      for (const asked of batch.values()) asked.reject(error);
    }
  }
}
