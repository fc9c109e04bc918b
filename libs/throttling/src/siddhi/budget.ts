/**
 * Bound on what one rule keeps: each group, each kept event and each distinct value takes one cell. What finds none is
 * dropped and counted.
 */
export class Budget {
  #used = 0;
  #dropped = 0;

  constructor(private readonly cells: number) {}

  take(): boolean {
    if (this.#used < this.cells) {
      this.#used++;
      return true;
    }
    this.#dropped++;
    return false;
  }

  give(count = 1): void {
    this.#used -= count;
  }

  /** Takes over what a rule held whose state is loaded. */
  load(used: number): void {
    this.#used = used;
  }

  get used(): number {
    return this.#used;
  }

  get dropped(): number {
    return this.#dropped;
  }
}
