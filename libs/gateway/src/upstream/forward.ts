import { endpointsOut } from '../filters/refusals.js';
import type { CompiledEndpoint } from '../pipeline/compiled-api.js';
import type { Exchange } from '../pipeline/exchange.js';
import type { Refusal } from '../pipeline/verdict.js';
import { withParameter, type ShownCredential } from './credentials/credential.js';
import { upstreamTarget } from './endpoint.js';
import { failureOf, isCutOff, isUnsent } from './failure-codes.js';
import { isGrpc } from '../http2/grpc.js';
import type { UpstreamPools } from './pools.js';
import { isEventStream } from '../streams/event-stream.js';
import type { OpenAnswer, OpenAnswers } from '../streams/open-answers.js';
import type { OpenBody, RequestBody, ResponseSink } from './ports.js';
import { upstreamRequestHeaders } from './request-headers.js';
import { clientResponseHeaders } from './response-headers.js';
import type { CallFailure } from './targets/availability.js';
import type { Target } from './targets/target.js';
import type { TargetSet } from './targets/target-set.js';
import type { UpstreamCall, UpstreamHandler } from './upstream-call.js';
import { UpstreamConnection } from './upstream-connection.js';
import { codeOf, refusalOfUpstreamError } from './upstream-error.js';

export interface ForwardOptions {
  readonly pools: UpstreamPools;
  /** Wait for the head of the answer where the endpoint sets none, in milliseconds. */
  readonly headersTimeoutMs: number;
  /** Silence of the back end between two parts of its answer, in milliseconds. */
  readonly idleTimeoutMs: number;
  readonly nowMs: () => number;
  /** Told about every failed call, for log and metrics. */
  readonly onFailure: (x: Exchange, error: unknown) => void;
  /** Looks after answers under way. */
  readonly answers: Pick<OpenAnswers, 'add'>;
  /** Told once per exchange when its answer is complete or given up. */
  readonly onFinished: (x: Exchange) => void;
}

/** First call and further ones of one exchange, whatever the budget says. */
const mostAttempts = 3;

/**
 * Calls the back end and streams its answer to the client. Both directions wait for the slower side; when one side goes
 * away the other is ended too. Redirects go through to the client.
 */
export function forward(x: Exchange, body: RequestBody | null, sink: ResponseSink, options: ForwardOptions): void {
  const set = x.targets as TargetSet;
  const target = set.pick(x, x.receivedAtMs, []);
  if (target === null) {
    sink.refuse(endpointsOut);
    return options.onFinished(x);
  }
  set.budget.earn();
  const call = new ForwardedCall(x, set, body?.open() ?? null, sink, options);
  sink.onAbort(() => call.abort());
  sink.onDrain(() => call.resume());
  call.dispatch(target);
}

/**
 * One call. It goes to another endpoint when not a byte of it was sent, or, having no body and an idempotent method (RFC
 * 9110 section 9.2.2), when its connection ended before any answer; a call of the latter kind is also repeated once where
 * a kept connection turned out dead or there is no other endpoint.
 */
class ForwardedCall implements UpstreamHandler, OpenAnswer {
  #call: UpstreamCall | null = null;
  #target: Target | null = null;
  #isTrial = false;
  #shown: ShownCredential | null = null;
  #isAborted = false;
  #hasHead = false;
  #isJudged = false;
  readonly #tried: Target[] = [];
  /** gRPC lives of trailers: it goes over HTTP/2 on both sides. */
  readonly #needsHttp2: boolean;
  #isRepeated = false;
  #leave: (() => void) | null = null;
  isEventStream = false;

  constructor(
    readonly x: Exchange,
    private readonly set: TargetSet,
    private readonly body: OpenBody | null,
    private readonly sink: ResponseSink,
    private readonly options: ForwardOptions,
  ) {
    this.#needsHttp2 = sink.trailers !== undefined && isGrpc(x.headers);
  }

  dispatch(target: Target): void {
    this.#call = null;
    this.x.endpoint = target.endpoint;
    this.#target = target;
    this.#isTrial = target.availability.begin();
    this.#isJudged = false;
    target.active++;
    const shown = this.set.credential?.show(this.options.nowMs()) ?? null;
    if (!(shown instanceof Promise)) return this.#send(target, shown);
    shown.then(
      (settled) => (this.#isAborted ? this.onError(new Error('The client went away.')) : this.#send(target, settled)),
      (error: Error) => this.onError(error),
    );
  }

  #send(target: Target, shown: ShownCredential | null): void {
    const { x, body } = this;
    const { method, resource, query, bodyBytes } = x.outgoing ?? x;
    const { endpoint } = target;
    this.#shown = shown;
    const { pools } = this.options;
    const pool = this.#needsHttp2 ? pools.http2For(endpoint) : pools.poolFor(endpoint);
    this.#call = pool.dispatch(
      {
        method,
        target: upstreamTarget(endpoint, resource, shown?.query ? withParameter(query, shown.query) : query),
        headers: this.#headers(endpoint, shown),
        body,
        bodyBytes,
        headersTimeoutMs: this.#headersTimeoutMs(target),
        idleTimeoutMs: this.options.idleTimeoutMs,
      },
      this,
    );
  }

  #headers(endpoint: CompiledEndpoint, shown: ShownCredential | null): string[] {
    const headers = upstreamRequestHeaders(this.x, endpoint, shown?.header?.[0] ?? null);
    if (shown?.header) headers.push(...shown.header);
    if (this.#needsHttp2) headers.push('te', 'trailers');
    return headers;
  }

  #headersTimeoutMs({ record }: Target): number {
    if (record.rules?.onTimeout === 'never') return Infinity;
    return record.rules?.timeoutMs ?? this.options.headersTimeoutMs;
  }

  abort(): void {
    if (this.#isAborted) return;
    this.#isAborted = true;
    this.#call?.abort();
    this.body?.destroy();
  }

  resume(): void {
    this.#call?.resume();
  }

  /** The caller may not have the rest. */
  stop(refusal: Refusal | null): void {
    const { sink } = this;
    if (sink.stop) sink.stop(refusal);
    else if (refusal === null) sink.end();
    else sink.truncate();
    this.abort();
  }

  onHead(status: number, fields: readonly string[]): void {
    if (status === 401 && this.#shown !== null) this.set.credential?.refused(this.#shown);
    const nowMs = this.options.nowMs();
    const target = this.#target as Target;
    const cookie = this.set.remember(this.x, target, nowMs);
    if (cookie !== null) this.x.responseHeaders.push('Set-Cookie', cookie);
    this.sink.head(status, clientResponseHeaders(this.x, fields));
    this.#judge(status < 400 ? null : { codes: [String(status)], isStatus: true }, nowMs);
    this.#hasHead = true; // only now: a head that cannot be written is a broken answer, told as 502
    this.isEventStream = isEventStream(fields);
  }

  onUnderWay(): void {
    this.#leave = this.options.answers.add(this);
  }

  onData(chunk: Buffer): boolean {
    this.x.transferredBytes += chunk.length;
    return this.sink.write(chunk);
  }

  onTrailers(fields: readonly string[]): void {
    this.sink.trailers?.(fields);
  }

  onEnd(): void {
    this.sink.end();
    this.body?.destroy();
    this.#finish();
  }

  onError(error: Error): void {
    const target = this.#target as Target;
    const wasKept = this.#call instanceof UpstreamConnection;
    const isDeadConnection = wasKept && isCutOff(error) && !this.#hasHead;
    // That a kept connection has ended says nothing: back ends close them when they like.
    this.#judge(
      this.#isAborted || isDeadConnection ? undefined : (failureOf(error) ?? undefined),
      this.options.nowMs(),
    );
    target.active--;
    this.#target = null;
    const next =
      this.#isAborted || this.#hasHead || this.sink.isClosed ? null : this.#next(target, error, isDeadConnection);
    if (next !== null) return this.dispatch(next);
    if (!this.#isAborted && !this.sink.isClosed) {
      this.options.onFailure(this.x, error);
      const isDiscarded = codeOf(error) === 'UPSTREAM_HEADERS_TIMEOUT' && target.record.rules?.onTimeout === 'discard';
      if (this.#hasHead || isDiscarded) this.sink.truncate();
      else this.sink.refuse(refusalOfUpstreamError(error));
    }
    this.body?.destroy();
    this.#finish();
  }

  #finish(): void {
    this.#leave?.();
    if (this.#target !== null) this.#target.active--;
    this.#target = null;
    this.x.transferredBytes += this.body?.receivedBytes ?? 0;
    this.options.onFinished(this.x);
  }

  /** One verdict on the endpoint per attempt; `undefined`: none, `null`: it did well. */
  #judge(failure: CallFailure | null | undefined, nowMs: number): void {
    if (this.#isJudged) return;
    this.#isJudged = true;
    const { availability } = this.#target as Target;
    if (failure === undefined) availability.leave(this.#isTrial);
    else if (failure === null) availability.succeeded(this.#isTrial, nowMs);
    else availability.failed(failure, this.#isTrial, nowMs);
  }

  /** Where the call goes on; `null` when it has failed. */
  #next(target: Target, error: Error, isDeadConnection: boolean): Target | null {
    const isRepeatable = this.body === null && idempotent.has((this.x.outgoing ?? this.x).method) && isCutOff(error);
    const hasOthers = this.set.targets.length > 1;
    // There are as many as were kept; the attempt behind them is the first that tells of the back end.
    if (isRepeatable && isDeadConnection) return target;
    if (isRepeatable && !this.#isRepeated && !hasOthers) {
      this.#isRepeated = true;
      return this.set.budget.spend() ? target : null;
    }
    this.#tried.push(target);
    if (!(isRepeatable || (isUnsent(error) && this.#hasWholeBody())) || this.#tried.length >= mostAttempts) return null;
    const next = this.set.pick(this.x, this.options.nowMs(), this.#tried);
    return next !== null && this.set.budget.spend() ? next : null;
  }

  /** A body of which nothing was read yet can still be sent whole. */
  #hasWholeBody(): boolean {
    return this.body === null || !(this.body.destroyed || this.body.readableDidRead);
  }
}

const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);
