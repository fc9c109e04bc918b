import type { Clock, Logger } from '@tollgate/base';
import type { QueueType } from './amqp-topology.js';
import { AmqpTransport } from './amqp-transport.js';
import { parseBrokerUrl } from './broker-url.js';
import { InProcessTransport } from './in-process-transport.js';
import type { Transport } from './transport.js';

/** Injection token of the process's `Transports`. */
export const tollgateTransports = Symbol.for('tollgate.transports');

/** The address of the embedded default, where a broker's would stand. */
export const inProcessUrl = 'in-process';

export interface TransportsOptions {
  readonly prefix: string;
  /** Used for every broker URL that carries no credentials of its own. */
  readonly credentials: { readonly username: string; readonly password: string };
  readonly log: Logger;
  readonly clock?: Clock;
  /** Authorities to trust beside the public ones, PEM. */
  readonly ca?: string | Buffer;
  /** Kind of the queues that outlive a connection; default classic. */
  readonly queueType?: QueueType;
  /** The process's own hub; roles that run in one process must share one. */
  readonly inProcess?: InProcessTransport;
}

/** One connection per endpoint, however many groups and subscribers name it. */
export interface Transports {
  /**
   * @param url `in-process`, or as `parseBrokerUrl` reads
   * @throws StartupError for an address that cannot be read
   */
  get(url: string): Transport;
  /** Every endpoint in use, for health and metrics. */
  all(): readonly Transport[];
  closeAll(): Promise<void>;
}

export function createTransports(options: TransportsOptions): Transports {
  const open = new Map<string, Transport>();
  function get(url: string): Transport {
    const broker = url === inProcessUrl ? null : parseBrokerUrl(url, options.credentials);
    const key = broker ? `${broker.address}/${broker.vhost}/${broker.username}` : inProcessUrl;
    const existing = open.get(key);
    if (existing) return existing;
    const transport = broker
      ? new AmqpTransport({ ...options, broker })
      : (options.inProcess ?? new InProcessTransport(options.log, options.clock));
    open.set(key, transport);
    return transport;
  }
  return {
    get,
    all: () => [...open.values()],
    closeAll: async () => {
      await Promise.all([...open.values()].map((transport) => transport.close()));
    },
  };
}
