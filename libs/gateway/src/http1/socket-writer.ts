import type { Socket } from 'node:net';

/** Parts up to this size together are copied behind one another: one write costs more than the copy. */
const maxCopiedBytes = 32 * 1024;

let waiting: SocketWriter[] = [];

/**
 * Puts messages on a socket. What is added within one turn of the event loop goes out together, behind everything else
 * of that turn: the system calls of all connections then follow one another closely, and a peer that was woken by the
 * first finds the others too. With one request at a time nothing waits, since the turn ends with it.
 */
export class SocketWriter {
  #parts: (string | Buffer)[] = [];
  #bytes = 0;

  constructor(readonly socket: Socket) {}

  /** @param part a string is Latin-1, as header text is on the wire; a buffer must not change any more */
  add(part: string | Buffer): void {
    if (this.#bytes === 0) {
      if (waiting.length === 0) setImmediate(flushWaiting);
      waiting.push(this);
    }
    this.#parts.push(part);
    this.#bytes += part.length;
    if (this.#bytes > maxCopiedBytes) this.flush();
  }

  /** Writes what was added, now: before anything else is done with the socket. */
  flush(): void {
    const parts = this.#parts;
    if (parts.length === 0) return;
    const bytes = this.#bytes;
    this.#parts = [];
    this.#bytes = 0;
    const { socket } = this;
    if (socket.destroyed || socket.writableEnded) return;
    if (parts.length === 1) socket.write(parts[0] as string | Buffer, 'latin1');
    else if (bytes <= maxCopiedBytes) socket.write(joined(parts, bytes));
    else {
      socket.cork();
      for (const part of parts) socket.write(part, 'latin1');
      socket.uncork();
    }
  }
}

function flushWaiting(): void {
  const writers = waiting;
  waiting = [];
  for (const writer of writers) writer.flush();
}

function joined(parts: readonly (string | Buffer)[], length: number): Buffer {
  const all = Buffer.allocUnsafe(length);
  let at = 0;
  for (const part of parts) at += typeof part === 'string' ? all.write(part, at, 'latin1') : part.copy(all, at);
  return all;
}
