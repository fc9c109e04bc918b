import { isOpaqueToken } from '@tollgate/oauth/domain';
import { TokenCache } from './token-cache.js';

/** Says what opaque tokens stand for, in their order; null for one that does not count. Rejects when it cannot tell. */
export type RevealTokens = (tokens: readonly string[]) => Promise<readonly (string | null)[]>;

export interface OpaqueTokenOptions {
  /** `null`: nobody knows opaque tokens. */
  readonly reveal: RevealTokens | null;
  /** Most tokens that are remembered. */
  readonly capacity: number;
  readonly nowMs: () => number;
}

/** As the key manager takes them. */
const mostAtOnce = 100;
/** Requests with further unknown tokens are refused meanwhile: whoever guesses tokens shall not fill the memory. */
const mostWaiting = 5_000;
/** A text that is no token stays none; so short that nobody waits for a token that a lagging database did not show yet. */
const unknownForMs = 2_000;
const answerWithinMs = 2_000;

interface Asked {
  readonly promise: Promise<string | null>;
  readonly resolve: (jwt: string | null) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Remembers which JWT an opaque token stands for. That a token was revoked or has expired is seen in its JWT on each use,
 * as for any other. Unknown ones are asked for together, each once however many requests bring it, in one call at a time.
 */
export class OpaqueTokens {
  readonly #jwts: TokenCache<string>;
  readonly #unknown: TokenCache<number>;
  #waiting = new Map<string, Asked>();
  #asked = new Map<string, Asked>();
  #isAsking = false;

  constructor(private readonly options: OpaqueTokenOptions) {
    this.#jwts = new TokenCache(options.capacity);
    this.#unknown = new TokenCache(options.capacity);
  }

  /**
   * The JWT of a credential: itself unless it is an opaque token. `null`: it stands for nothing. A promise only for a token
   * that is not known yet; it rejects when nobody can tell now.
   */
  jwtOf(text: string): string | null | Promise<string | null> {
    return isOpaqueToken(text) ? this.#find(text) : text;
  }

  #find(text: string): string | null | Promise<string | null> {
    const jwt = this.#jwts.get(text);
    if (jwt !== undefined) return jwt;
    if (this.options.reveal === null || (this.#unknown.get(text) ?? 0) > this.options.nowMs()) return null;
    const known = this.#asked.get(text) ?? this.#waiting.get(text);
    if (known) return known.promise;
    if (this.#waiting.size >= mostWaiting) return Promise.reject(new Error('Too many unknown tokens at once'));
    const asked = Promise.withResolvers<string | null>();
    this.#waiting.set(text, asked);
    if (!this.#isAsking) void this.#askAll(this.options.reveal);
    return asked.promise;
  }

  async #askAll(reveal: RevealTokens): Promise<void> {
    this.#isAsking = true;
    while (this.#waiting.size > 0) await this.#ask(reveal, this.#take());
    this.#isAsking = false;
  }

  #take(): ReadonlyMap<string, Asked> {
    const all = [...this.#waiting];
    this.#waiting = new Map(all.slice(mostAtOnce));
    this.#asked = new Map(all.slice(0, mostAtOnce));
    return this.#asked;
  }

  async #ask(reveal: RevealTokens, batch: ReadonlyMap<string, Asked>): Promise<void> {
    try {
      const jwts = await within(answerWithinMs, reveal([...batch.keys()]));
      [...batch].forEach(([text, asked], i) => this.#answer(text, asked, jwts[i] ?? null));
    } catch (error) {
      for (const asked of batch.values()) asked.reject(error);
    }
    this.#asked = new Map();
  }

  #answer(text: string, { resolve }: Asked, jwt: string | null): void {
    if (jwt === null) this.#unknown.set(text, this.options.nowMs() + unknownForMs);
    else this.#jwts.set(text, jwt);
    resolve(jwt);
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('The key manager does not answer')), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
