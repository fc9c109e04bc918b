import { AnswerRefused } from '../mediation/answer-refused.js';
import { statusRefusal, type Refusal } from '../pipeline/verdict.js';

/**
 * What the caller is told when the back end fails. The field's transport codes with the statuses of its newer
 * releases and of RFC 9110, because they tell a client whether trying again makes sense; older releases answered 500
 * to all of them:
 *
 *   101503  503  no connection: refused, unreachable, unknown name, address not allowed
 *   101503  503  no token for the back end
 *   101504  504  no connection or no answer in time
 *   101505  502  closed, or broke the protocol, before its answer was complete
 *   101506  502  the answer of an API of event streams is none
 *   101500  502  TLS failed: the certificate is not trusted, or no common version
 *   408     408  not the back end's failure: the caller stopped sending its body
 *   413     413  not the back end's failure: the caller's body grew beyond the limit while it was passed on
 */
export function refusalOfUpstreamError(error: unknown): Refusal {
  if (error instanceof AnswerRefused) return error.refusal;
  const code = codeOf(error);
  if (code === 'BODY_TOO_LARGE') {
    return statusRefusal(413, 'Content Too Large', 'The body is longer than this gateway takes.', { close: true });
  }
  if (code === 'BODY_TIMEOUT') {
    return statusRefusal(408, 'Request Timeout', 'The body did not arrive in time.', { close: true });
  }
  if (timeouts.has(code)) return fault(504, '101504', 'The back end did not answer in time.');
  if (unreachable.has(code)) return fault(503, '101503', 'Error connecting to the back end');
  if (code === 'UPSTREAM_BUSY') return fault(503, '101503', 'Too many requests wait for the back end.');
  if (code === 'UPSTREAM_NO_CREDENTIAL') {
    return fault(503, '101503', 'The gateway could not get a token for the back end. Try again shortly.');
  }
  if (code === 'ADDRESS_FORBIDDEN') {
    return fault(503, '101503', 'The back end has a private address that this gateway is not allowed to call.');
  }
  if (code === 'UPSTREAM_NO_EVENT_STREAM') {
    return fault(
      502,
      '101506',
      'The back end did not answer with a stream of events (text/event-stream, not compressed).',
    );
  }
  if (isTlsError(code)) return fault(502, '101500', 'No secure connection to the back end could be made.');
  return fault(502, '101505', 'The back end closed the connection before its answer was complete.');
}

function fault(status: number, code: string, description: string): Refusal {
  return statusRefusal(status, 'Runtime Error', description, { code });
}

const timeouts = new Set([
  'UPSTREAM_HEADERS_TIMEOUT',
  'UPSTREAM_IDLE_TIMEOUT',
  'UPSTREAM_CONNECT_TIMEOUT',
  'ETIMEDOUT',
]);
export const unreachable: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'EMFILE',
]);

export function isTlsError(code: string): boolean {
  return /^(ERR_TLS|ERR_SSL|CERT_|EPROTO$|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH)/.test(code);
}

/** The code of the error, or of the first one it wraps (several addresses tried: an AggregateError). */
export function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return '';
}
