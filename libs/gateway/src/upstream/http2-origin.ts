import {
  connect,
  constants,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
} from 'node:http2';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Destination } from './connector.js';
import { fieldsOf } from '../http2/http2-response.js';
import type { UpstreamCall, UpstreamHandler, UpstreamRequest } from './upstream-call.js';
import { UpstreamFailure } from './upstream-failure.js';

/** Calls on one connection; more open another one. */
const maxStreams = 100;

export interface Http2Host {
  readonly connectTimeoutMs: number;
  readonly keepAliveMs: number;
  connectHttp2(destination: Destination, callback: (error: Error | null, socket: Socket | null) => void): () => void;
}

interface Line {
  readonly session: ClientHttp2Session;
  streams: number;
}

/** The HTTP/2 connections to one back end: with prior knowledge over http, by ALPN over https. */
export class Http2Origin {
  readonly #origin: URL;
  readonly #lines = new Set<Line>();
  /** Calls that wait for the connection that is being made. */
  #waiting: { begin(line: Line): void; fail(error: Error): void }[] = [];
  #stopConnecting: (() => void) | null = null;

  constructor(
    private readonly destination: Destination,
    private readonly host: Http2Host,
  ) {
    this.#origin = new URL(destination.origin);
  }

  dispatch(request: UpstreamRequest, handler: UpstreamHandler): UpstreamCall {
    const call = new Http2Call(request, handler, this.#origin);
    const line = [...this.#lines].find((each) => each.streams < maxStreams && !each.session.closed);
    if (line !== undefined) call.begin(line);
    else {
      this.#waiting.push(call);
      this.#open();
    }
    return call;
  }

  destroy(): void {
    this.#stopConnecting?.();
    for (const { session } of this.#lines) session.destroy();
    for (const call of this.#waiting.splice(0)) call.fail(new UpstreamFailure('UPSTREAM_CLOSED', 'The gateway stops.'));
  }

  /** Takes no more calls; what runs finishes. */
  close(): void {
    for (const { session } of this.#lines) session.close();
  }

  get isEmpty(): boolean {
    return this.#lines.size + this.#waiting.length === 0;
  }

  #open(): void {
    if (this.#stopConnecting !== null) return;
    const finish = (error: Error | null, socket: Socket | null): void => {
      clearTimeout(patience);
      this.#stopConnecting = null;
      if (socket === null) return this.#failAll(error as Error);
      if (socket instanceof TLSSocket && socket.alpnProtocol !== 'h2') {
        socket.destroy();
        return this.#failAll(new UpstreamFailure('UPSTREAM_MALFORMED', 'The back end does not speak HTTP/2.'));
      }
      this.#take(socket);
    };
    const patience = setTimeout(() => {
      stop();
      finish(new UpstreamFailure('UPSTREAM_CONNECT_TIMEOUT', 'No connection was made in time.'), null);
    }, this.host.connectTimeoutMs);
    const stop = this.host.connectHttp2(this.destination, finish);
    this.#stopConnecting = () => {
      clearTimeout(patience);
      stop();
    };
  }

  #take(socket: Socket): void {
    const session = connect(this.#origin, { createConnection: () => socket, settings: { enablePush: false } });
    const line: Line = { session, streams: 0 };
    this.#lines.add(line);
    session.on('error', () => undefined); // its streams tell
    session.on('close', () => this.#lines.delete(line));
    session.setTimeout(this.host.keepAliveMs, () => {
      if (line.streams === 0) session.close();
    });
    const calls = this.#waiting.splice(0, maxStreams);
    for (const call of calls) call.begin(line);
    if (this.#waiting.length > 0) this.#open();
  }

  #failAll(error: Error): void {
    for (const call of this.#waiting.splice(0)) call.fail(error);
  }
}

/** One call on a stream of its own. */
class Http2Call implements UpstreamCall {
  #stream: ClientHttp2Stream | null = null;
  #isOver = false;
  #timer: NodeJS.Timeout | null = null;
  #hasHead = false;

  constructor(
    private readonly request: UpstreamRequest,
    private readonly handler: UpstreamHandler,
    private readonly origin: URL,
  ) {}

  begin(line: Line): void {
    if (this.#isOver) return;
    const { method, target, headers, body, headersTimeoutMs } = this.request;
    const { host, ...fields } = fieldsOf(headers);
    const pseudo = {
      ':method': method,
      ':path': target,
      ':scheme': this.origin.protocol.slice(0, -1),
      ':authority': host,
    };
    const stream = line.session.request({ ...fields, ...pseudo }, { endStream: body === null });
    this.#stream = stream;
    line.streams++;
    stream.on('response', (answer) => this.#onHead(answer));
    stream.on('trailers', (trailers) => this.handler.onTrailers?.(listOf(trailers)));
    stream.on('data', (chunk: Buffer) => {
      this.#wait(this.request.idleTimeoutMs);
      if (!this.handler.onData(chunk)) stream.pause();
    });
    stream.on('end', () => this.#onEnd(stream));
    stream.on('error', (error) => this.fail(error));
    stream.on('close', () => {
      line.streams--;
      this.fail(new UpstreamFailure('UPSTREAM_CLOSED', 'The back end ended the stream.'));
    });
    this.#wait(headersTimeoutMs);
    if (body === null) return;
    body.once('error', (error) => {
      stream.close(constants.NGHTTP2_CANCEL);
      this.fail(error);
    });
    body.pipe(stream);
  }

  abort(): void {
    this.fail(new UpstreamFailure('UPSTREAM_CLOSED', 'The client went away.'));
  }

  resume(): void {
    this.#stream?.resume();
  }

  fail(error: Error): void {
    if (this.#isOver) return;
    this.#finish();
    this.#stream?.close(constants.NGHTTP2_CANCEL);
    this.handler.onError(error);
  }

  #onHead(answer: IncomingHttpHeaders & { ':status'?: number }): void {
    if (this.#isOver) return;
    this.#hasHead = true;
    this.#wait(this.request.idleTimeoutMs);
    try {
      this.handler.onHead(answer[':status'] ?? 502, listOf(answer));
    } catch (error) {
      return this.fail(error as Error);
    }
    if (!this.#isOver) this.handler.onUnderWay?.();
  }

  #onEnd(stream: ClientHttp2Stream): void {
    if (this.#isOver) return;
    if (!this.#hasHead || stream.aborted || stream.rstCode !== constants.NGHTTP2_NO_ERROR) return; // 'close' tells
    this.#finish();
    this.handler.onEnd();
  }

  #finish(): void {
    this.#isOver = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  #wait(ms: number): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#isOver || ms === Infinity) return;
    const code = this.#hasHead ? 'UPSTREAM_IDLE_TIMEOUT' : 'UPSTREAM_HEADERS_TIMEOUT';
    this.#timer = setTimeout(() => this.fail(new UpstreamFailure(code, 'The back end did not answer in time.')), ms);
  }
}

/** name, value, name, value, … without pseudo-header fields. */
function listOf(fields: IncomingHttpHeaders): string[] {
  return Object.entries(fields).flatMap(([name, value]) => {
    if (name.startsWith(':') || value === undefined) return [];
    return Array.isArray(value) ? value.flatMap((each) => [name, each]) : [name, String(value)];
  });
}
