import type { OpenBody } from './ports.js';

/** One request to a back end, complete with its framing field. */
export interface UpstreamRequest {
  readonly method: string;
  readonly target: string;
  /** name, value, name, value, …; the connection adds nothing but `Connection` and, for chunked bodies, the coding. */
  readonly headers: readonly string[];
  readonly body: OpenBody | null;
  /** Length of the body, null when it goes out in chunks. */
  readonly bodyBytes: number | null;
  /** Wait for the head of the answer, in milliseconds. */
  readonly headersTimeoutMs: number;
  /** Silence of the back end between two parts of its answer, in milliseconds. */
  readonly idleTimeoutMs: number;
}

/** Told what becomes of a request: head, data, and then exactly one of end and failure. */
export interface UpstreamHandler {
  /** @throws when the head cannot be passed on; the call then fails with that error */
  onHead(status: number, fields: readonly string[]): void;
  /** The answer has begun and takes its time: more of it comes in a later turn of the event loop, or never. */
  onUnderWay?(): void;
  /** Gives false to stop the back end until `resume`. */
  onData(chunk: Buffer): boolean;
  /** Fields behind the body: name, value, … */
  onTrailers?(fields: readonly string[]): void;
  onEnd(): void;
  onError(error: Error): void;
}

/** A request under way. */
export interface UpstreamCall {
  /** The client is gone: ends the connection. The handler gets `onError`. */
  abort(): void;
  /** The client takes more. */
  resume(): void;
}
