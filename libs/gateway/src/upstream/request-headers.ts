import { gatewayRequestHeaders } from '@tollgate/api/contract';
import type { Exchange } from '../pipeline/exchange.js';
import { knownNames } from '../http1/field-names.js';
import type { CompiledEndpoint } from '../pipeline/compiled-api.js';
import { connectionOptions, hopByHopHeaders } from './hop-by-hop.js';

/** Methods whose requests say that they have no body (RFC 9110 section 8.6). */
const announcesBody = new Set(['POST', 'PUT', 'PATCH']);

/** What a field's name says about passing it on. */
interface FieldTraits {
  readonly lower: string;
  /** In lower case, with dashes for underscores: many a back end takes them for the same. */
  readonly dashed: string;
  /** Never passed on. */
  readonly isDropped: boolean;
}

const traitsOfKnown = new Map(knownNames.map((name) => [name, readTraits(name)]));

function traitsOf(name: string): FieldTraits {
  return traitsOfKnown.get(name) ?? readTraits(name);
}

function readTraits(name: string): FieldTraits {
  const lower = name.toLowerCase();
  const dashed = lower.replaceAll('_', '-');
  const isDropped =
    hopByHopHeaders.has(dashed) || gatewayRequestHeaders.has(dashed) || dashed.startsWith('x-forwarded-');
  return { lower, dashed, isDropped };
}

/**
 * Builds the header list of the upstream request from scratch: what describes this hop, what carries the gateway's
 * credentials and what claims to come from a proxy is left out, whatever its case and whether it is written with
 * dashes or underscores; the length is ours, chunked coding is the connection's; our own fields are added.
 */
export function upstreamRequestHeaders(
  x: Exchange,
  endpoint: CompiledEndpoint,
  replaced: string | null = null,
): string[] {
  const replacedName = replaced === null ? null : replaced.toLowerCase().replaceAll('_', '-');
  const { method, headers, bodyBytes } = x.outgoing ?? x;
  const { raw } = headers;
  const named = connectionOptions(raw);
  // What policies have seen holds nothing of it any more but what they wrote themselves.
  const withheld = x.outgoing === null ? x.api?.withheldHeaders : undefined;
  const out: string[] = ['host', endpoint.host];
  let via = '';
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] as string;
    const value = raw[i + 1] as string;
    const { lower, dashed, isDropped } = traitsOf(name);
    if (isDropped || dashed === replacedName || named?.has(lower) || withheld?.has(dashed)) continue;
    if (lower === 'via') via = `${via}${value}, `;
    else out.push(name, value);
  }
  const list = x.forwardedFor === '' ? x.clientIp : x.forwardedFor;
  out.push(
    'X-Forwarded-For',
    list,
    'X-Forwarded-Proto',
    x.scheme,
    'X-Forwarded-Host',
    x.authority,
    'Via',
    `${via}1.1 tollgate`,
  );
  if (bodyBytes !== null && (bodyBytes > 0 || announcesBody.has(method))) out.push('content-length', String(bodyBytes));
  return out;
}

/** The client's fields that may reach a back end: what policies of the request flow see. */
export function passedHeaders(x: Exchange): string[] {
  const { raw } = x.headers;
  const named = connectionOptions(raw);
  const withheld = x.api?.withheldHeaders;
  const out: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const { lower, dashed, isDropped } = traitsOf(raw[i] as string);
    if (isDropped || named?.has(lower) || withheld?.has(dashed)) continue;
    out.push(raw[i] as string, raw[i + 1] as string);
  }
  return out;
}
