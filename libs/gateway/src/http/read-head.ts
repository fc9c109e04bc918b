import { requestFraming } from '../http1/request-framing.js';
import type { RequestLine } from '../http1/request-line.js';
import type { RequestHead } from '../pipeline/exchange.js';
import type { HeaderList } from '../pipeline/header-list.js';
import { hostOfAuthority } from '../pipeline/host.js';
import { normalisePath } from '../pipeline/path.js';
import { statusRefusal, type Refusal } from '../pipeline/verdict.js';
import { readUpgrade } from '../websocket/opening-handshake.js';
import type { ClientAddressReader } from './client-address.js';

export interface HeadLimits {
  readonly maxTargetBytes: number;
  readonly maxHeaderFields: number;
  readonly maxBodyBytes: number;
}

/** Methods that are never passed on: TRACE echoes credentials, CONNECT makes the gateway a tunnel. */
const refusedMethods = new Set(['TRACE', 'TRACK', 'CONNECT']);

/** A request head as the pipeline takes it; or why the request is refused before it is routed. */
export function readHead(
  line: RequestLine,
  headers: HeaderList,
  scheme: 'http' | 'https',
  peer: string,
  addresses: ClientAddressReader,
  limits: HeadLimits,
): { readonly head: RequestHead } | { readonly refusal: Refusal } {
  const { method } = line;
  const framing = requestFraming(headers, line.version);
  if (framing === 'ambiguous') {
    return { refusal: badRequest('The length of the body is stated in a way that can be read twice.') };
  }
  const refusal = refusalOfHead(line, headers, limits);
  if (refusal !== null) return { refusal };
  const target = splitTarget(line.target, headers.get('host') ?? '');
  if (target.query.includes('#')) return { refusal: badRequest('The request target has a "#": escape it as %23.') };
  const host = hostOfAuthority(target.authority);
  if (host === null) return { refusal: badRequest('The Host field has to name one host, with an optional port.') };
  const normal = normalisePath(target.path);
  if ('problem' in normal) return { refusal: badRequest(normal.problem) };
  const bodyBytes = framing === 'chunked' ? null : framing;
  const upgrade = readUpgrade(line, headers, bodyBytes);
  if (upgrade !== null && 'status' in upgrade) return { refusal: upgrade };
  if (bodyBytes !== null && bodyBytes > limits.maxBodyBytes) return { refusal: bodyTooLarge(limits.maxBodyBytes) };
  const forwarded = headers.get('x-forwarded-for') === undefined ? nothing : headers.all('x-forwarded-for');
  const { clientIp, forwardedFor } = addresses.read(peer, forwarded);
  const { authority, query } = target;
  return {
    head: {
      method,
      scheme,
      host,
      authority,
      path: normal.path,
      query,
      headers,
      clientIp,
      forwardedFor,
      bodyBytes,
      upgrade,
    },
  };
}

const nothing: readonly string[] = [];

export function bodyTooLarge(maxBodyBytes: number): Refusal {
  return statusRefusal(413, 'Content Too Large', `The body may have at most ${maxBodyBytes} bytes.`, { close: true });
}

function refusalOfHead({ method, target }: RequestLine, headers: HeaderList, limits: HeadLimits): Refusal | null {
  if (target.length > limits.maxTargetBytes) {
    return statusRefusal(414, 'URI Too Long', `The request target has more than ${limits.maxTargetBytes} bytes.`, {
      close: true,
    });
  }
  if (refusedMethods.has(method))
    return statusRefusal(405, 'Method Not Allowed', `${method} is not supported.`, { close: true });
  if (headers.all('host').length !== 1) return badRequest('The request has to have exactly one Host field.');
  if (hostOfAuthority(headers.get('host') as string) === null) {
    return badRequest('The Host field has to name one host, with an optional port.');
  }
  return null;
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

export function badRequest(description: string): Refusal {
  return statusRefusal(400, 'Bad Request', description, { close: true });
}
