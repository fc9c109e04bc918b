import type { IncomingMessage } from 'node:http';
import type { RequestHead } from '../pipeline/exchange.js';
import { HeaderList } from '../pipeline/header-list.js';
import { hostOfAuthority } from '../pipeline/host.js';
import { normalisePath } from '../pipeline/path.js';
import { statusRefusal, type Refusal } from '../pipeline/verdict.js';
import type { ClientAddressReader } from './client-address.js';

export interface HeadLimits {
  readonly maxTargetBytes: number;
  readonly maxHeaderFields: number;
  readonly maxBodyBytes: number;
}

/** Methods that are never passed on: TRACE echoes credentials, CONNECT makes the gateway a tunnel. */
const refusedMethods = new Set(['TRACE', 'TRACK', 'CONNECT']);

/** What node:http has read, as the pipeline takes it; or why the request is refused before it is routed. */
export function readHead(
  req: IncomingMessage,
  headers: HeaderList,
  scheme: 'http' | 'https',
  addresses: ClientAddressReader,
  limits: HeadLimits,
): { readonly head: RequestHead } | { readonly refusal: Refusal } {
  const method = req.method ?? '';
  const refusal = refusalOfHead(req, method, headers, limits);
  if (refusal !== null) return { refusal };
  const target = splitTarget(req.url ?? '', headers.get('host') ?? '');
  if (target.query.includes('#')) return { refusal: badRequest('The request target has a "#": escape it as %23.') };
  const host = hostOfAuthority(target.authority);
  if (host === null) return { refusal: badRequest('The Host field has to name one host, with an optional port.') };
  const normal = normalisePath(target.path);
  if ('problem' in normal) return { refusal: badRequest(normal.problem) };
  const bodyBytes = bodyLengthOf(headers);
  if (bodyBytes !== null && bodyBytes > limits.maxBodyBytes) return { refusal: bodyTooLarge(limits.maxBodyBytes) };
  const { clientIp, forwardedFor } = addresses.read(req.socket.remoteAddress ?? '', headers.all('x-forwarded-for'));
  const { authority, query } = target;
  return {
    head: { method, scheme, host, authority, path: normal.path, query, headers, clientIp, forwardedFor, bodyBytes },
  };
}

export function bodyTooLarge(maxBodyBytes: number): Refusal {
  return statusRefusal(413, 'Content Too Large', `The body may have at most ${maxBodyBytes} bytes.`, { close: true });
}

function refusalOfHead(req: IncomingMessage, method: string, headers: HeaderList, limits: HeadLimits): Refusal | null {
  if (req.httpVersion !== '1.1' && req.httpVersion !== '1.0') {
    const description = `HTTP/${req.httpVersion} cannot be spoken on this connection; use HTTP/1.1.`;
    return statusRefusal(505, 'HTTP Version Not Supported', description, { close: true });
  }
  if (headers.size > limits.maxHeaderFields) {
    const description = `The request has more than ${limits.maxHeaderFields} header fields.`;
    return statusRefusal(431, 'Request Header Fields Too Large', description, { close: true });
  }
  if ((req.url ?? '').length > limits.maxTargetBytes) {
    return statusRefusal(414, 'URI Too Long', `The request target has more than ${limits.maxTargetBytes} bytes.`, {
      close: true,
    });
  }
  if (refusedMethods.has(method))
    return statusRefusal(405, 'Method Not Allowed', `${method} is not supported.`, { close: true });
  if (headers.all('host').length !== 1) return badRequest('The request has to have exactly one Host field.');
  if (isAmbiguous(req, headers)) return badRequest('The length of the body is stated in a way that can be read twice.');
  const upgrade = headers.get('upgrade');
  if (upgrade !== undefined && upgrade.toLowerCase().includes('websocket')) {
    return statusRefusal(501, 'Not Implemented', 'WebSocket connections are not supported by this gateway yet.', {
      close: true,
    });
  }
  return null;
}

/** The parser refuses most of it already; these are the cases it leaves to its user. */
function isAmbiguous(req: IncomingMessage, headers: HeaderList): boolean {
  const lengths = headers.all('content-length');
  const codings = headers.all('transfer-encoding');
  if (lengths.length > 1 || codings.length > 1 || (lengths.length > 0 && codings.length > 0)) return true;
  if (codings.length === 1 && (codings[0]?.toLowerCase() !== 'chunked' || req.httpVersion !== '1.1')) return true;
  return lengths.length === 1 && !/^\d{1,15}$/.test(lengths[0] as string);
}

/** The absolute form wins over the Host field (RFC 9112 section 3.2.2). */
function splitTarget(url: string, hostField: string): { authority: string; path: string; query: string } {
  let authority = hostField;
  let rest = url;
  if (!url.startsWith('/')) {
    const match = /^https?:\/\/([^/?#]*)(.*)$/i.exec(url);
    if (match) {
      authority = match[1] as string;
      rest = match[2]?.startsWith('/') ? match[2] : `/${match[2] ?? ''}`;
    }
  }
  const mark = rest.indexOf('?');
  return mark < 0
    ? { authority, path: rest, query: '' }
    : { authority, path: rest.slice(0, mark), query: rest.slice(mark) };
}

function bodyLengthOf(headers: HeaderList): number | null {
  if (headers.get('transfer-encoding') !== undefined) return null;
  return Number(headers.get('content-length') ?? 0);
}

function badRequest(description: string): Refusal {
  return statusRefusal(400, 'Bad Request', description, { close: true });
}
