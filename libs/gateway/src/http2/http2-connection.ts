import { constants, performServerHandshake, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { BodyReader } from '../http/body-reader.js';
import type { ConnectionHost } from '../http/client-connection.js';
import { readHead } from '../http/read-head.js';
import { Exchange } from '../pipeline/exchange.js';
import { HeaderList } from '../pipeline/header-list.js';
import type { OpenBody } from '../upstream/ports.js';
import { Http2Response } from './http2-response.js';
import { readFields, type Http2Fields } from './request-fields.js';

/** Requests under way on one connection. */
const maxStreams = 100;

/** Streams that a client may open and reset at once, and how many more each second (rapid reset, CVE-2023-44487). */
const resetBurst = 100;
const resetsPerSecond = 20;

/**
 * One HTTP/2 connection of a client, by ALPN or with prior knowledge (RFC 9113 section 3), over Node's own codec. Each
 * stream makes the same exchange as a request of HTTP/1.1. Floods end the connection with ENHANCE_YOUR_CALM: of resets here,
 * of CONTINUATION, SETTINGS, PING and empty frames in the codec.
 */
export class Http2Connection {
  readonly #session: ServerHttp2Session;
  readonly #peer: string;
  readonly #certificate: string;
  #streams = 0;
  #resets = 0;
  #resetsSinceMs = performance.now();

  constructor(
    socket: Socket,
    private readonly host: ConnectionHost,
    private readonly onClosed: (connection: Http2Connection) => void,
  ) {
    const { limits, certificates, asksForCertificate } = host.options;
    this.#peer = host.peerOf(socket);
    this.#certificate = asksForCertificate ? certificates.ofConnection(socket) : '';
    this.#session = performServerHandshake(socket, {
      maxHeaderListPairs: limits.maxHeaderFields + 4, // beside the pseudo-header fields
      maxSessionMemory: 4, // megabytes
      maxSessionInvalidFrames: 50,
      maxSessionRejectedStreams: 50,
      settings: { maxConcurrentStreams: maxStreams, maxHeaderListSize: limits.maxHeaderBytes, enablePush: false },
    });
    const session = this.#session;
    session.setTimeout(limits.keepAliveTimeoutMs, () => this.endIfIdle());
    session.on('stream', (stream, _headers, flags, rawHeaders) =>
      this.#begin(stream, rawHeaders as unknown as string[], (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0),
    );
    session.on('error', () => undefined); // 'close' follows
    session.on('close', () => this.onClosed(this));
  }

  /** As of the entrance's clock; the codec keeps its own times. */
  checkTime(): void {
    if (this.host.isDraining) this.drain();
  }

  endIfIdle(): void {
    if (this.#streams === 0) this.#session.close();
    else if (this.host.isDraining) this.drain();
  }

  /** Tells the client to send new requests elsewhere (GOAWAY); those under way finish. */
  drain(): void {
    if (!this.#session.closed) this.#session.close();
  }

  #begin(stream: ServerHttp2Stream, raw: readonly string[], isWhole: boolean): void {
    this.#streams++;
    stream.on('error', () => undefined); // 'close' follows
    stream.once('close', () => this.#ended(stream));
    const { scheme, limits, nowMs, handle, addresses, certificates, counts } = this.host.options;
    const fields = readFields(raw);
    const headers = new HeaderList(fields.headers);
    const response = new Http2Response(stream, fields.method, headers, counts);
    stream.setTimeout(limits.bodyIdleTimeoutMs, () => {
      if (stream.writableNeedDrain) stream.close(constants.NGHTTP2_CANCEL); // its client does not read
    });
    if ('problem' in fields && fields.problem !== null) return response.refuse(fields.problem);
    const line = { method: fields.method, target: fields.path, version: 11 as const };
    const read = readHead(line, headers, scheme, this.#peer, addresses, limits);
    if ('refusal' in read) return response.refuse(read.refusal);
    const hasLength = headers.get('content-length') !== undefined;
    const head = { ...read.head, bodyBytes: isWhole ? 0 : hasLength ? read.head.bodyBytes : null };
    const certificate = certificates.ofRequest(this.#certificate, this.#peer, headers);
    const open = (maxBytes?: number): OpenBody => this.#openBody(stream, fields, maxBytes);
    handle(new Exchange(head, nowMs(), certificate), isWhole ? null : { open }, response);
  }

  #openBody(stream: ServerHttp2Stream, { expectsContinue }: Http2Fields, maxBytes = Infinity): OpenBody {
    const { limits } = this.host.options;
    if (expectsContinue && !stream.headersSent) stream.additionalHeaders({ ':status': 100 });
    const pace = { idleTimeoutMs: limits.bodyIdleTimeoutMs, minBytesPerSecond: limits.minBodyBytesPerSecond };
    const source = {
      resume: () => void stream.resume(),
      pause: () => void stream.pause(),
      destroy: () => stream.close(constants.NGHTTP2_CANCEL),
    };
    const reader = new BodyReader(source, Math.min(maxBytes, limits.maxBodyBytes), pace);
    stream.on('data', (chunk: Buffer) => reader.receive(chunk));
    stream.once('end', () =>
      stream.aborted ? reader.fail(new Error('The body of the client ended early.')) : reader.finish(),
    );
    stream.once('close', () => {
      if (!stream.readableEnded || stream.aborted)
        reader.fail(new Error('The client went away before its body was complete.'));
    });
    stream.pause();
    return reader;
  }

  #ended(stream: ServerHttp2Stream): void {
    this.#streams--;
    if (stream.aborted || stream.rstCode !== constants.NGHTTP2_NO_ERROR) this.#countReset();
    if (this.#streams === 0 && this.host.isDraining) this.drain();
  }

  #countReset(): void {
    const now = performance.now();
    const earned = ((now - this.#resetsSinceMs) / 1000) * resetsPerSecond;
    this.#resets = Math.max(0, this.#resets - earned) + 1;
    this.#resetsSinceMs = now;
    if (this.#resets > resetBurst) this.#session.destroy(undefined, constants.NGHTTP2_ENHANCE_YOUR_CALM);
  }
}
