import { maxMediatedBytes } from '@tollgate/api/contract';
import { Readable } from 'node:stream';
import type { Exchange } from '../pipeline/exchange.js';
import { HeaderList } from '../pipeline/header-list.js';
import { statusRefusal, type Verdict } from '../pipeline/verdict.js';
import type { OpenBody, RequestBody } from '../upstream/ports.js';
import { passedHeaders } from '../upstream/request-headers.js';
import { refusalOfUpstreamError } from '../upstream/upstream-error.js';
import type { Mediation } from './compile-mediation.js';
import { FieldList } from './field-list.js';
import type { RequestMessage } from './message.js';

const tooLarge = statusRefusal(
  413,
  'Content Too Large',
  `The policies of this API read bodies of at most ${maxMediatedBytes} bytes.`,
);
const encoded = statusRefusal(
  415,
  'Unsupported Media Type',
  'The policies of this API read the body: send it without Content-Encoding.',
);

/** What becomes of a request: a verdict that is not `null` ends it here, else it goes on with this body. */
export interface MediatedRequest {
  readonly verdict: Verdict;
  readonly body: RequestBody | null;
}

/**
 * Runs the request flow. What goes to the back end is `x.outgoing` from then on; the exchange itself stays as its caller
 * sent it, for everything that looks at it again. No promise unless a policy asks for the body.
 */
export function mediateRequest(
  x: Exchange,
  body: RequestBody | null,
  mediation: Mediation,
): MediatedRequest | Promise<MediatedRequest> {
  const { method, resource, query, clientIp, bodyBytes } = x;
  const message: RequestMessage = {
    method,
    resource,
    query,
    clientIp,
    bodyBytes,
    maxBodyBytes: Infinity,
    fields: new FieldList(passedHeaders(x)),
    body: null,
  };
  const { request: flow, response } = mediation;
  const readsAnswers = response?.readsBodies ?? false;
  if (flow === null) return finish(x, message, body, null, readsAnswers);
  if (body === null || !flow.takesBody(message)) return finish(x, message, body, flow.run(message), readsAnswers);
  if (isEncoded(message.fields)) return { verdict: encoded, body };
  if (x.bodyBytes !== null && x.bodyBytes > maxMediatedBytes) return { verdict: tooLarge, body };
  return readWhole(body.open()).then((read) => {
    if (!Buffer.isBuffer(read)) return { verdict: read, body: null };
    message.body = read;
    const verdict = flow.run(message);
    return finish(x, message, holdBody(message.body ?? read), verdict, readsAnswers);
  });
}

function finish(
  x: Exchange,
  message: RequestMessage,
  body: RequestBody | null,
  verdict: Verdict,
  readsAnswers: boolean,
): MediatedRequest {
  if (verdict !== null) return { verdict, body };
  if (readsAnswers) {
    // They need it whole and not compressed.
    for (const name of ['accept-encoding', 'range', 'if-range']) message.fields.remove(name);
  }
  const { method, resource, query, fields } = message;
  const bodyBytes = message.body === null ? x.bodyBytes : message.body.length;
  x.outgoing = { method, resource, query, headers: new HeaderList(fields.raw), bodyBytes };
  return { verdict: null, body: body !== null && message.maxBodyBytes < Infinity ? limited(body, message) : body };
}

/** A body of which nothing was read yet, and of which no more than so much is. */
function limited(body: RequestBody, { maxBodyBytes }: RequestMessage): RequestBody {
  return { open: (maxBytes = Infinity) => body.open(Math.min(maxBytes, maxBodyBytes)) };
}

function isEncoded(fields: FieldList): boolean {
  const coding = fields.get('content-encoding')?.trim().toLowerCase() ?? 'identity';
  return coding !== 'identity' && coding !== '';
}

/** Resolves with the refusal where the body is too long, late or broken. */
function readWhole(body: OpenBody): Promise<Buffer | Verdict> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let length = 0;
    body.on('data', (chunk: Buffer) => {
      parts.push(chunk);
      length += chunk.length;
      if (length <= maxMediatedBytes) return;
      body.destroy();
      resolve(tooLarge);
    });
    body.once('end', () => resolve(Buffer.concat(parts)));
    body.once('error', (error) => resolve(refusalOfUpstreamError(error)));
    body.once('close', () => resolve(refusalOfUpstreamError(new Error('The body ended early.'))));
  });
}

class HeldBody extends Readable implements OpenBody {
  constructor(private readonly bytes: Buffer) {
    super();
  }

  get receivedBytes(): number {
    return this.bytes.length;
  }

  override _read(): void {
    if (this.bytes.length > 0) this.push(this.bytes);
    this.push(null);
  }
}

function holdBody(bytes: Buffer): RequestBody {
  return { open: () => new HeldBody(bytes) };
}
