import { connect as connectTcp, isIP, type Socket, type TcpNetConnectOpts } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { AddressForbiddenError, type AddressGuard } from '@tollgate/base';
import type { CompiledEndpoint } from '../pipeline/compiled-api.js';

/** Where a connection goes, and what is checked and shown there. */
export type Destination = Pick<CompiledEndpoint, 'origin' | 'tls' | 'pool'>;

/** Opens connections to the addresses that the guard has checked, plain or over TLS with sessions used again. */
export class Connector {
  readonly #sessions = new Map<string, Buffer>();

  constructor(private readonly guard: AddressGuard) {}

  /** Gives a function that gives the attempt up; the callback then does not come. */
  connect(
    destination: Destination,
    callback: (error: Error | null, socket: Socket | null) => void,
    protocol: 'http/1.1' | 'h2' = 'http/1.1',
  ): () => void {
    const origin = new URL(destination.origin);
    const isSecure = origin.protocol === 'https:';
    const host = origin.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !this.guard.isAllowed(host)) {
      queueMicrotask(() => callback(new AddressForbiddenError(host), null));
      return () => undefined;
    }
    const port = origin.port === '' ? (isSecure ? 443 : 80) : Number(origin.port);
    const target: TcpNetConnectOpts = { host, port, noDelay: true, lookup: this.guard.lookup };
    const socket = isSecure ? this.#connectTls(target, destination, protocol) : connectTcp(target);
    const onError = (error: Error): void => callback(error, null);
    socket.once('error', onError);
    socket.once(isSecure ? 'secureConnect' : 'connect', () => {
      socket.off('error', onError);
      callback(null, socket);
    });
    return () => {
      socket.off('error', onError);
      socket.on('error', () => undefined);
      socket.destroy();
    };
  }

  #connectTls(target: TcpNetConnectOpts, { pool, tls }: Destination, protocol: string): Socket {
    const name = `${protocol} ${pool}`;
    const session = this.#sessions.get(name);
    const host = target.host as string;
    const socket = connectTls({
      ...target,
      ALPNProtocols: [protocol],
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(session ? { session } : {}),
      ...(tls ? { secureContext: tls.context } : {}),
    });
    socket.on('session', (next) => this.#sessions.set(name, next));
    return socket;
  }

  /** Forgets the sessions of a pool that is not used any more. */
  forget(pool: string): void {
    this.#sessions.delete(`http/1.1 ${pool}`);
    this.#sessions.delete(`h2 ${pool}`);
  }
}
