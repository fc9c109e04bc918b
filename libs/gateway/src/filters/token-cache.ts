/**
 * Bounded map from whole token to what its verification found. The whole text is the key, so a token with another
 * payload or signature is another token (requirement R-40). Two generations: when the young one is full it becomes the
 * old one and the former old one is forgotten, which keeps what is used and costs nothing per lookup.
 */
export class TokenCache<T> {
  #young = new Map<string, T>();
  #old = new Map<string, T>();

  /** @param capacity most tokens kept */
  constructor(private readonly capacity: number) {}

  get(token: string): T | undefined {
    const young = this.#young.get(token);
    if (young !== undefined) return young;
    const old = this.#old.get(token);
    if (old !== undefined) this.set(token, old);
    return old;
  }

  set(token: string, value: T): void {
    if (this.#young.size * 2 >= this.capacity) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(token, value);
  }

  delete(token: string): void {
    this.#young.delete(token);
    this.#old.delete(token);
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }
}
