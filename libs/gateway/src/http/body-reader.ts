import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/** The client sent more than the gateway takes. */
export class BodyTooLargeError extends Error {
  readonly code = 'BODY_TOO_LARGE';
  constructor(readonly maxBodyBytes: number) {
    super(`The body is longer than ${maxBodyBytes} bytes.`);
    this.name = 'BodyTooLargeError';
  }
}

/**
 * The body of a request as a stream of its own. Reads only when asked to, so a slow back end slows the client down.
 * Destroying it leaves the client's connection open (an `IncomingMessage` would take its socket along), so that the
 * answer can still be sent; what the client goes on sending is thrown away.
 */
export class BodyReader extends Readable {
  #received = 0;

  constructor(
    private readonly source: IncomingMessage,
    private readonly maxBodyBytes: number,
  ) {
    super({ highWaterMark: 64 * 1024 });
    this.on('error', () => undefined); // its reader learns of it; after that reader is done nobody needs to
    source.on('data', this.#onData);
    source.pause();
    source.once('end', this.#onEnd);
    source.once('error', this.#onError);
    source.once('close', this.#onClose);
  }

  /** Bytes that have come so far. */
  get receivedBytes(): number {
    return this.#received;
  }

  override _read(): void {
    this.source.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.source.off('data', this.#onData);
    this.source.off('end', this.#onEnd);
    this.source.off('close', this.#onClose);
    this.source.resume(); // discarded until the server's own time limit
    callback(error);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#received += chunk.length;
    if (this.#received > this.maxBodyBytes) this.destroy(new BodyTooLargeError(this.maxBodyBytes));
    else if (!this.push(chunk)) this.source.pause();
  };

  readonly #onEnd = (): void => {
    this.push(null);
  };

  readonly #onError = (error: Error): void => {
    this.destroy(error);
  };

  readonly #onClose = (): void => {
    if (!this.source.complete) this.destroy(new Error('The client went away before its body was complete.'));
  };
}
