import type { Cluster, Redis } from 'ioredis';
import { safeMessage, type Logger } from '@tollgate/base';
import type { LeaseAnswer, LeaseRequest, QuotaLessor } from '../domain/index.js';
import {
  counterGraceMs,
  CounterStoreUnavailableError,
  type BatchPart,
  type Counted,
  type CounterStore,
  type Increment,
} from './counter-store.js';
import { addScript, leaseScript, type RedisScript } from './redis-scripts.js';
import { connectRedis, type RedisServers } from './redis-servers.js';

export interface RedisCounterStoreOptions {
  readonly servers: RedisServers;
  readonly keyPrefix?: string;
  /** In how many hash slots the counters lie: more than 1 spreads them over the nodes of a Redis Cluster; default 1, there 32. */
  readonly shards?: number;
  readonly commandTimeoutMs?: number;
  readonly log?: Logger;
}

/** How long a counted part is remembered: longer than any broker keeps a batch for a manager that is away. */
const partMemoryMs = 15 * 60_000;

/**
 * Counters in Redis or Valkey, shared by all traffic managers, and by the gateways that lease from them. Fails fast:
 * nothing waits for a server that is away.
 */
export class RedisCounterStore implements CounterStore, QuotaLessor {
  readonly #redis: Redis | Cluster;
  readonly #prefix: string;
  readonly #shards: number;
  readonly #log: Logger | undefined;

  constructor(options: RedisCounterStoreOptions) {
    this.#prefix = options.keyPrefix ?? 'tollgate:throttle';
    this.#shards = options.shards ?? (options.servers.kind === 'cluster' ? 32 : 1);
    this.#log = options.log;
    this.#redis = connectRedis(options.servers, { commandTimeoutMs: options.commandTimeoutMs ?? 50 }, options.log);
  }

  /** Resolves when the server answers; false after `timeoutMs`. */
  async ready(timeoutMs: number): Promise<boolean> {
    const untilMs = Date.now() + timeoutMs;
    while (this.#redis.status !== 'ready') {
      if (Date.now() >= untilMs) return false;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return true;
  }

  async add(part: BatchPart, increments: readonly Increment[]): Promise<Counted> {
    const byShard = new Map<number, number[]>();
    increments.forEach((increment, i) => {
      const shard = this.#shardOf(increment.key);
      const indexes = byShard.get(shard);
      if (indexes) indexes.push(i);
      else byShard.set(shard, [i]);
    });
    const counts: number[] = Array.from(increments, () => 0);
    let duplicate = increments.length > 0;
    // Each slot remembers the part by itself, so a part of which only some slots were counted can be handed in again.
    await Promise.all(
      Array.from(byShard, async ([shard, indexes]) => {
        const [fresh, ...shardCounts] = await this.#addToShard(
          shard,
          part,
          indexes.map((i) => increments[i] as Increment),
        );
        if (fresh === 1) duplicate = false;
        indexes.forEach((index, i) => (counts[index] = shardCounts[i] as number));
      }),
    );
    return { counts, duplicate };
  }

  /** @throws CounterStoreUnavailableError within the command's time */
  async lease(request: LeaseRequest): Promise<LeaseAnswer> {
    const { holder, key, windowEndMs, quota, granted, returned, used, want } = request;
    const tag = this.#tagOf(this.#shardOf(key));
    const window = `${request.windowStartMs}-${windowEndMs}`;
    const keys = [`${tag}:count:${window}:${key}`, `${tag}:lease:${window}:${key}`];
    const args = [holder, granted, returned, used, want, quota, windowEndMs, counterGraceMs];
    const [total = 0, left = 0, outstanding = 0] = await this.#run(leaseScript, keys, args);
    return { granted: total, left, outstanding };
  }

  sweep(): void {
    // The server expires the counters.
  }

  /** Waits for the answers that are due, unless the server does not answer any more. */
  async close(): Promise<void> {
    if (this.#redis.status !== 'ready') return this.#redis.disconnect();
    try {
      await this.#redis.quit();
    } catch (error) {
      this.#log?.warn({ event: 'counter-store.close', reason: safeMessage(error) }, 'Redis did not answer the goodbye');
      this.#redis.disconnect();
    }
  }

  async #addToShard(shard: number, part: BatchPart, increments: readonly Increment[]): Promise<number[]> {
    const tag = this.#tagOf(shard);
    const keys = [
      `${tag}:part:${part.seq}:${part.part}:${part.publisher}`,
      ...increments.map((one) => `${tag}:count:${one.windowStartMs}-${one.windowEndMs}:${one.key}`),
    ];
    const args = [partMemoryMs, counterGraceMs, ...increments.flatMap((one) => [one.by, one.windowEndMs])];
    return this.#run(addScript, keys, args);
  }

  async #run(script: RedisScript, keys: string[], args: (string | number)[]): Promise<number[]> {
    try {
      return await this.#evaluate(script, keys, args);
    } catch (error) {
      throw new CounterStoreUnavailableError(safeMessage(error), error);
    }
  }

  async #evaluate(script: RedisScript, keys: string[], args: (string | number)[]): Promise<number[]> {
    try {
      return (await this.#redis.evalsha(script.sha, keys.length, ...keys, ...args)) as number[];
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return (await this.#redis.eval(script.text, keys.length, ...keys, ...args)) as number[];
    }
  }

  /** All keys of a shard lie in one hash slot. */
  #tagOf(shard: number): string {
    return `{${this.#prefix}:${shard}}`;
  }

  #shardOf(key: string): number {
    if (this.#shards === 1) return 0;
    let hash = 0;
    for (let i = 0; i < key.length; i++) hash = (hash * 31 + key.charCodeAt(i)) >>> 0;
    return hash % this.#shards;
  }
}
