import type { Socket } from 'node:net';
import { ChunkedDecoder } from '../http1/chunked-decoder.js';
import { HeadReader, type HeadProblem } from '../http1/head-reader.js';
import { SocketWriter } from '../http1/socket-writer.js';
import { readRequestLine, type RequestLine } from '../http1/request-line.js';
import { Exchange } from '../pipeline/exchange.js';
import { HeaderList } from '../pipeline/header-list.js';
import { statusRefusal, type Refusal } from '../pipeline/verdict.js';
import { BodyReader } from './body-reader.js';
import type { TakenConnection } from './client-answer.js';
import { ClientResponse, type AnswerContext } from './client-response.js';
import type { EntranceOptions } from './entrance.js';
import { badRequest, readHead } from './read-head.js';
import { connectionWish, expectation } from './request-wishes.js';

/** Bytes of later requests, or of a body that nobody reads yet, that are kept before the client has to wait. */
const maxHeldBytes = 64 * 1024;

/** An unread body longer than this is not waited for after the answer: the connection ends instead. */
const maxDiscardedBytes = 1024 * 1024;

/**
 * How long such a connection stays open behind the answer. Ending it while the client still sends would make the
 * system reset it, and the client would lose the answer (RFC 9112 section 9.6).
 */
const lingerMs = 2_000;

/**
 * A client that has ended its side may still want its answer, or may be gone: TCP does not tell, but a client that is
 * gone resets the connection as soon as something is written to it. So an interim answer (RFC 9110 section 15.2), which
 * every client of HTTP/1.1 has to pass over, is written as a question; the system tells of a reset at the second one.
 * Where none can be written, the client is taken for gone when nothing of its answer went out for this long.
 */
const halfClosedMs = 500;
const questionsToBeSure = 2;
const interimAnswer = 'HTTP/1.1 100 Continue\r\n\r\n';

const nothing = Buffer.alloc(0);

/** What clients with prior knowledge of HTTP/2 send first (RFC 9113 section 3.4). */
const http2Preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** What a connection shares with the others of its entrance. */
export interface ConnectionHost {
  readonly options: EntranceOptions;
  readonly isDraining: boolean;
  /** Milliseconds of a coarse clock that stands still while the process was kept from looking at its sockets. */
  readonly clockMs: number;
  /** Address of the client at the other end, or of the one that a believed load balancer named. */
  peerOf(socket: Socket): string;
  /** Goes on with a connection whose client speaks HTTP/2; nothing of it was read. */
  takeHttp2(socket: Socket, connection: ClientConnection): void;
}

/**
 * One client connection: heads and bodies in, answers out, one exchange after the other. A request that is sent before
 * the answer to the one before waits its turn in a bounded buffer.
 */
export class ClientConnection implements AnswerContext {
  #bytes: Buffer = nothing;
  #at = 0;
  readonly #reader: HeadReader;
  readonly writer: SocketWriter;
  #response: ClientResponse | null = null;
  /** Bytes left of the body that is being read, null while there is none. */
  #bodyLeft: number | ChunkedDecoder | null = null;
  #bodyReader: BodyReader | null = null;
  #isBodyWanted = false;
  #discarded = 0;
  #isPaused = false;
  #isAdvancing = false;
  /** Nothing that still comes is looked at. */
  #isEnding = false;
  #hasEnded = false;
  /** How often it was asked, having ended its side, whether it still reads: it does unless it resets the connection. */
  #questions = 0;
  #wantsToKeep = true;
  #isInHead = false;
  #isFirst = true;
  /** As of the last look at a client that has ended its side. */
  #writtenBytes = 0;
  #deadlineMs: number;
  readonly #listeners: readonly (readonly [string, (chunk: Buffer) => void])[] = [
    ['data', (chunk) => this.#onData(chunk)],
    ['drain', () => this.#response?.drained()],
    ['end', () => this.#onEnd()],
    ['error', () => undefined], // 'close' follows
    ['close', () => this.#onClose()],
  ];
  readonly #peer: string;
  readonly #certificate: string;

  constructor(
    readonly socket: Socket,
    private readonly host: ConnectionHost,
    private readonly onClosed: (connection: ClientConnection) => void,
  ) {
    const { maxTargetBytes, maxHeaderBytes, maxHeaderFields, headersTimeoutMs } = host.options.limits;
    const longestMethodAndVersion = 64;
    this.writer = new SocketWriter(socket);
    this.#reader = new HeadReader({
      maxStartLineBytes: maxTargetBytes + longestMethodAndVersion,
      maxHeadBytes: maxHeaderBytes,
      maxFields: maxHeaderFields,
    });
    this.#peer = host.peerOf(socket);
    const { certificates, asksForCertificate } = host.options;
    this.#certificate = asksForCertificate ? certificates.ofConnection(socket) : '';
    this.#deadlineMs = host.clockMs + headersTimeoutMs;
    for (const [name, listener] of this.#listeners) socket.on(name, listener);
  }

  get counts(): EntranceOptions['counts'] {
    return this.host.options.counts;
  }

  /** Whether no request is under way or has begun to come. */
  get isIdle(): boolean {
    return this.#response === null && this.#bodyLeft === null && this.#at === this.#bytes.length;
  }

  keepsAlive(): boolean {
    const nothingFollows = this.#hasEnded && this.#at === this.#bytes.length;
    return this.#wantsToKeep && !nothingFollows && !this.host.isDraining;
  }

  hasLongRest(): boolean {
    const left = this.#bodyLeft;
    return typeof left === 'number' ? left > maxDiscardedBytes : left !== null;
  }

  /** Called by the entrance every now and then: ends what takes too long. */
  checkTime(): void {
    const now = this.host.clockMs;
    const { socket } = this;
    if (this.#hasEnded && this.#response !== null && socket.bytesWritten !== this.#writtenBytes) {
      this.#writtenBytes = socket.bytesWritten;
      this.#deadlineMs = now + halfClosedMs;
    }
    if (this.#hasEnded) this.#askWhetherItReads();
    const isSilent = this.#hasEnded && !(this.#questions === questionsToBeSure && this.#response?.hasHead === false);
    const isWaited = this.#response === null || isSilent || socket.writableNeedDrain;
    if (!isWaited) this.#deadlineMs = now + this.host.options.limits.bodyIdleTimeoutMs;
    else if (now >= this.#deadlineMs) this.#outOfTime();
  }

  #outOfTime(): void {
    const hasPartOfHead = this.#response === null && this.#bodyLeft === null && this.#at < this.#bytes.length;
    if (this.#isEnding || !hasPartOfHead) return this.#destroy();
    this.#refuseUnread(statusRefusal(408, 'Request Timeout', 'The request did not arrive in time.', { close: true }));
  }

  #onData(chunk: Buffer): void {
    if (this.#isEnding) return;
    this.#bytes = this.#at === this.#bytes.length ? chunk : Buffer.concat([this.#bytes.subarray(this.#at), chunk]);
    this.#at = 0;
    this.#advance();
  }

  /** Takes whatever can be taken of the bytes that are here. */
  #advance(): void {
    if (this.#isAdvancing) return; // an answer given at once comes back here: the loop below goes on with it
    this.#isAdvancing = true;
    while (!this.#isEnding && (this.#bodyLeft === null ? this.#takeHead() : this.#takeBody()));
    this.#isAdvancing = false;
    if (this.#isEnding) return;
    if (this.#bytes.length - this.#at > maxHeldBytes && (this.#response !== null || this.#bodyLeft !== null))
      this.pause();
    else if (this.#hasEnded) this.#finishInput();
  }

  #beginHead(): void {
    this.#isInHead = true;
    this.#bytes = this.#at === 0 ? this.#bytes : this.#bytes.subarray(this.#at);
    this.#at = 0;
    this.#reader.reset(0);
    this.#deadlineMs = this.host.clockMs + this.host.options.limits.headersTimeoutMs;
  }

  /** Gives whether there may be more to take. */
  #takeHead(): boolean {
    if (this.#response !== null || this.#at === this.#bytes.length) return false;
    if (this.#isFirst && this.#bytes[0] === http2Preface[0]) {
      const length = Math.min(this.#bytes.length, http2Preface.length);
      const mayBeHttp2 = this.#bytes.compare(http2Preface, 0, length, 0, length) === 0;
      if (mayBeHttp2 && length < http2Preface.length) return false;
      if (mayBeHttp2) return (this.#leaveToHttp2(), false);
    }
    this.#isFirst = false;
    if (!this.#isInHead) this.#beginHead();
    const reader = this.#reader;
    const state = reader.read(this.#bytes);
    if (state === 'more') return false;
    if (state === 'broken') return (this.#refuseUnread(refusalOfProblem(reader.problem as HeadProblem)), false);
    this.#isInHead = false;
    this.#at = reader.end;
    const line = readRequestLine(reader.startLine);
    if (typeof line === 'string') return (this.#refuseUnread(refusalsOfLine[line]), false);
    this.#begin(line, new HeaderList(reader.fields));
    return true;
  }

  #leaveToHttp2(): void {
    const { socket } = this;
    this.#isEnding = true;
    for (const [name, listener] of this.#listeners) socket.off(name, listener);
    socket.pause();
    socket.unshift(this.#bytes);
    this.#bytes = nothing;
    this.#at = 0;
    this.host.takeHttp2(socket, this);
  }

  #begin(line: RequestLine, headers: HeaderList): void {
    const { scheme, addresses, certificates, limits, nowMs, handle } = this.host.options;
    const response = new ClientResponse(this, line.method, line.version, headers);
    this.#response = response;
    this.#wantsToKeep = connectionWish(headers, line.version);
    const read = readHead(line, headers, scheme, this.#peer, addresses, limits);
    if ('refusal' in read) {
      this.#wantsToKeep = false;
      return response.refuse(read.refusal);
    }
    const { bodyBytes } = read.head;
    const expects = expectation(headers, line.version);
    if (bodyBytes !== 0) this.#bodyLeft = bodyBytes ?? new ChunkedDecoder();
    if (expects === 'unknown') return response.refuse(expectationFailed);
    const open = (maxBytes?: number): BodyReader => this.#openBody(expects === 'continue', maxBytes);
    const clientCertificate = certificates.ofRequest(this.#certificate, this.#peer, headers);
    handle(new Exchange(read.head, nowMs(), clientCertificate), bodyBytes === 0 ? null : { open }, response);
  }

  #openBody(isAwaited: boolean, maxBytes = Infinity): BodyReader {
    const { limits } = this.host.options;
    // A client that waits is told to go on only when its body is wanted, so a refusal costs no upload.
    if (isAwaited && this.#at === this.#bytes.length) this.writer.add(interimAnswer);
    const pace = { idleTimeoutMs: limits.bodyIdleTimeoutMs, minBytesPerSecond: limits.minBodyBytesPerSecond };
    const reader = new BodyReader(this.#source, Math.min(maxBytes, limits.maxBodyBytes), pace);
    this.#bodyReader = reader;
    this.#isBodyWanted = false;
    return reader;
  }

  readonly #source = {
    resume: (): void => {
      this.#isBodyWanted = true;
      this.resume();
    },
    pause: (): void => {
      this.#isBodyWanted = false;
      this.pause();
    },
    destroy: (): void => this.#destroy(),
  };

  pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.socket.pause();
  }

  resume(): void {
    if (this.#isPaused) {
      this.#isPaused = false;
      this.socket.resume();
    }
    if (this.#at < this.#bytes.length || this.#hasEnded) this.#advance();
  }

  #takeBody(): boolean {
    const from = this.#at;
    if (from === this.#bytes.length) return false;
    const isDiscarded = this.#response === null;
    if (!isDiscarded && !(this.#bodyReader !== null && this.#isBodyWanted)) return false; // not asked for yet
    const left = this.#bodyLeft;
    if (typeof left === 'number') {
      const end = Math.min(this.#bytes.length, from + left);
      this.#at = end;
      this.#bodyLeft = left - (end - from);
      this.#bodyReader?.receive(this.#bytes.subarray(from, end));
    } else if (left !== null) {
      this.#at = left.decode(this.#bytes, from, (data) => this.#bodyReader?.receive(data));
      if (left.isBroken) return (this.#breakBody(), false);
    }
    if (this.#response === null) this.#discarded += this.#at - from;
    if (this.#bodyLeft === 0 || (left instanceof ChunkedDecoder && left.isComplete)) this.#completeBody();
    else if (this.#discarded > maxDiscardedBytes) this.#endSoon();
    return true;
  }

  #completeBody(): void {
    this.#bodyLeft = null;
    this.#bodyReader?.finish();
    this.#bodyReader = null;
    if (this.#response === null) this.#awaitNext();
  }

  /** The rest of this connection cannot be told apart from a body any more. */
  #breakBody(): void {
    this.#wantsToKeep = false;
    const response = this.#response;
    if (response !== null && !response.hasHead) response.refuse(brokenBody);
    else this.#destroy();
    this.#bodyReader?.fail(new Error('The client sent a body that cannot be read.'));
  }

  /** Answers what never became an exchange. */
  #refuseUnread(refusal: Refusal): void {
    this.#wantsToKeep = false;
    this.#response = new ClientResponse(this, '', 11, noHeaders);
    this.#response.refuse(refusal);
  }

  onAnswered(endsConnection: boolean): void {
    this.#response = null;
    if (endsConnection) return this.#endSoon();
    if (this.#bodyLeft !== null) {
      this.#discarded = 0;
      this.#deadlineMs = this.host.clockMs + this.host.options.limits.bodyIdleTimeoutMs;
      this.resume();
    } else this.#awaitNext();
  }

  release(): TakenConnection | null {
    const { socket } = this;
    if (this.#hasEnded || socket.destroyed) return null;
    this.writer.flush();
    this.#isEnding = true;
    this.#response = null;
    for (const [name, listener] of this.#listeners) socket.off(name, listener);
    const rest = this.#bytes.subarray(this.#at);
    this.#bytes = nothing;
    this.onClosed(this);
    return { socket, rest };
  }

  #awaitNext(): void {
    if (this.#isEnding) return;
    this.#deadlineMs = this.host.clockMs + this.host.options.limits.keepAliveTimeoutMs;
    if (this.host.isDraining) this.#endSoon();
    else this.resume();
  }

  /** Ends our side and throws away what still comes, until the client ends its side or time is over. */
  #endSoon(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#bytes = nothing;
    this.#at = 0;
    this.#deadlineMs = this.host.clockMs + lingerMs;
    this.#bodyReader?.fail(new Error('The connection ends.'));
    this.#bodyReader = null;
    this.writer.flush();
    this.socket.end();
    this.resume();
  }

  #onEnd(): void {
    this.#hasEnded = true;
    if (this.#isEnding) return;
    this.#deadlineMs = this.host.clockMs + halfClosedMs;
    this.#askWhetherItReads();
    this.#advance();
  }

  #askWhetherItReads(): void {
    const response = this.#response;
    if (this.#questions === questionsToBeSure || response === null || response.hasHead) return;
    if (!response.takesInterim || this.#isEnding) return;
    this.#questions++;
    this.writer.add(interimAnswer);
  }

  /** The client has sent all it will: only the answer to a request that is complete may follow. */
  #finishInput(): void {
    if (this.#bodyLeft !== null) {
      const isUnasked = !this.#isBodyWanted && this.#at < this.#bytes.length;
      if (!isUnasked) this.#destroy();
    } else if (this.#response === null) this.#endSoon();
  }

  /** What was answered before still goes out. */
  #destroy(): void {
    this.writer.flush();
    this.socket.destroy();
  }

  /** Ends a connection without a request; others end with their answer. */
  endIfIdle(): void {
    if (this.isIdle) this.#destroy();
  }

  #onClose(): void {
    this.#isEnding = true;
    this.onClosed(this);
    this.#bodyReader?.fail(new Error('The client went away before its body was complete.'));
    this.#bodyReader = null;
    this.#response?.aborted();
  }
}

const noHeaders = new HeaderList([]);

const brokenBody = badRequest('The chunked coding of the body is broken.');
const expectationFailed = statusRefusal(417, 'Expectation Failed', 'Only "Expect: 100-continue" is supported.', {
  close: true,
});

const refusalsOfLine = {
  malformed: badRequest('The first line has to be: method, target, HTTP/1.1.'),
  'unknown method': statusRefusal(501, 'Not Implemented', 'The method is not known to this gateway.', { close: true }),
  'unknown version': statusRefusal(
    505,
    'HTTP Version Not Supported',
    'This version of HTTP cannot be spoken on this connection; use HTTP/1.1.',
    { close: true },
  ),
};

function refusalOfProblem({ kind, description }: HeadProblem): Refusal {
  if (kind === 'start line too long') return statusRefusal(414, 'URI Too Long', description, { close: true });
  if (kind === 'fields too large') {
    return statusRefusal(431, 'Request Header Fields Too Large', description, { close: true });
  }
  return badRequest(description);
}
