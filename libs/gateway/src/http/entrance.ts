import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import type { Exchange } from '../pipeline/exchange.js';
import type { RequestBody } from '../upstream/ports.js';
import type { ClientAddressReader } from './client-address.js';
import type { ClientCertificateReader } from './client-certificate.js';
import type { ClientAnswer } from './client-answer.js';
import { Http2Connection } from '../http2/http2-connection.js';
import { ClientConnection, type ConnectionHost } from './client-connection.js';
import type { ResponseCounts } from './response-counts.js';
import type { HeadLimits } from './read-head.js';

export interface EntranceOptions {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** PEM texts; for https. */
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly limits: HeadLimits & {
    readonly maxHeaderBytes: number;
    /** For all header fields to arrive, in milliseconds. */
    readonly headersTimeoutMs: number;
    /** Longest silence of a client within its body, in milliseconds. */
    readonly bodyIdleTimeoutMs: number;
    readonly minBodyBytesPerSecond: number;
    /** Between two requests on one connection, in milliseconds. */
    readonly keepAliveTimeoutMs: number;
  };
  readonly addresses: ClientAddressReader;
  readonly certificates: ClientCertificateReader;
  /** Whether clients are asked for a certificate in the handshake; any is taken, the API decides about it. */
  readonly asksForCertificate: boolean;
  /** Counts every answer of this entrance. */
  readonly counts: ResponseCounts;
  readonly nowMs: () => number;
  /** Takes each request that can be routed; answers through `response`. */
  readonly handle: (x: Exchange, body: RequestBody | null, response: ClientAnswer) => void;
}

/** How often the deadlines of all connections are looked at: one timer for all of them. */
const checkEveryMs = 200;

/** One listening socket that speaks HTTP/1.1 and HTTP/2, plain or over TLS. */
export class Entrance implements ConnectionHost {
  readonly #server: Server;
  readonly #connections = new Set<ClientConnection | Http2Connection>();
  /** Of all connections, also of those that have not finished their TLS handshake. */
  readonly #sockets = new Set<Socket>();
  readonly #forget = (connection: ClientConnection | Http2Connection): void =>
    void this.#connections.delete(connection);
  #timer: NodeJS.Timeout | null = null;
  #lastCheck = 0;
  isDraining = false;
  clockMs = 0;

  constructor(readonly options: EntranceOptions) {
    const { scheme, tls, limits } = options;
    const accept = (socket: Socket): void => {
      if (socket instanceof TLSSocket && socket.alpnProtocol === 'h2')
        this.#connections.add(new Http2Connection(socket, this, this.#forget));
      else this.#connections.add(new ClientConnection(socket, this, this.#forget));
    };
    const sockets = { allowHalfOpen: true, noDelay: true };
    if (scheme === 'http') this.#server = createTcpServer(sockets, accept);
    else {
      this.#server = createTlsServer(
        {
          ...sockets,
          cert: tls?.cert,
          key: tls?.key,
          minVersion: 'TLSv1.2',
          ALPNProtocols: ['h2', 'http/1.1'],
          requestCert: options.asksForCertificate,
          rejectUnauthorized: false,
          handshakeTimeout: limits.headersTimeoutMs,
        },
        accept,
      );
    }
    this.#watch();
  }

  takeHttp2(socket: Socket, connection: ClientConnection): void {
    this.#connections.delete(connection);
    this.#connections.add(new Http2Connection(socket, this, this.#forget));
  }

  #watch(): void {
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** Resolves with the port taken. @throws the system's error, for example EADDRINUSE */
  async listen(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.options.port, this.options.host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    this.#lastCheck = performance.now();
    this.#timer = setInterval(() => this.#checkTimes(), checkEveryMs);
    return (this.#server.address() as AddressInfo).port;
  }

  /** Takes no new connections, lets running requests finish, and ends what is left after `timeoutMs`. */
  async close(timeoutMs: number): Promise<void> {
    if (!this.#server.listening) return;
    this.isDraining = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const connection of this.#connections) connection.endIfIdle();
    const timer = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, timeoutMs);
    await closed;
    clearTimeout(timer);
    if (this.#timer) clearInterval(this.#timer);
  }

  /** Time in which this process could not look at its sockets is not held against the clients. */
  #checkTimes(): void {
    const now = performance.now();
    this.clockMs += Math.min(now - this.#lastCheck, 2 * checkEveryMs);
    this.#lastCheck = now;
    for (const connection of this.#connections) connection.checkTime();
  }
}
