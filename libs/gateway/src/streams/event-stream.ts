import { jsonFault } from '../http/fault-body.js';
import type { CompiledOperation } from '../pipeline/compiled-api.js';
import type { Exchange } from '../pipeline/exchange.js';
import type { Refusal } from '../pipeline/verdict.js';
import type { ResponseSink } from '../upstream/ports.js';
import { UpstreamFailure } from '../upstream/upstream-failure.js';
import { EventScanner } from './event-scanner.js';
import { gone, type OpenAnswers } from './open-answers.js';

export interface EventStreamHost {
  readonly nowMs: () => number;
  readonly answers: Pick<OpenAnswers, 'again'>;
  /** Counts an event that was admitted, or bytes that passed. */
  onEvent(x: Exchange, bytes: number, isFirst: boolean): void;
  /** A stream was ended by what came on it. */
  onStopped(): void;
}

/**
 * The answer of an API of type SSE: passes the stream as it comes, counts its events against the limits of events, and
 * ends it before the first event that is over one. What it ends with is an event of its own, `error`, whose data say why.
 */
export class EventStream implements ResponseSink {
  #scanner: EventScanner | null = null;
  #onAbort: () => void = () => undefined;

  constructor(
    private readonly x: Exchange,
    private readonly sink: ResponseSink,
    private readonly host: EventStreamHost,
  ) {}

  get isClosed(): boolean {
    return this.sink.isClosed;
  }

  /** @throws UpstreamFailure when a success is no stream whose events can be counted */
  head(status: number, headers: string[]): void {
    if (status === 200) {
      if (!isEventStream(headers) || fieldOf(headers, 'content-encoding') !== null)
        throw new UpstreamFailure('UPSTREAM_NO_EVENT_STREAM', 'The answer is no plain text/event-stream.');
      this.#scanner = new EventScanner();
    }
    this.sink.head(status, headers);
  }

  write(chunk: Buffer): boolean {
    const scanner = this.#scanner;
    if (scanner === null || this.isClosed) return this.sink.write(chunk);
    const found = this.host.answers.again(this.x, this.host.nowMs());
    if (found === null || 'status' in found) return (this.#cut(found ?? gone, scanner.isBetweenEvents), true);
    for (let at = scanner.nextStart(chunk, 0); at < chunk.length; at = scanner.nextStart(chunk, at + 1)) {
      const refusal = found.operation.stream.messages.admit(found.x, 0);
      if (refusal !== null) {
        this.#pass(chunk.subarray(0, at), found);
        return (this.#cut(refusal, true), true);
      }
      this.host.onEvent(found.x, 0, true);
    }
    return this.#pass(chunk, found);
  }

  end(): void {
    this.sink.end();
  }

  refuse(refusal: Refusal): void {
    this.sink.refuse(refusal);
  }

  truncate(): void {
    this.sink.truncate();
  }

  stop(refusal: Refusal | null): void {
    this.#end(refusal, this.#scanner?.isBetweenEvents ?? false);
  }

  onDrain(listener: () => void): void {
    this.sink.onDrain(listener);
  }

  onAbort(listener: () => void): void {
    this.#onAbort = listener;
    this.sink.onAbort(listener);
  }

  #pass(bytes: Buffer, { x, operation }: { readonly x: Exchange; readonly operation: CompiledOperation }): boolean {
    if (bytes.length === 0) return true;
    const refusal = operation.stream.messages.addBytes(x, bytes.length);
    if (refusal !== null) return (this.#cut(refusal, false), true);
    this.host.onEvent(x, bytes.length, false);
    return this.sink.write(bytes);
  }

  #cut(refusal: Refusal, isBetweenEvents: boolean): void {
    if (!this.isClosed) this.host.onStopped();
    this.#end(refusal, isBetweenEvents);
  }

  /** An event that is cut off must not be completed: its client would take it for whole. */
  #end(refusal: Refusal | null, isBetweenEvents: boolean): void {
    if (this.isClosed) return;
    if (refusal === null) this.sink.end();
    else if (!isBetweenEvents) this.sink.truncate();
    else {
      this.sink.write(Buffer.from(`event: error\ndata: ${jsonFault(refusal)}\n\n`));
      this.sink.end();
    }
    this.#onAbort();
  }
}

/** @param headers name, value, name, value, … */
export function isEventStream(headers: readonly string[]): boolean {
  return fieldOf(headers, 'content-type')?.split(';', 1)[0]?.trim().toLowerCase() === 'text/event-stream';
}

function fieldOf(headers: readonly string[], name: string): string | null {
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const each = headers[i] as string;
    if (each.length === name.length && each.toLowerCase() === name) return headers[i + 1] as string;
  }
  return null;
}
