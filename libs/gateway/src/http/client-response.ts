import type { Socket } from 'node:net';
import type { SocketWriter } from '../http1/socket-writer.js';
import type { HeaderList } from '../pipeline/header-list.js';
import type { Answer, Refusal } from '../pipeline/verdict.js';
import type { AnswerOutcome, ClientAnswer, TakenConnection } from './client-answer.js';
import { faultBody } from './fault-body.js';
import type { ResponseCounts, ResponseSource } from './response-counts.js';
import { responseHead, type ResponseFraming } from './response-head.js';

/** What an answer needs of its connection. */
export interface AnswerContext {
  readonly socket: Socket;
  readonly writer: SocketWriter;
  readonly counts: ResponseCounts;
  /** Whether another request may follow on the connection. */
  keepsAlive(): boolean;
  /** Whether more of the request's body is to come than is worth waiting for. */
  hasLongRest(): boolean;
  /** Called once, when everything of the answer has been handed to the socket. */
  onAnswered(endsConnection: boolean): void;
  /** Takes its listeners off the socket and forgets it; `null` when the client has ended its side. */
  release(): TakenConnection | null;
}

const lastChunk = '0\r\n\r\n';

/** Writes one answer. */
export class ClientResponse implements ClientAnswer {
  #hasHead = false;
  #isDone = false;
  #framing: ResponseFraming = 'none';
  #endsConnection = false;
  /** Body bytes that a counted answer still owes. */
  #owed = 0;
  #onDrain: (() => void) | null = null;
  #onAbort: (() => void) | null = null;
  #observer: ((outcome: AnswerOutcome) => void) | null = null;
  #status = 0;
  #source: ResponseSource | null = null;
  #code = '';

  constructor(
    private readonly context: AnswerContext,
    private readonly method: string,
    private readonly version: 10 | 11,
    private readonly headers: HeaderList,
  ) {}

  get isClosed(): boolean {
    return this.#isDone;
  }

  get hasHead(): boolean {
    return this.#hasHead;
  }

  /** Whether the client knows answers that come before the final one (RFC 9110 section 15.2). */
  get takesInterim(): boolean {
    return this.version === 11;
  }

  head(status: number, headers: string[]): void {
    this.#writeHead(status, headers, this.context.keepsAlive());
    this.#count('back-end', status);
  }

  write(chunk: Buffer): boolean {
    if (this.#isDone || this.#framing === 'none' || chunk.length === 0) return true;
    if (this.#framing === 'chunked') this.context.writer.add(`${chunk.length.toString(16)}\r\n`);
    else if (typeof this.#framing === 'number') {
      this.#owed -= chunk.length;
      if (this.#owed < 0) return (this.truncate(), true); // more than was announced
    }
    this.context.writer.add(chunk);
    if (this.#framing === 'chunked') this.context.writer.add('\r\n');
    return !this.context.socket.writableNeedDrain;
  }

  end(): void {
    if (this.#isDone) return;
    if (typeof this.#framing === 'number' && this.#owed > 0) return this.truncate();
    if (this.#framing === 'chunked') this.context.writer.add(lastChunk);
    this.#isDone = true;
    this.#tell(true);
    this.context.onAnswered(this.#endsConnection);
  }

  refuse(refusal: Refusal, extra: readonly string[] = []): void {
    if (this.#isDone || this.#hasHead) return;
    this.#code = refusal.code;
    const { contentType, text } = refusal.body ?? faultBody(refusal, this.method, this.headers);
    const body = Buffer.from(text);
    const headers = [
      'Content-Type',
      contentType,
      'Content-Length',
      String(body.length),
      ...(refusal.headers ?? []),
      ...extra,
    ];
    this.#answer(refusal.status, headers, body, refusal.close !== true);
  }

  answer(answer: Answer): void {
    if (this.#isDone || this.#hasHead) return;
    const { status, headers, body = null } = answer;
    this.#answer(status, [...headers, 'Content-Length', String(body?.length ?? 0)], body, true);
  }

  takeOver(): TakenConnection | null {
    if (this.#isDone || this.#hasHead) return null;
    const taken = this.context.release();
    if (taken === null) return null;
    this.#isDone = true;
    this.#count('back-end', 101);
    this.#tell(true);
    return taken;
  }

  truncate(): void {
    this.context.writer.flush();
    this.#isDone = true;
    this.#tell(false);
    const { socket } = this.context;
    // The end of the connection would look like the end of such an answer: only a reset tells.
    if (this.#framing === 'close' && !('encrypted' in socket)) socket.resetAndDestroy();
    else socket.destroy();
  }

  onDrain(listener: () => void): void {
    this.#onDrain = listener;
  }

  onAbort(listener: () => void): void {
    this.#onAbort = listener;
  }

  /** Called by the connection when its socket takes more. */
  drained(): void {
    if (!this.#isDone) this.#onDrain?.();
  }

  /** Called by the connection when its client is gone. */
  aborted(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#tell(false);
    this.#onAbort?.();
  }

  observe(listener: (outcome: AnswerOutcome) => void): void {
    this.#observer = listener;
  }

  #count(source: ResponseSource, status: number): void {
    this.#source = source;
    this.#status = status;
    this.context.counts.add(source, status);
  }

  #tell(isComplete: boolean): void {
    const observer = this.#observer;
    if (observer === null) return;
    this.#observer = null;
    observer({ status: this.#status, source: this.#source, code: this.#code, isComplete });
  }

  #answer(status: number, headers: readonly string[], body: Buffer | null, mayKeepAlive: boolean): void {
    this.#writeHead(status, headers, mayKeepAlive && this.context.keepsAlive() && !this.context.hasLongRest());
    this.#count('gateway', status);
    if (body !== null) this.write(body);
    this.end();
  }

  #writeHead(status: number, headers: readonly string[], keepsAlive: boolean): void {
    const { method, version } = this;
    const { text, framing } = responseHead(status, headers, { isHead: method === 'HEAD', version, keepsAlive });
    this.#hasHead = true;
    this.#framing = framing;
    this.#owed = typeof framing === 'number' ? framing : 0;
    this.#endsConnection = !keepsAlive || framing === 'close';
    this.context.writer.add(text);
  }
}
