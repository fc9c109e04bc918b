import { createHash } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import { safeMessage, type Logger } from '@tollgate/base';
import {
  counterGraceMs,
  CounterStoreUnavailableError,
  type BatchPart,
  type Counted,
  type CounterStore,
  type Increment,
} from './counter-store.js';
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
 * KEYS: the part, then the counters. ARGV: memory of the part in ms, grace in ms, then increment and window end of
 * each counter. No key is ever without expiry: it is set by the command, or in the script, that makes the key.
 * The server's clock decides about expiry only; which window counts was decided by the time of the event.
 */
const addScript = `
local fresh = redis.call('SET', KEYS[1], '1', 'NX', 'PX', ARGV[1])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local answer = { fresh and 1 or 0 }
for i = 2, #KEYS do
  local by, windowEnd = ARGV[2 * i - 1], tonumber(ARGV[2 * i])
  if fresh then
    local count = redis.call('INCRBY', KEYS[i], by)
    if count == tonumber(by) then
      redis.call('PEXPIRE', KEYS[i], string.format('%.0f', math.max(windowEnd - now, 0) + tonumber(ARGV[2])))
    end
    answer[i] = count
  else
    answer[i] = tonumber(redis.call('GET', KEYS[i]) or '0')
  end
end
return answer`;

const addScriptSha = createHash('sha1').update(addScript).digest('hex');

/** Counters in Redis or Valkey, shared by all traffic managers. Fails fast: nothing waits for a server that is away. */
export class RedisCounterStore implements CounterStore {
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
    const tag = `{${this.#prefix}:${shard}}`;
    const keys = [
      `${tag}:part:${part.seq}:${part.part}:${part.publisher}`,
      ...increments.map((one) => `${tag}:count:${one.windowStartMs}-${one.windowEndMs}:${one.key}`),
    ];
    const args = [partMemoryMs, counterGraceMs, ...increments.flatMap((one) => [one.by, one.windowEndMs])];
    try {
      return await this.#evaluate(keys, args);
    } catch (error) {
      throw new CounterStoreUnavailableError(safeMessage(error), error);
    }
  }

  async #evaluate(keys: string[], args: number[]): Promise<number[]> {
    try {
      return (await this.#redis.evalsha(addScriptSha, keys.length, ...keys, ...args)) as number[];
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return (await this.#redis.eval(addScript, keys.length, ...keys, ...args)) as number[];
    }
  }

  #shardOf(key: string): number {
    if (this.#shards === 1) return 0;
    let hash = 0;
    for (let i = 0; i < key.length; i++) hash = (hash * 31 + key.charCodeAt(i)) >>> 0;
    return hash % this.#shards;
  }
}
