import { isIP } from 'node:net';
import { buildConnector, Pool } from 'undici';
import { AddressForbiddenError, type AddressGuard } from '@tollgate/base';

export interface PoolOptions {
  readonly connectTimeoutMs: number;
  /** How long an idle connection is kept. */
  readonly keepAliveMs: number;
  /** Most connections to one origin. */
  readonly maxConnections: number;
  /** PEM certificates trusted beside the system's, for back ends with a private authority. */
  readonly trustedCertificates?: readonly string[];
}

/** Connections to back ends, kept open and shared by all APIs of an origin. */
export class UpstreamPools {
  readonly #pools = new Map<string, Pool>();
  readonly #connect: buildConnector.connector;

  constructor(
    private readonly guard: AddressGuard,
    private readonly options: PoolOptions,
  ) {
    const { trustedCertificates } = options;
    const connector = buildConnector({
      timeout: options.connectTimeoutMs,
      allowH2: false,
      // undici hands further options on to net.connect and tls.connect.
      ...({ lookup: guard.lookup } as object),
      ...(trustedCertificates ? { ca: [...trustedCertificates] } : {}),
    });
    this.#connect = (target, callback) => {
      const address = target.hostname.replace(/^\[|\]$/g, '');
      if (isIP(address) !== 0 && !this.guard.isAllowed(address))
        callback(new AddressForbiddenError(address), null as never);
      else connector(target, callback);
    };
  }

  /** @param origin `https://host:port` */
  poolFor(origin: string): Pool {
    let pool = this.#pools.get(origin);
    if (!pool) {
      pool = new Pool(origin, {
        connections: this.options.maxConnections,
        connect: this.#connect,
        keepAliveTimeout: this.options.keepAliveMs,
        pipelining: 1,
        allowH2: false,
      });
      this.#pools.set(origin, pool);
    }
    return pool;
  }

  /** Closes the pools of origins that no API uses any more; what runs on them finishes. */
  keepOnly(origins: ReadonlySet<string>): void {
    for (const [origin, pool] of this.#pools) {
      if (origins.has(origin)) continue;
      this.#pools.delete(origin);
      void pool.close();
    }
  }

  get size(): number {
    return this.#pools.size;
  }

  async destroy(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map((pool) => pool.destroy()));
  }
}
