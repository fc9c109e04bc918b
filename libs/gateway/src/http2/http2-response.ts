import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AnswerOutcome, ClientAnswer } from '../http/client-answer.js';
import { faultBody } from '../http/fault-body.js';
import type { ResponseCounts, ResponseSource } from '../http/response-counts.js';
import type { HeaderList } from '../pipeline/header-list.js';
import type { Answer, Refusal } from '../pipeline/verdict.js';
import { grpcRefusal, isGrpc } from './grpc.js';

/** The answer on one stream. */
export class Http2Response implements ClientAnswer {
  #hasHead = false;
  #isDone = false;
  #trailers: OutgoingHttpHeaders = {};
  #observer: ((outcome: AnswerOutcome) => void) | null = null;
  #status = 0;
  #source: ResponseSource | null = null;
  #code = '';

  constructor(
    private readonly stream: ServerHttp2Stream,
    private readonly method: string,
    private readonly headers: HeaderList,
    private readonly counts: ResponseCounts,
  ) {
    stream.on('wantTrailers', () => stream.sendTrailers(this.#trailers));
    stream.once('close', () => this.#tell());
  }

  get isClosed(): boolean {
    return this.#isDone || this.stream.destroyed;
  }

  head(status: number, headers: string[]): void {
    this.#respond(status, headers);
    this.#count('back-end', status);
  }

  /** Streams of HTTP/2 are not given up to other protocols: nobody asks for it (RFC 9113 section 8.6). */
  takeOver(): null {
    return null;
  }

  write(chunk: Buffer): boolean {
    if (this.isClosed || this.method === 'HEAD') return true;
    this.stream.write(chunk);
    return !this.stream.writableNeedDrain;
  }

  trailers(fields: readonly string[]): void {
    this.#trailers = fieldsOf(fields);
  }

  end(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    if (!this.stream.destroyed) this.stream.end();
    this.#endInput();
  }

  refuse(refusal: Refusal, extra: readonly string[] = []): void {
    if (this.isClosed || this.#hasHead) return;
    this.#code = refusal.code;
    this.#count('gateway', refusal.status);
    if (isGrpc(this.headers)) {
      this.#hasHead = this.#isDone = true;
      this.stream.respond(grpcRefusal(refusal), { endStream: true });
      return this.#endInput();
    }
    const { contentType, text } = refusal.body ?? faultBody(refusal, this.method, this.headers);
    const body = Buffer.from(text);
    const fields = ['content-type', contentType, 'content-length', String(body.length)];
    this.#respond(refusal.status, [...fields, ...(refusal.headers ?? []), ...extra]);
    this.write(body);
    this.end();
  }

  answer(answer: Answer): void {
    if (this.isClosed || this.#hasHead) return;
    this.#count('gateway', answer.status);
    const { status, headers, body = null } = answer;
    this.#respond(status, [...headers, 'content-length', String(body?.length ?? 0)]);
    if (body !== null) this.write(body);
    this.end();
  }

  truncate(): void {
    this.#isDone = true;
    this.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }

  onDrain(listener: () => void): void {
    this.stream.on('drain', listener);
  }

  onAbort(listener: () => void): void {
    this.stream.once('close', () => {
      if (this.#isDone) return;
      this.#isDone = true;
      listener();
    });
  }

  observe(listener: (outcome: AnswerOutcome) => void): void {
    this.#observer = listener;
  }

  #count(source: ResponseSource, status: number): void {
    this.#source = source;
    this.#status = status;
    this.counts.add(source, status);
  }

  #tell(): void {
    const isComplete = this.#isDone && this.stream.rstCode === constants.NGHTTP2_NO_ERROR;
    this.#observer?.({ status: this.#status, source: this.#source, code: this.#code, isComplete });
  }

  #respond(status: number, headers: readonly string[]): void {
    this.stream.respond({ ...fieldsOf(headers), ':status': status }, { waitForTrailers: true });
    this.#hasHead = true;
  }

  /** A body that nobody reads any more is not sent on: the client is told so, without an error (RFC 9113 section 8.1). */
  #endInput(): void {
    const { stream } = this;
    if (stream.readableEnded || stream.destroyed) return;
    stream.once('finish', () => stream.close(constants.NGHTTP2_NO_ERROR));
  }
}

/** @param list name, value, name, value, … */
export function fieldsOf(list: readonly string[]): OutgoingHttpHeaders {
  const fields: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  for (let i = 0; i + 1 < list.length; i += 2) {
    const name = (list[i] as string).toLowerCase();
    const value = list[i + 1] as string;
    const present = fields[name];
    if (present === undefined) fields[name] = value;
    else if (single.has(name)) {
      if (present !== value) throw new TypeError('A header field of the answer is not clear.');
    } else if (Array.isArray(present)) present.push(value);
    else fields[name] = [present, value];
  }
  return fields;
}

/** Fields that may stand once only; a back end that repeats one with the same value means it once. */
const single = new Set(['content-length', 'content-type', 'date', 'etag', 'location', 'last-modified', 'retry-after']);
