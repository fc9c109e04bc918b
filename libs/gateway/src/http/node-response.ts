import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HeaderList } from '../pipeline/header-list.js';
import type { Answer, Refusal } from '../pipeline/verdict.js';
import type { ResponseSink } from '../upstream/ports.js';
import { faultBody } from './fault-body.js';
import type { ResponseCounts } from './response-counts.js';

/** An unread body longer than this is not waited for after a refusal: the connection ends instead. */
const maxDiscardedBytes = 1024 * 1024;

/**
 * How long such a connection stays open behind the answer. Ending it while the client still sends would make the
 * system reset it, and the client would lose the answer (RFC 9112 section 9.6).
 */
const lingerMs = 2_000;

/** Writes one answer with node:http. */
export class NodeResponse implements ResponseSink {
  /** @param isDraining whether the server is stopping: each answer then ends its connection */
  constructor(
    private readonly req: IncomingMessage,
    private readonly res: ServerResponse,
    private readonly headers: HeaderList,
    private readonly isDraining: () => boolean,
    private readonly counts: ResponseCounts,
  ) {}

  get isClosed(): boolean {
    return this.res.destroyed || this.res.writableEnded;
  }

  head(status: number, headers: string[]): void {
    if (this.isDraining()) headers.push('Connection', 'close');
    this.res.writeHead(status, headers);
    this.counts.add('back-end', status);
  }

  write(chunk: Buffer): boolean {
    return this.res.write(chunk);
  }

  end(): void {
    this.res.end();
  }

  refuse(refusal: Refusal, extra: readonly string[] = []): void {
    if (this.isClosed || this.res.headersSent) return;
    const { contentType, text } = faultBody(refusal, this.req.method ?? '', this.headers);
    const bytes = Buffer.from(text);
    const headers = [
      'Content-Type',
      contentType,
      'Content-Length',
      String(bytes.length),
      ...(refusal.headers ?? []),
      ...extra,
    ];
    const hasLongRest = this.#hasLongRest();
    if (refusal.close || this.isDraining() || hasLongRest) headers.push('Connection', 'close');
    this.res.writeHead(refusal.status, headers);
    this.counts.add('gateway', refusal.status);
    if (this.req.method === 'HEAD') this.res.end();
    else if (hasLongRest) this.#linger(bytes);
    else this.res.end(bytes);
  }

  answer(answer: Answer): void {
    if (this.isClosed) return;
    const headers = [...answer.headers, 'Content-Length', '0'];
    if (this.isDraining() || this.#hasLongRest()) headers.push('Connection', 'close');
    this.res.writeHead(answer.status, headers);
    this.counts.add('gateway', answer.status);
    this.res.end();
  }

  truncate(): void {
    this.res.destroy();
  }

  onDrain(listener: () => void): void {
    this.res.on('drain', listener);
  }

  onAbort(listener: () => void): void {
    this.res.once('close', () => {
      if (!this.res.writableFinished) listener();
    });
  }

  /** The whole answer goes out at once; the connection ends when the client has stopped sending, or after a while. */
  #linger(bytes: Buffer): void {
    this.res.write(bytes);
    const timer = setTimeout(() => this.res.end(), lingerMs);
    const finish = (): void => {
      clearTimeout(timer);
      this.res.end();
    };
    this.req.once('end', finish);
    this.req.once('close', finish);
    this.req.resume();
  }

  #hasLongRest(): boolean {
    if (this.req.complete) return false;
    const length = this.headers.get('content-length');
    return length === undefined
      ? this.headers.get('transfer-encoding') !== undefined
      : Number(length) > maxDiscardedBytes;
  }
}
