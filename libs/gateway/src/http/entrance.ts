import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { Exchange } from '../pipeline/exchange.js';
import { HeaderList } from '../pipeline/header-list.js';
import type { RequestBody } from '../upstream/ports.js';
import { BodyReader } from './body-reader.js';
import type { ClientAddressReader } from './client-address.js';
import { NodeResponse } from './node-response.js';
import type { ResponseCounts } from './response-counts.js';
import { readHead, type HeadLimits } from './read-head.js';

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
  /** Counts every answer of this entrance. */
  readonly counts: ResponseCounts;
  readonly nowMs: () => number;
  /** Takes each request that can be routed; answers through `response`. */
  readonly handle: (x: Exchange, body: RequestBody | null, response: NodeResponse) => void;
}

/** One listening socket on node:http or node:https with its strict parser. */
export class Entrance {
  readonly #server: Server;
  #isDraining = false;
  /** The newest answer on each connection. */
  readonly #answers = new WeakMap<Socket, ServerResponse>();

  constructor(private readonly options: EntranceOptions) {
    this.#server = this.#createServer();
    this.#server.on('request', (req, res) => this.#onRequest(req, res, () => undefined));
    // A client that waits is told to go on only when its body is wanted, so a refusal costs no upload.
    this.#server.on('checkContinue', (req, res) => this.#onRequest(req, res, () => res.writeContinue()));
    this.#server.on('connect', (_req, socket) => this.#endWith(socket as Socket, 405, 'Method Not Allowed'));
    this.#server.on('clientError', (error, socket) => {
      const answer = this.#answers.get(socket as Socket);
      // Under way, or the last one here: nothing more may be written behind it.
      const isTaken = answer?.headersSent && !(answer.writableFinished && answer.shouldKeepAlive);
      if (isTaken) (socket as Socket).destroySoon();
      else this.#onClientError(error, socket as Socket);
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
    return (this.#server.address() as AddressInfo).port;
  }

  /** Takes no new connections, lets running requests finish, and ends what is left after `timeoutMs`. */
  async close(timeoutMs: number): Promise<void> {
    if (!this.#server.listening) return;
    this.#isDraining = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    const timer = setTimeout(() => this.#server.closeAllConnections(), timeoutMs);
    await closed;
    clearTimeout(timer);
  }

  #createServer(): Server {
    const { limits, scheme, tls } = this.options;
    const options: ServerOptions = {
      insecureHTTPParser: false,
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: 0, // a long upload is fine while it moves: see ClientPatience
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      connectionsCheckingInterval: 1_000,
      requireHostHeader: false, // refused with a body of ours
      noDelay: true,
    };
    if (scheme === 'http') return createHttpServer(options);
    return createHttpsServer({
      ...options,
      cert: tls?.cert,
      key: tls?.key,
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['http/1.1'],
    });
  }

  #onRequest(req: IncomingMessage, res: ServerResponse, sendContinue: () => void): void {
    const { scheme, addresses, limits, counts, nowMs, handle } = this.options;
    this.#answers.set(req.socket, res);
    const headers = new HeaderList(req.rawHeaders);
    const response = new NodeResponse(req, res, headers, () => this.#isDraining, counts);
    const read = readHead(req, headers, scheme, addresses, limits);
    if ('refusal' in read) return response.refuse(read.refusal);
    const open = (): BodyReader => {
      sendContinue();
      return new BodyReader(req, limits.maxBodyBytes, {
        idleTimeoutMs: limits.bodyIdleTimeoutMs,
        minBytesPerSecond: limits.minBodyBytesPerSecond,
      });
    };
    handle(new Exchange(read.head, nowMs()), read.head.bodyBytes === 0 ? null : { open }, response);
  }

  #onClientError(error: NodeJS.ErrnoException, socket: Socket): void {
    if (!socket.writable) return void socket.destroy();
    if (error.code === 'HPE_HEADER_OVERFLOW') this.#endWith(socket, 431, 'Request Header Fields Too Large');
    else if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') this.#endWith(socket, 408, 'Request Timeout');
    else if (error.code === 'ECONNRESET') socket.destroy();
    else this.#endWith(socket, 400, 'Bad Request');
  }

  /** Whatever follows on such a connection cannot be read safely. */
  #endWith(socket: Socket, status: number, reason: string): void {
    this.options.counts.add('gateway', status);
    socket.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  }
}
