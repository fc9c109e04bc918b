import type { Socket } from 'node:net';
import { ChunkedDecoder } from '../http1/chunked-decoder.js';
import { HeadReader } from '../http1/head-reader.js';
import { SocketWriter } from '../http1/socket-writer.js';
import { readAnswer, type AnswerShape } from '../http1/response-line.js';
import { BodyWriter } from './body-writer.js';
import type { UpstreamCall, UpstreamHandler, UpstreamRequest } from './upstream-call.js';
import { UpstreamFailure } from './upstream-failure.js';

/** Heads of back ends may be longer than those of clients: they set the cookies. */
const headSizes = { maxStartLineBytes: 4 * 1024, maxHeadBytes: 64 * 1024, maxFields: 500 };

/** Interim answers (1xx) to one request. */
const maxInterim = 16;

const nothing = Buffer.alloc(0);

export interface ConnectionOwner {
  /** Milliseconds of a coarse clock. */
  readonly clockMs: number;
  /** The connection may take another request. */
  onFree(connection: UpstreamConnection): void;
  /** It is of no further use. */
  onGone(connection: UpstreamConnection): void;
}

/** One connection to a back end: a request out, its answer in, then the next. Takes one call at a time. */
export class UpstreamConnection implements UpstreamCall {
  readonly #reader = new HeadReader(headSizes);
  readonly #out: SocketWriter;
  #request: UpstreamRequest | null = null;
  #handler: UpstreamHandler | null = null;
  #writer: BodyWriter | null = null;
  #answer: AnswerShape | null = null;
  #interim = 0;
  #left = 0;
  #chunked: ChunkedDecoder | null = null;
  /** A part of a head, with what came before. */
  #bytes: Buffer = nothing;
  #isPaused = false;
  #isGone = false;
  #waitsSinceMs = 0;

  constructor(
    readonly socket: Socket,
    private readonly owner: ConnectionOwner,
  ) {
    this.#out = new SocketWriter(socket);
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('end', () => this.#onEnd());
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new UpstreamFailure('UPSTREAM_CLOSED', 'The back end closed the connection.')));
  }

  /** When it became free, by the owner's clock. */
  get freeSinceMs(): number {
    return this.#waitsSinceMs;
  }

  send(request: UpstreamRequest, handler: UpstreamHandler): void {
    this.#request = request;
    this.#handler = handler;
    this.#answer = null;
    this.#interim = 0;
    this.#waitsSinceMs = this.owner.clockMs;
    this.#reader.reset(0);
    const { headers, body, bodyBytes } = request;
    let head = `${request.method} ${request.target} HTTP/1.1\r\n`;
    for (let i = 0; i + 1 < headers.length; i += 2) head += `${headers[i]}: ${headers[i + 1]}\r\n`;
    if (body !== null && bodyBytes === null) head += 'Transfer-Encoding: chunked\r\n';
    this.#out.add(`${head}Connection: keep-alive\r\n\r\n`);
    if (body === null) return;
    this.#out.flush(); // its body goes straight to the socket
    const onDone = (): void => {
      this.#writer = null;
      this.#waitsSinceMs = this.owner.clockMs;
    };
    this.#writer = new BodyWriter(body, this.socket, bodyBytes === null, onDone, (error) => this.#fail(error));
  }

  abort(): void {
    this.#fail(new UpstreamFailure('UPSTREAM_CLOSED', 'The client went away.'));
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#waitsSinceMs = this.owner.clockMs;
    this.socket.resume();
  }

  /** Ends a call whose back end is silent for too long. A request on its way out, or a slow client, is not its silence. */
  checkTime(): void {
    if (this.#request === null || this.#isPaused) return;
    if (this.#writer !== null && !this.socket.writableNeedDrain) {
      this.#waitsSinceMs = this.owner.clockMs;
      return;
    }
    const waitedMs = this.owner.clockMs - this.#waitsSinceMs;
    const { headersTimeoutMs, idleTimeoutMs } = this.#request;
    if (this.#answer === null && waitedMs >= headersTimeoutMs) {
      this.#fail(new UpstreamFailure('UPSTREAM_HEADERS_TIMEOUT', 'The back end did not answer in time.'));
    } else if (this.#answer !== null && waitedMs >= idleTimeoutMs) {
      this.#fail(new UpstreamFailure('UPSTREAM_IDLE_TIMEOUT', 'The back end fell silent within its answer.'));
    }
  }

  /** Ends it without a call. */
  close(): void {
    this.#isGone = true;
    this.socket.destroy();
  }

  #onData(chunk: Buffer): void {
    if (this.#isGone) return;
    if (this.#request === null) return this.#fail(malformed('Bytes came that belong to no request.'));
    this.#waitsSinceMs = this.owner.clockMs;
    let at = 0;
    let bytes = chunk;
    const begins = this.#answer === null;
    if (begins) {
      if (this.#bytes !== nothing) bytes = Buffer.concat([this.#bytes, chunk]);
      at = this.#readHead(bytes);
      if (at < 0) return;
      this.#bytes = nothing;
    }
    this.#readBody(bytes, at);
    // Most answers came with their head: nobody has to look after those.
    if (begins && this.#answer !== null) this.#handler?.onUnderWay?.();
  }

  /** Gives the index behind the head of the final answer; -1 when it is not there. */
  #readHead(bytes: Buffer): number {
    const reader = this.#reader;
    for (;;) {
      const state = reader.read(bytes);
      if (state === 'more') {
        this.#bytes = bytes;
        return -1;
      }
      const answer =
        state === 'broken' ? null : readAnswer(reader.startLine, reader.fields, this.#request?.method === 'HEAD');
      if (answer === null || answer.status === 101)
        return (this.#fail(malformed('The head of the answer cannot be read.')), -1);
      if (answer.status >= 200) return this.#begin(answer) ? reader.end : -1;
      if (++this.#interim > maxInterim) return (this.#fail(malformed('Too many interim answers came.')), -1);
      reader.reset(reader.end);
    }
  }

  #begin(answer: AnswerShape): boolean {
    this.#answer = answer;
    this.#left = typeof answer.framing === 'number' ? answer.framing : 0;
    this.#chunked = answer.framing === 'chunked' ? new ChunkedDecoder() : null;
    try {
      this.#handler?.onHead(answer.status, this.#reader.fields);
      return !this.#isGone;
    } catch (error) {
      this.#fail(error as Error);
      return false;
    }
  }

  #readBody(bytes: Buffer, from: number): void {
    const framing = this.#answer?.framing;
    let at = from;
    if (this.#chunked !== null) {
      at = this.#chunked.decode(bytes, at, (data) => this.#pass(data));
      if (this.#chunked.isBroken) return this.#fail(malformed('The chunked coding of the answer is broken.'));
      if (!this.#chunked.isComplete) return;
    } else if (framing === 'close') {
      if (at < bytes.length) this.#pass(at === 0 ? bytes : bytes.subarray(at));
      return;
    } else {
      const end = Math.min(bytes.length, at + this.#left);
      this.#left -= end - at;
      if (end > at) this.#pass(at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end));
      at = end;
      if (this.#left > 0) return;
    }
    if (!this.#isGone) this.#complete(at === bytes.length);
  }

  #pass(data: Buffer): void {
    if (this.#isGone || this.#handler === null || this.#handler.onData(data)) return;
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.socket.pause();
  }

  /** @param isClean whether nothing came behind the answer: bytes there would pass for the answer to the next request */
  #complete(isClean: boolean): void {
    const handler = this.#handler;
    const isReusable = isClean && this.#answer?.keepsAlive === true && this.#writer === null;
    this.#writer?.stop();
    this.#writer = null;
    this.#request = null;
    this.#handler = null;
    this.#waitsSinceMs = this.owner.clockMs;
    this.resume();
    handler?.onEnd();
    if (isReusable && !this.socket.destroyed) this.owner.onFree(this);
    else this.#fail(new UpstreamFailure('UPSTREAM_CLOSED', 'The connection is used up.'));
  }

  #onEnd(): void {
    if (this.#answer?.framing === 'close' && this.#request !== null) this.#complete(true);
    else this.#fail(new UpstreamFailure('UPSTREAM_CLOSED', 'The back end closed the connection.'));
  }

  #fail(error: Error): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#writer?.stop();
    this.socket.destroy();
    this.owner.onGone(this);
    const handler = this.#handler;
    this.#handler = null;
    this.#request = null;
    handler?.onError(error);
  }
}

function malformed(message: string): UpstreamFailure {
  return new UpstreamFailure('UPSTREAM_MALFORMED', message);
}
