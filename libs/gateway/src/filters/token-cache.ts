/** Characters of a token's end that name its place: part of the signature, so that tokens do not share them by chance. */
const tailLength = 32;

interface Entry<T> {
  readonly token: string;
  readonly value: T;
}

/**
 * Bounded map from whole token to what its verification found. Looked up by the token's end, because hashing all of it
 * costs more than the rest of the lookup, and then the whole text is compared: a token with another payload or
 * signature is another token (requirement R-40). Two generations: when the young one is full it becomes the old one
 * and the former old one is forgotten, which keeps what is used and costs nothing per lookup.
 */
export class TokenCache<T> {
  #young = new Map<string, Entry<T>>();
  #old = new Map<string, Entry<T>>();

  /** @param capacity most tokens kept; of tokens with the same end the last one */
  constructor(private readonly capacity: number) {}

  get(token: string): T | undefined {
    const tail = token.slice(-tailLength);
    const young = this.#young.get(tail);
    if (young?.token === token) return young.value;
    const old = this.#old.get(tail);
    if (old?.token !== token) return undefined;
    this.#put(tail, old);
    return old.value;
  }

  set(token: string, value: T): void {
    this.#put(token.slice(-tailLength), { token, value });
  }

  delete(token: string): void {
    const tail = token.slice(-tailLength);
    for (const generation of [this.#young, this.#old])
      if (generation.get(tail)?.token === token) generation.delete(tail);
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  #put(tail: string, entry: Entry<T>): void {
    if (this.#young.size * 2 >= this.capacity) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(tail, entry);
  }
}
