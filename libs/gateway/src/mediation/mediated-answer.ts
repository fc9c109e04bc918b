import { maxMediatedBytes } from '@tollgate/api/contract';
import type { Exchange } from '../pipeline/exchange.js';
import { statusRefusal, type Refusal, type Verdict } from '../pipeline/verdict.js';
import type { ResponseSink } from '../upstream/ports.js';
import { refusalOfUpstreamError } from '../upstream/upstream-error.js';
import { UpstreamFailure } from '../upstream/upstream-failure.js';
import { AnswerRefused } from './answer-refused.js';
import type { Flow, Mediation } from './compile-mediation.js';
import { FieldList } from './field-list.js';
import { mediatedFault } from './mediated-fault.js';
import type { AnswerMessage } from './message.js';

const unreadable = (description: string): Refusal => statusRefusal(502, 'Bad Gateway', description, { code: '101506' });
const tooLong = unreadable(
  `The back end answered more than the ${maxMediatedBytes} bytes that policies of this API read.`,
);
const notWhole = unreadable(
  'The back end answered with a part or an encoding that the policies of this API cannot read.',
);

/** The answer of an operation with policies: runs its response flow on what the back end says, its fault flow on refusals. */
export class MediatedAnswer implements ResponseSink {
  readonly trailers?: (fields: readonly string[]) => void;
  readonly #flow: Flow<AnswerMessage> | null;
  /** Of which the body is still coming. */
  #held: AnswerMessage | null = null;
  #parts: Buffer[] = [];
  #length = 0;
  #onAbort: () => void = () => undefined;

  constructor(
    private readonly x: Exchange,
    private readonly sink: ResponseSink,
    mediation: Mediation,
  ) {
    this.#flow = mediation.response;
    if (sink.trailers) this.trailers = (fields) => sink.trailers?.(fields);
  }

  get isClosed(): boolean {
    return this.sink.isClosed;
  }

  /** @throws AnswerRefused */
  head(status: number, headers: string[]): void {
    const flow = this.#flow;
    if (flow === null) return this.sink.head(status, headers);
    const message: AnswerMessage = { status, fields: new FieldList(headers), body: null };
    const mayHaveBody = this.x.method !== 'HEAD' && status !== 204 && status !== 304;
    if (!mayHaveBody || !flow.takesBody(message)) return this.#pass(message, flow.run(message));
    if (status === 206 || isEncoded(message.fields)) throw new AnswerRefused(notWhole);
    this.#held = message;
  }

  write(chunk: Buffer): boolean {
    if (this.#held === null) return this.sink.write(chunk);
    this.#parts.push(chunk);
    this.#length += chunk.length;
    if (this.#length > maxMediatedBytes) {
      this.refuse(tooLong);
      this.#onAbort();
    }
    return true;
  }

  end(): void {
    const message = this.#held;
    if (message === null) return this.sink.end();
    this.#held = null;
    const before = Buffer.concat(this.#parts);
    message.body = before;
    const verdict = this.#flow?.run(message) ?? null;
    if (verdict !== null) return this.refuse(refusalOf(verdict));
    const body = message.body ?? before;
    if (body !== before) for (const name of describesBody) message.fields.remove(name);
    message.fields.set('Content-Length', String(body.length));
    this.sink.head(message.status, message.fields.raw);
    this.sink.write(body);
    this.sink.end();
  }

  refuse(refusal: Refusal): void {
    this.#drop();
    this.sink.refuse(mediatedFault(this.x, refusal));
  }

  /** Nothing of a held answer has gone out: its caller can still be told. */
  truncate(): void {
    if (this.#held === null) return this.sink.truncate();
    this.refuse(refusalOfUpstreamError(new UpstreamFailure('UPSTREAM_CLOSED', 'The answer broke off.')));
  }

  stop(refusal: Refusal | null): void {
    if (this.#held !== null && refusal !== null) this.refuse(refusal);
    else if (this.#held !== null) this.truncate();
    else if (this.sink.stop) this.sink.stop(refusal);
    else if (refusal === null) this.sink.end();
    else this.sink.truncate();
  }

  onDrain(listener: () => void): void {
    this.sink.onDrain(listener);
  }

  onAbort(listener: () => void): void {
    this.#onAbort = listener;
    this.sink.onAbort(listener);
  }

  #pass(message: AnswerMessage, verdict: Verdict): void {
    if (verdict !== null) throw new AnswerRefused(refusalOf(verdict));
    this.sink.head(message.status, message.fields.raw);
  }

  #drop(): void {
    this.#held = null;
    this.#parts = [];
  }
}

/** What is true of the body as it came only. */
const describesBody = ['etag', 'content-md5', 'digest', 'content-digest', 'repr-digest', 'accept-ranges'];

function isEncoded(fields: FieldList): boolean {
  const coding = fields.get('content-encoding')?.trim().toLowerCase() ?? 'identity';
  return coding !== 'identity' && coding !== '';
}

function refusalOf(verdict: Exclude<Verdict, null>): Refusal {
  if (verdict.kind === 'answer') throw new TypeError('A policy of the response flow cannot answer itself.');
  return verdict;
}
