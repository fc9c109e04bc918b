import type { OutgoingHttpHeaders } from 'node:http2';
import type { HeaderList } from '../pipeline/header-list.js';
import type { Refusal } from '../pipeline/verdict.js';

/** Whether a request speaks gRPC over HTTP/2 (its protocol document, "Requests"); gRPC-Web is ordinary HTTP. */
export function isGrpc(headers: HeaderList): boolean {
  const type = headers.get('content-type');
  return type !== undefined && /^application\/grpc(?:[+;]|$)/i.test(type);
}

/** Status codes of gRPC for what a gateway refuses; the rest is UNKNOWN. */
const grpcStatuses: Readonly<Record<number, number>> = {
  400: 3, // INVALID_ARGUMENT
  401: 16, // UNAUTHENTICATED
  403: 7, // PERMISSION_DENIED
  404: 12, // UNIMPLEMENTED
  405: 12,
  408: 4, // DEADLINE_EXCEEDED
  413: 8, // RESOURCE_EXHAUSTED
  429: 8,
  502: 14, // UNAVAILABLE
  503: 14,
  504: 4,
};

/** A refusal as gRPC clients read it: 200 with its status in the head, without a body ("Trailers-Only"). */
export function grpcRefusal({ status, code, message, description, headers = [] }: Refusal): OutgoingHttpHeaders {
  const retryAfter = headers[headers.findIndex((name) => name.toLowerCase() === 'retry-after') + 1];
  const hasRetry = headers.some((name, i) => i % 2 === 0 && name.toLowerCase() === 'retry-after');
  return {
    ':status': 200,
    'content-type': 'application/grpc',
    'grpc-status': String(grpcStatuses[status] ?? 2),
    'grpc-message': encodeURIComponent(`${code} ${message}: ${description}`).replaceAll('%20', ' '),
    ...(hasRetry && retryAfter !== undefined ? { 'retry-after': retryAfter } : {}),
  };
}
