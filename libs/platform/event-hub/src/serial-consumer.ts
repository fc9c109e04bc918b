/**
 * Runs one handler over items strictly one after the other, in the order they came.
 * The handler settles each item itself (acknowledge or dead-letter) and never rejects.
 */
export class SerialConsumer<T> {
  readonly #items: T[] = [];
  #running: Promise<void> | null = null;
  #stopped = false;

  constructor(private readonly handle: (item: T) => Promise<void>) {}

  get waiting(): number {
    return this.#items.length;
  }

  push(item: T): void {
    if (this.#stopped) return;
    this.#items.push(item);
    this.#running ??= this.#run();
  }

  /** Drops what waits, without settling it: the items belong to a channel that is gone. */
  discard(): void {
    this.#items.length = 0;
  }

  /** Handles everything that waits, at most for `timeoutMs`, and takes nothing more. Returns what was left over. */
  async drain(timeoutMs: number): Promise<T[]> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, timeoutMs)));
    await Promise.race([this.#running ?? Promise.resolve(), late]);
    clearTimeout(timer);
    this.#stopped = true;
    return this.#items.splice(0);
  }

  async #run(): Promise<void> {
    await Promise.resolve(); // never inside the caller's push
    for (let item = this.#items.shift(); item !== undefined; item = this.#items.shift()) await this.handle(item);
    this.#running = null;
  }
}
