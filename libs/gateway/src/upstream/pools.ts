import type { Socket } from 'node:net';
import type { AddressGuard } from '@tollgate/base';
import { Connector } from './connector.js';
import { Http2Origin, type Http2Host } from './http2-origin.js';
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
    this.#connector = new Connector(guard, options.trustedCertificates);
    this.#timer = setInterval(() => this.#checkTimes(), checkEveryMs);
    this.#timer.unref();
  }

  connect(origin: URL, callback: (error: Error | null, socket: Socket | null) => void): () => void {
    return this.#connector.connect(origin, callback);
  }

  connectHttp2(origin: URL, callback: (error: Error | null, socket: Socket | null) => void): () => void {
    return this.#connector.connect(origin, callback, 'h2');
  }

  /** Connections of HTTP/2, for calls that need it. @param origin `https://host:port` */
  http2For(origin: string): Http2Origin {
    let found = this.#http2.get(origin);
    if (!found) {
      found = new Http2Origin(origin, this);
      this.#http2.set(origin, found);
    }
    return found;
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
    this.#closeHttp2(origins);
    for (const [origin, pool] of this.#pools) {
      if (origins.has(origin)) continue;
      this.#pools.delete(origin);
      this.#connector.forget(origin);
      pool.close();
      this.#closing.add(pool);
    }
  }

  #closeHttp2(origins: ReadonlySet<string>): void {
    for (const [origin, http2] of this.#http2) {
      if (origins.has(origin)) continue;
      this.#http2.delete(origin);
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
