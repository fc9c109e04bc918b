import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { ClientPatience, type BodyPace } from './client-patience.js';

/** The client sent more than the gateway takes. */
export class BodyTooLargeError extends Error {
  readonly code = 'BODY_TOO_LARGE';
  constructor(readonly maxBodyBytes: number) {
    super(`The body is longer than ${maxBodyBytes} bytes.`);
    this.name = 'BodyTooLargeError';
  }
}

/** The client stopped sending, or sends so slowly that it only holds a connection to the back end. */
export class BodyTimeoutError extends Error {
  readonly code = 'BODY_TIMEOUT';
  constructor() {
    super('The body did not arrive in time.');
    this.name = 'BodyTimeoutError';
  }
}

/**
 * The body of a request as a stream of its own. Reads only when asked to, so a slow back end slows the client down.
 * Destroying it leaves the client's connection open (an `IncomingMessage` would take its socket along), so that the
 * answer can still be sent; what the client goes on sending is thrown away.
 */
export class BodyReader extends Readable {
  #received = 0;
  readonly #patience: ClientPatience;

  constructor(
    private readonly source: IncomingMessage,
    private readonly maxBodyBytes: number,
    pace: BodyPace,
  ) {
    super({ highWaterMark: 64 * 1024 });
    this.#patience = new ClientPatience(pace, () => this.#outOfPatience());
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
    this.#patience.wait();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.source.off('data', this.#onData);
    this.source.off('end', this.#onEnd);
    this.source.resume(); // discarded; one that has not ended when patience is over loses its connection
    if (this.source.complete || this.source.destroyed) this.#patience.end();
    else {
      this.#patience.wait();
      this.source.once('close', () => this.#patience.end());
    }
    callback(error);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#received += chunk.length;
    if (this.#received > this.maxBodyBytes) this.destroy(new BodyTooLargeError(this.maxBodyBytes));
    else {
      this.#patience.received(chunk.length);
      if (this.push(chunk)) return;
      this.source.pause();
      this.#patience.pause();
    }
  };

  /** Nobody reads any more: then only the connection is left to end. */
  #outOfPatience(): void {
    if (this.destroyed) return void this.source.destroy();
    this.#patience.renew(); // the client is told before its connection ends
    this.destroy(new BodyTimeoutError());
  }

  readonly #onEnd = (): void => {
    this.#patience.end();
    this.push(null);
  };

  readonly #onError = (error: Error): void => {
    this.destroy(error);
  };

  readonly #onClose = (): void => {
    if (!this.source.complete) this.destroy(new Error('The client went away before its body was complete.'));
  };
}
