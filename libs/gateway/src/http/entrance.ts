import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket, type Server as TlsServer } from 'node:tls';
import type { Exchange } from '../pipeline/exchange.js';
import type { RequestBody } from '../upstream/ports.js';
import type { CertificateBook } from './certificate-book.js';
import type { ClientAddressReader } from './client-address.js';
import type { ClientCertificateReader } from './client-certificate.js';
import type { ClientAnswer } from './client-answer.js';
import { Http2Connection } from '../http2/http2-connection.js';
import { ClientConnection, type ConnectionHost } from './client-connection.js';
import type { ConnectionLimits } from './connection-limits.js';
import { readProxyPreamble } from './proxy-preamble.js';
import type { ResponseCounts } from './response-counts.js';
import type { HeadLimits } from './read-head.js';

export interface EntranceOptions {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** For https; `null` for http. */
  readonly certificateBook: CertificateBook | null;
  /** Load balancers whose connections begin with the PROXY protocol; others must not. */
  readonly proxyProtocol: ClientAddressReader;
  readonly connectionLimits: ConnectionLimits;
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
  /** Never listens: it is handed the connections that were admitted. */
  readonly #tls: TlsServer | null;
  /** Clients as load balancers told them, by `peerKey`. */
  readonly #proxied = new Map<string, string>();
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
    this.#server = createTcpServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#meet(socket));
    this.#tls = options.scheme === 'http' ? null : this.#createTls();
    this.#tls?.on('tlsClientError', () => undefined); // its socket ends; nobody here has to act
  }

  #createTls(): TlsServer {
    const { certificateBook: book, asksForCertificate, limits } = this.options;
    if (book === null) throw new TypeError('A certificate and key are needed to listen for https.');
    return createTlsServer(
      {
        ...book.first,
        SNICallback: (name, callback) => callback(null, book.contextFor(name)),
        minVersion: 'TLSv1.2',
        ALPNProtocols: ['h2', 'http/1.1'],
        requestCert: asksForCertificate,
        rejectUnauthorized: false,
        handshakeTimeout: limits.headersTimeoutMs,
      },
      (socket) => this.#serve(socket),
    );
  }

  /** Handshakes that begin now get the certificates that the book has now. */
  renewCertificates(): void {
    const { certificateBook: book } = this.options;
    if (book !== null) this.#tls?.setSecureContext({ ...book.first, minVersion: 'TLSv1.2' });
  }

  /** A connection has come: from whom it is, is told by its socket or by a load balancer that is believed. */
  #meet(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    const address = socket.remoteAddress ?? '';
    if (!this.options.proxyProtocol.isTrustedPeer(address)) return this.#admit(socket, address);
    this.#readPreamble(socket, (told) => {
      const key = peerKey(socket);
      if (told !== null) {
        this.#proxied.set(key, told);
        socket.once('close', () => this.#proxied.delete(key));
      }
      this.#admit(socket, told ?? address);
    });
  }

  #readPreamble(socket: Socket, then: (address: string | null) => void): void {
    let bytes: Buffer = Buffer.alloc(0);
    const drop = (): void => void socket.destroy();
    const onData = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk]);
      const preamble = readProxyPreamble(bytes);
      if (preamble === 'more') return;
      if (preamble === 'broken') return drop();
      socket.off('data', onData).off('error', drop).off('end', drop).setTimeout(0).off('timeout', drop).pause();
      if (bytes.length > preamble.length) socket.unshift(bytes.subarray(preamble.length));
      then(preamble.address);
    };
    socket.setTimeout(this.options.limits.headersTimeoutMs).once('timeout', drop);
    socket.on('data', onData).on('error', drop).on('end', drop);
  }

  #admit(socket: Socket, address: string): void {
    const { addresses, connectionLimits } = this.options;
    if (!addresses.isTrustedPeer(address)) {
      const leave = connectionLimits.enter(address, performance.now());
      if (leave === null) return void socket.on('error', () => undefined).resetAndDestroy();
      socket.once('close', leave);
    }
    if (this.#tls === null) this.#serve(socket);
    else this.#tls.emit('connection', socket);
  }

  #serve(socket: Socket): void {
    const isHttp2 = socket instanceof TLSSocket && socket.alpnProtocol === 'h2';
    const Kind = isHttp2 ? Http2Connection : ClientConnection;
    this.#connections.add(new Kind(socket, this, this.#forget));
    if (socket.isPaused()) socket.resume(); // after a preamble
  }

  peerOf(socket: Socket): string {
    const told = this.#proxied.size === 0 ? undefined : this.#proxied.get(peerKey(socket));
    return told ?? socket.remoteAddress ?? '';
  }

  takeHttp2(socket: Socket, connection: ClientConnection): void {
    this.#connections.delete(connection);
    this.#connections.add(new Http2Connection(socket, this, this.#forget));
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

  /** From now on answers tell clients to go elsewhere (`Connection: close`, GOAWAY); new connections are still taken. */
  drain(): void {
    this.isDraining = true;
    for (const connection of this.#connections) if (connection instanceof Http2Connection) connection.drain();
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

/** Names a connection among those that are open now, however many layers are above its socket. */
function peerKey(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`;
}
