import type { Socket } from 'node:net';
import type { AddressGuard } from '@tollgate/base';
import { Connector } from './connector.js';
import { OriginPool, type PoolHost } from './origin-pool.js';

export interface PoolOptions {
  readonly connectTimeoutMs: number;
  /** How long an idle connection is kept. */
  readonly keepAliveMs: number;
  /** Most connections to one origin. */
  readonly maxConnections: number;
  /** PEM certificates trusted beside the system's, for back ends with a private authority. */
  readonly trustedCertificates?: readonly string[];
}

/** How often the deadlines of all calls are looked at: one timer for all of them. */
const checkEveryMs = 100;

/** Connections to back ends, kept open and shared by all APIs of an origin. */
export class UpstreamPools implements PoolHost {
  readonly #pools = new Map<string, OriginPool>();
  readonly #closing = new Set<OriginPool>();
  readonly #connector: Connector;
  readonly #timer: NodeJS.Timeout;
  #lastCheck = performance.now();
  clockMs = 0;
  readonly connectTimeoutMs: number;
  readonly keepAliveMs: number;
  readonly maxConnections: number;

  constructor(guard: AddressGuard, options: PoolOptions) {
    this.connectTimeoutMs = options.connectTimeoutMs;
    this.keepAliveMs = options.keepAliveMs;
    this.maxConnections = options.maxConnections;
    this.#connector = new Connector(guard, options.trustedCertificates);
    this.#timer = setInterval(() => this.#checkTimes(), checkEveryMs);
    this.#timer.unref();
  }

  connect(origin: URL, callback: (error: Error | null, socket: Socket | null) => void): () => void {
    return this.#connector.connect(origin, callback);
  }

  /** @param origin `https://host:port` */
  poolFor(origin: string): OriginPool {
    let pool = this.#pools.get(origin);
    if (!pool) {
      pool = new OriginPool(origin, this);
      this.#pools.set(origin, pool);
    }
    return pool;
  }

  /** Closes the pools of origins that no API uses any more; what runs on them finishes. */
  keepOnly(origins: ReadonlySet<string>): void {
    for (const [origin, pool] of this.#pools) {
      if (origins.has(origin)) continue;
      this.#pools.delete(origin);
      this.#connector.forget(origin);
      pool.close();
      this.#closing.add(pool);
    }
  }

  get size(): number {
    return this.#pools.size;
  }

  /** Ends everything at once. */
  destroy(): void {
    clearInterval(this.#timer);
    for (const pool of [...this.#pools.values(), ...this.#closing]) pool.destroy();
    this.#pools.clear();
    this.#closing.clear();
  }

  /** Time in which this process could not look at its sockets is not held against the back ends. */
  #checkTimes(): void {
    const now = performance.now();
    this.clockMs += Math.min(now - this.#lastCheck, 2 * checkEveryMs);
    this.#lastCheck = now;
    for (const pool of this.#pools.values()) pool.checkTimes();
    for (const pool of this.#closing) {
      pool.checkTimes();
      if (pool.isEmpty) this.#closing.delete(pool);
    }
  }
}
