import type { Socket } from 'node:net';
import type { AddressGuard } from '@tollgate/base';
import { Connector, type Destination } from './connector.js';
import { Http2Origin, type Http2Host } from './http2-origin.js';
import { OriginPool, type PoolHost } from './origin-pool.js';

export interface PoolOptions {
  readonly connectTimeoutMs: number;
  /** How long an idle connection is kept. */
  readonly keepAliveMs: number;
  /** Most connections to one origin. */
  readonly maxConnections: number;
}

/** How often the deadlines of all calls are looked at: one timer for all of them. */
const checkEveryMs = 100;

/** Connections to back ends, kept open and shared by all APIs that call an origin in the same way. */
export class UpstreamPools implements PoolHost, Http2Host {
  readonly #pools = new Map<string, OriginPool>();
  readonly #http2 = new Map<string, Http2Origin>();
  readonly #closing = new Set<OriginPool | Http2Origin>();
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
    this.#connector = new Connector(guard);
    this.#timer = setInterval(() => this.#checkTimes(), checkEveryMs);
    this.#timer.unref();
  }

  connect(destination: Destination, callback: (error: Error | null, socket: Socket | null) => void): () => void {
    return this.#connector.connect(destination, callback);
  }

  connectHttp2(destination: Destination, callback: (error: Error | null, socket: Socket | null) => void): () => void {
    return this.#connector.connect(destination, callback, 'h2');
  }

  /** Connections of HTTP/2, for calls that need it. */
  http2For(destination: Destination): Http2Origin {
    let found = this.#http2.get(destination.pool);
    if (!found) {
      found = new Http2Origin(destination, this);
      this.#http2.set(destination.pool, found);
    }
    return found;
  }

  poolFor(destination: Destination): OriginPool {
    let pool = this.#pools.get(destination.pool);
    if (!pool) {
      pool = new OriginPool(destination, this);
      this.#pools.set(destination.pool, pool);
    }
    return pool;
  }

  /** Closes the pools that no API uses any more; what runs on them finishes. @param used names of those to keep */
  keepOnly(used: ReadonlySet<string>): void {
    this.#closeHttp2(used);
    for (const [name, pool] of this.#pools) {
      if (used.has(name)) continue;
      this.#pools.delete(name);
      this.#connector.forget(name);
      pool.close();
      this.#closing.add(pool);
    }
  }

  #closeHttp2(used: ReadonlySet<string>): void {
    for (const [name, http2] of this.#http2) {
      if (used.has(name)) continue;
      this.#http2.delete(name);
      http2.close();
      this.#closing.add(http2);
    }
  }

  get size(): number {
    return this.#pools.size;
  }

  /** Ends everything at once. */
  destroy(): void {
    clearInterval(this.#timer);
    for (const pool of [...this.#pools.values(), ...this.#http2.values(), ...this.#closing]) pool.destroy();
    this.#pools.clear();
    this.#http2.clear();
    this.#closing.clear();
  }

  /** Time in which this process could not look at its sockets is not held against the back ends. */
  #checkTimes(): void {
    const now = performance.now();
    this.clockMs += Math.min(now - this.#lastCheck, 2 * checkEveryMs);
    this.#lastCheck = now;
    for (const pool of this.#pools.values()) pool.checkTimes();
    for (const pool of this.#closing) {
      if (pool instanceof OriginPool) pool.checkTimes();
      if (pool.isEmpty) this.#closing.delete(pool);
    }
  }
}
