import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** What is read and thrown away of a refused body before the answer; a client that sends more may see a reset instead. */
const drained = { bytes: 32 * 1024 * 1024, milliseconds: 3_000 };

/**
 * An answer that comes before its request's body was read (413, 415) waits until the rest has been taken off the wire,
 * within bounds: closing a socket with unread bytes resets it, and the reset can overtake the answer (RFC 9112 section 9.6).
 */
export function drainUnreadBodies(fastify: FastifyInstance): void {
  fastify.addHook('onSend', async (request) => {
    if (hasUnreadBody(request.raw)) await drain(request.raw);
  });
}

function hasUnreadBody(request: IncomingMessage): boolean {
  const length = request.headers['content-length'];
  const announced = (length !== undefined && length !== '0') || request.headers['transfer-encoding'] !== undefined;
  return announced && !request.complete && !request.destroyed;
}

function drain(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let left = drained.bytes;
    const finish = (): void => {
      clearTimeout(timer);
      for (const event of ['end', 'close', 'error']) request.off(event, finish);
      request.off('data', count);
      resolve();
    };
    const count = (chunk: Buffer | string): void => {
      left -= chunk.length;
      if (left < 0) finish();
    };
    const timer = setTimeout(finish, drained.milliseconds);
    for (const event of ['end', 'close', 'error']) request.on(event, finish);
    request.unpipe();
    request.on('data', count);
    request.resume();
  });
}
