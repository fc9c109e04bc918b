import type { Readable } from 'node:stream';
import type { Refusal } from '../pipeline/verdict.js';

/** A body that is being read. */
export interface OpenBody extends Readable {
  /** Bytes that have come so far. */
  readonly receivedBytes: number;
}

/** The body of the client's request, whatever codec reads it. */
export interface RequestBody {
  /**
   * Starts reading (and tells a client that waits for `100 Continue` to go on). Ending early leaves the client's
   * connection alone, so that an answer can still be sent on it.
   * @param maxBytes what is longer fails with BODY_TOO_LARGE; the gateway's own limit holds too
   */
  open(maxBytes?: number): OpenBody;
}

/** Where the answer goes, whatever codec writes it. */
export interface ResponseSink {
  /** Whether the client has gone. */
  readonly isClosed: boolean;
  /** @param headers name, value, name, value, … */
  head(status: number, headers: string[]): void;
  /** Returns false when the client reads slower than we write: then wait for `onDrain`. */
  write(chunk: Buffer): boolean;
  /** Fields behind the body, name, value, …; before `end`. Only where the client's protocol has room for them. */
  trailers?(fields: readonly string[]): void;
  end(): void;
  /** Answers a failure of the back end; only before `head`. */
  refuse(refusal: Refusal): void;
  /** Breaks the connection so that the client sees that the answer is incomplete. */
  truncate(): void;
  /** Ends an answer that has begun so that its client learns why; absent: such answers can only be truncated. */
  stop?(refusal: Refusal | null): void;
  onDrain(listener: () => void): void;
  /** Called once when the client goes away before the answer is complete. */
  onAbort(listener: () => void): void;
}
