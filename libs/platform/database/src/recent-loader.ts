import { BatchLoader } from './batch-loader.js';

/** How long something is remembered that another process may change meanwhile, in milliseconds. */
export const recentMs = 250;
const capacity = 10_000;

/**
 * A `BatchLoader` that remembers for a moment what it found, so that thousands of equal questions a second cost a few
 * statements. Nothing outlives a commit of this process, and what was not found is asked for again each time.
 */
export class RecentLoader<V> {
  private readonly loader: BatchLoader<V>;
  private readonly known = new Map<string, { readonly value: V; readonly askedAtMs: number }>();
  private commits = -1;

  /** @param loadAll as that of `BatchLoader`; nobody changes the values that it gives */
  constructor(
    private readonly db: { readonly commits: number },
    loadAll: (keys: readonly string[]) => Promise<ReadonlyMap<string, V>>,
  ) {
    this.loader = new BatchLoader(loadAll);
  }

  /** Null when there is none. @throws whatever `loadAll` throws */
  async load(key: string): Promise<V | null> {
    if (this.commits !== this.db.commits) this.forget();
    const askedAtMs = performance.now();
    const found = this.known.get(key);
    if (found && askedAtMs - found.askedAtMs < recentMs) return found.value;
    const { commits } = this;
    const value = await this.loader.load(key);
    if (value === null || commits !== this.db.commits) return value; // it may be older than that commit
    if (this.known.size >= capacity) this.known.clear();
    this.known.set(key, { value, askedAtMs });
    return value;
  }

  private forget(): void {
    this.known.clear();
    this.commits = this.db.commits;
  }
}
