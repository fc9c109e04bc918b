import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { HeadReader } from '../http1/head-reader.js';
import { readAnswer } from '../http1/response-line.js';
import { HeaderList } from '../pipeline/header-list.js';
import { UpstreamFailure } from '../upstream/upstream-failure.js';
import { problemOfAnswer } from './opening-handshake.js';

export interface UpstreamOpening {
  readonly target: string;
  /** name, value, …: everything but the fields of the handshake itself. */
  readonly headers: readonly string[];
  readonly protocols: readonly string[];
}

/** A back end that has agreed to speak WebSocket. */
export interface OpenUpstream {
  readonly socket: Socket;
  /** Bytes that came behind its answer. */
  readonly rest: Buffer;
  readonly fields: readonly string[];
  readonly protocol: string | null;
}

/** The back end answered, but not with a WebSocket. */
export class HandshakeRefusedError extends Error {
  readonly code = 'UPSTREAM_MALFORMED';
  constructor(
    /** Null when the answer could not be read. */
    readonly status: number | null,
    reason: string,
  ) {
    super(`The back end opened no WebSocket. ${reason}`);
    this.name = 'HandshakeRefusedError';
  }
}

const headSizes = { maxStartLineBytes: 4 * 1024, maxHeadBytes: 64 * 1024, maxFields: 500 };

/**
 * The client's side of an opening handshake (RFC 6455 section 4.1) on a connection that was just made. The callback comes
 * once; with a failure the connection is gone.
 * @returns gives the attempt up; the callback then does not come
 */
export function openUpstream(
  socket: Socket,
  { target, headers, protocols }: UpstreamOpening,
  timeoutMs: number,
  callback: (error: Error | null, opened: OpenUpstream | null) => void,
): () => void {
  const key = randomBytes(16).toString('base64');
  const reader = new HeadReader(headSizes);
  reader.reset(0);
  let bytes: Buffer = Buffer.alloc(0);

  const stop = (): void => {
    clearTimeout(timer);
    for (const [event, listener] of Object.entries(listeners)) socket.off(event, listener);
    socket.on('error', ignore);
  };
  const fail = (error: Error): void => {
    stop();
    socket.destroy();
    callback(error, null);
  };
  const gone = (): void => fail(new UpstreamFailure('UPSTREAM_CLOSED', 'The back end closed the connection.'));
  const listeners: Record<string, (chunk: Buffer & Error) => void> = {
    data: (chunk) => {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
      const state = reader.read(bytes);
      if (state === 'more') return;
      const answer = state === 'broken' ? null : readAnswer(reader.startLine, reader.fields, false);
      if (answer === null) return fail(new HandshakeRefusedError(null, 'Its answer cannot be read.'));
      const fields = new HeaderList(reader.fields);
      const problem = problemOfAnswer({ status: answer.status, headers: fields }, key, protocols);
      if (problem !== null) return fail(new HandshakeRefusedError(answer.status, problem));
      stop();
      socket.pause(); // until somebody listens again
      const protocol = fields.get('sec-websocket-protocol') ?? null;
      callback(null, { socket, rest: bytes.subarray(reader.end), fields: reader.fields, protocol });
    },
    error: (error) => fail(error),
    end: gone,
    close: gone,
  };
  const timer = setTimeout(
    () => fail(new UpstreamFailure('UPSTREAM_HEADERS_TIMEOUT', 'The back end did not answer in time.')),
    Math.min(timeoutMs, longestTimeoutMs),
  );
  for (const [event, listener] of Object.entries(listeners)) socket.on(event, listener);
  socket.write(requestHead(target, headers, key, protocols), 'latin1');
  return () => {
    stop();
    socket.destroy();
  };
}

/** A timer cannot wait longer. */
const longestTimeoutMs = 2 ** 31 - 1;

function ignore(): void {
  // What follows a connection that was given up concerns nobody; one that goes on gets a listener of its own.
}

function requestHead(target: string, headers: readonly string[], key: string, protocols: readonly string[]): string {
  let head = `GET ${target} HTTP/1.1\r\n`;
  for (let i = 0; i + 1 < headers.length; i += 2) head += `${headers[i]}: ${headers[i + 1]}\r\n`;
  head += `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n`;
  if (protocols.length > 0) head += `Sec-WebSocket-Protocol: ${protocols.join(', ')}\r\n`;
  return `${head}\r\n`;
}
