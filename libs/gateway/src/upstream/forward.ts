import type { CompiledEndpoint } from '../pipeline/compiled-api.js';
import type { Exchange } from '../pipeline/exchange.js';
import { upstreamTarget } from './endpoint.js';
import type { UpstreamPools } from './pools.js';
import type { OpenBody, RequestBody, ResponseSink } from './ports.js';
import { upstreamRequestHeaders } from './request-headers.js';
import { clientResponseHeaders } from './response-headers.js';
import type { UpstreamCall, UpstreamHandler } from './upstream-call.js';
import { codeOf, refusalOfUpstreamError } from './upstream-error.js';

export interface ForwardOptions {
  readonly pools: UpstreamPools;
  /** Wait for the head of the answer where the API sets none, in milliseconds. */
  readonly headersTimeoutMs: number;
  /** Silence of the back end between two parts of its answer, in milliseconds. */
  readonly idleTimeoutMs: number;
  /** Told about every failed call, for log and metrics. */
  readonly onFailure: (x: Exchange, error: unknown) => void;
  /** Told once per exchange when its answer is complete or given up. */
  readonly onFinished: (x: Exchange) => void;
}

/**
 * Calls the back end and streams its answer to the client. Both directions wait for the slower side; when one side goes
 * away the other is ended too. Redirects go through to the client.
 */
export function forward(x: Exchange, body: RequestBody | null, sink: ResponseSink, options: ForwardOptions): void {
  const endpoint = x.endpoint as CompiledEndpoint;
  const call = new ForwardedCall(x, endpoint, body?.open() ?? null, sink, options);
  sink.onAbort(() => call.abort());
  sink.onDrain(() => call.resume());
  call.dispatch();
}

/** One call. A request without a body that may be repeated is sent again once when a kept connection turns out to be dead. */
class ForwardedCall implements UpstreamHandler {
  #call: UpstreamCall | null = null;
  #isAborted = false;
  #hasHead = false;
  #attempts = 0;

  constructor(
    private readonly x: Exchange,
    private readonly endpoint: CompiledEndpoint,
    private readonly body: OpenBody | null,
    private readonly sink: ResponseSink,
    private readonly options: ForwardOptions,
  ) {}

  dispatch(): void {
    this.#attempts++;
    const { x, endpoint, body } = this;
    this.#call = this.options.pools.poolFor(endpoint.origin).dispatch(
      {
        method: x.method,
        target: upstreamTarget(endpoint, x.resource, x.query),
        headers: upstreamRequestHeaders(x, endpoint),
        body,
        bodyBytes: x.bodyBytes,
        headersTimeoutMs: x.api?.deployment.endpointTimeoutMs ?? this.options.headersTimeoutMs,
        idleTimeoutMs: this.options.idleTimeoutMs,
      },
      this,
    );
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

  onHead(status: number, fields: readonly string[]): void {
    this.sink.head(status, clientResponseHeaders(this.x, fields));
    this.#hasHead = true; // only now: a head that cannot be written is a broken answer, told as 502
  }

  onData(chunk: Buffer): boolean {
    this.x.transferredBytes += chunk.length;
    return this.sink.write(chunk);
  }

  onEnd(): void {
    this.sink.end();
    this.body?.destroy();
    this.#finish();
  }

  onError(error: Error): void {
    if (!this.#isAborted && this.#canRepeat(error)) return this.dispatch();
    if (!this.#isAborted && !this.sink.isClosed) {
      this.options.onFailure(this.x, error);
      if (this.#hasHead) this.sink.truncate();
      else this.sink.refuse(refusalOfUpstreamError(error));
    }
    this.body?.destroy();
    this.#finish();
  }

  #finish(): void {
    this.x.transferredBytes += this.body?.receivedBytes ?? 0;
    this.options.onFinished(this.x);
  }

  #canRepeat(error: Error): boolean {
    const isSafe = this.x.method === 'GET' || this.x.method === 'HEAD' || this.x.method === 'OPTIONS';
    const code = codeOf(error);
    const isDeadConnection = code === 'UPSTREAM_CLOSED' || code === 'ECONNRESET' || code === 'EPIPE';
    return isSafe && isDeadConnection && !this.#hasHead && this.body === null && this.#attempts === 1;
  }
}
