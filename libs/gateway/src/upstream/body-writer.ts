import type { Socket } from 'node:net';
import type { OpenBody } from './ports.js';

/** Writes the body of a request at the pace of the back end; counted or in chunks (RFC 9112 section 7.1). */
export class BodyWriter {
  #isDone = false;

  constructor(
    private readonly body: OpenBody,
    private readonly socket: Socket,
    private readonly isChunked: boolean,
    private readonly onDone: () => void,
    private readonly onFailed: (error: Error) => void,
  ) {
    body.on('data', this.#onData);
    body.once('end', this.#onEnd);
    body.once('error', this.#onError);
    body.once('close', this.#onClose);
    socket.on('drain', this.#onDrain);
  }

  /** Nothing more is written. */
  stop(): void {
    this.#isDone = true;
    const { body, socket } = this;
    body.off('data', this.#onData);
    body.off('end', this.#onEnd);
    body.off('error', this.#onError);
    body.off('close', this.#onClose);
    socket.off('drain', this.#onDrain);
  }

  readonly #onData = (chunk: Buffer): void => {
    const { socket, isChunked } = this;
    if (chunk.length === 0) return; // an empty chunk would end the body
    if (isChunked) {
      socket.cork();
      socket.write(`${chunk.length.toString(16)}\r\n`, 'latin1');
      socket.write(chunk);
      socket.write('\r\n', 'latin1');
      socket.uncork();
    } else socket.write(chunk);
    if (socket.writableNeedDrain) this.body.pause();
  };

  readonly #onDrain = (): void => void this.body.resume();

  readonly #onEnd = (): void => {
    if (this.isChunked) this.socket.write('0\r\n\r\n', 'latin1');
    this.stop();
    this.onDone();
  };

  readonly #onError = (error: Error): void => {
    this.stop();
    this.onFailed(error);
  };

  readonly #onClose = (): void => {
    if (!this.#isDone) this.#onError(new Error('The body of the client ended early.'));
  };
}
