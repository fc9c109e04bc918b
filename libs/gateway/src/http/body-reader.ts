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

/** The connection that a body comes from. */
export interface BodySource {
  /** Asks for more, or for the rest that nobody reads. */
  resume(): void;
  pause(): void;
  /** Gives the client up. */
  destroy(): void;
}

/**
 * The body of a request as a stream of its own, fed by its connection. Reads only when asked to, so a slow back end slows
 * the client down. Destroying it leaves the client's connection open, so that the answer can still be sent; what the client
 * goes on sending is thrown away.
 */
export class BodyReader extends Readable {
  #received = 0;
  #isComplete = false;
  readonly #patience: ClientPatience;

  constructor(
    private readonly source: BodySource,
    private readonly maxBodyBytes: number,
    pace: BodyPace,
  ) {
    super({ highWaterMark: 64 * 1024 });
    this.#patience = new ClientPatience(pace, () => this.#outOfPatience());
    this.on('error', () => undefined); // its reader learns of it; after that reader is done nobody needs to
  }

  /** Bytes that have come so far. */
  get receivedBytes(): number {
    return this.#received;
  }

  /** Called by the connection with each part. */
  receive(chunk: Buffer): void {
    if (this.destroyed) return;
    this.#received += chunk.length;
    if (this.#received > this.maxBodyBytes) return void this.destroy(new BodyTooLargeError(this.maxBodyBytes));
    this.#patience.received(chunk.length);
    if (this.push(chunk)) return;
    this.source.pause();
    this.#patience.pause();
  }

  /** Called by the connection when the whole body has come. */
  finish(): void {
    this.#isComplete = true;
    this.#patience.end();
    if (!this.destroyed) this.push(null);
  }

  /** Called by the connection when nothing more comes. */
  fail(error: Error): void {
    this.#isComplete = true;
    this.#patience.end();
    this.destroy(error);
  }

  override _read(): void {
    if (this.#isComplete) return;
    this.#patience.wait();
    this.source.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (this.#isComplete) this.#patience.end();
    else {
      this.#patience.wait(); // one that has not ended when patience is over loses its connection
      this.source.resume();
    }
    callback(error);
  }

  /** Nobody reads any more: then only the connection is left to end. */
  #outOfPatience(): void {
    if (this.destroyed) return this.source.destroy();
    this.#patience.renew(); // the client is told before its connection ends
    this.destroy(new BodyTimeoutError());
  }
}
