import { connect as connectTcp, isIP, type Socket, type TcpNetConnectOpts } from 'node:net';
import { connect as connectTls, createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { AddressForbiddenError, type AddressGuard } from '@tollgate/base';

/** Opens connections to the addresses that the guard has checked, plain or over TLS with sessions used again. */
export class Connector {
  readonly #sessions = new Map<string, Buffer>();
  readonly #secureContext: SecureContext | null;

  /** @param trustedCertificates PEM texts, trusted beside the well-known ones */
  constructor(
    private readonly guard: AddressGuard,
    trustedCertificates: readonly string[] | undefined,
  ) {
    this.#secureContext = trustedCertificates
      ? createSecureContext({ ca: [...rootCertificates, ...trustedCertificates] })
      : null;
  }

  /** Gives a function that gives the attempt up; the callback then does not come. */
  connect(
    origin: URL,
    callback: (error: Error | null, socket: Socket | null) => void,
    protocol: 'http/1.1' | 'h2' = 'http/1.1',
  ): () => void {
    const isSecure = origin.protocol === 'https:';
    const host = origin.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !this.guard.isAllowed(host)) {
      queueMicrotask(() => callback(new AddressForbiddenError(host), null));
      return () => undefined;
    }
    const port = origin.port === '' ? (isSecure ? 443 : 80) : Number(origin.port);
    const target: TcpNetConnectOpts = { host, port, noDelay: true, lookup: this.guard.lookup };
    const socket = isSecure ? this.#connectTls(target, origin.origin, protocol) : connectTcp(target);
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

  #connectTls(target: TcpNetConnectOpts, origin: string, protocol: string): Socket {
    const name = `${protocol} ${origin}`;
    const session = this.#sessions.get(name);
    const host = target.host as string;
    const socket = connectTls({
      ...target,
      ALPNProtocols: [protocol],
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(session ? { session } : {}),
      ...(this.#secureContext ? { secureContext: this.#secureContext } : {}),
    });
    socket.on('session', (next) => this.#sessions.set(name, next));
    return socket;
  }

  /** Forgets the session of an origin that is not called any more. */
  forget(origin: string): void {
    this.#sessions.delete(`http/1.1 ${origin}`);
    this.#sessions.delete(`h2 ${origin}`);
  }
}
