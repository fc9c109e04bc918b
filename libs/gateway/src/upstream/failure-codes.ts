import type { CallFailure } from './targets/availability.js';
import { codeOf, isTlsError, unreachable } from './upstream-error.js';

/** Failures in which not a byte of the request has left: any method may be sent elsewhere. */
export function isUnsent(error: Error): boolean {
  const code = codeOf(error);
  return (
    code === 'UPSTREAM_CONNECT_TIMEOUT' || code === 'ADDRESS_FORBIDDEN' || unreachable.has(code) || isTlsError(code)
  );
}

/** The connection ended under the request; a back end may or may not have begun to work. */
export function isCutOff(error: Error): boolean {
  const code = codeOf(error);
  return code === 'UPSTREAM_CLOSED' || code === 'ECONNRESET' || code === 'EPIPE';
}

/**
 * The field's names of a failure, as `suspendErrorCode` and `retryErroCode` list them; `null` when it is none of the back
 * end: too many calls wait here, or the caller's body ended.
 */
export function failureOf(error: Error): CallFailure | null {
  const codes = transportCodes(codeOf(error));
  return codes === null ? null : { codes, isStatus: false };
}

function transportCodes(code: string): readonly string[] | null {
  if (
    code === 'UPSTREAM_NO_CREDENTIAL' ||
    code === 'UPSTREAM_BUSY' ||
    code === 'BODY_TOO_LARGE' ||
    code === 'BODY_TIMEOUT'
  )
    return null;
  if (code === 'UPSTREAM_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') return ['101508', '101503', '101504'];
  if (code === 'UPSTREAM_HEADERS_TIMEOUT') return ['101504'];
  if (code === 'UPSTREAM_IDLE_TIMEOUT') return ['101504', '101001'];
  if (code === 'UPSTREAM_MALFORMED' || code === 'UPSTREAM_NO_EVENT_STREAM') return ['101506', '101510'];
  if (code === 'ADDRESS_FORBIDDEN' || unreachable.has(code)) return ['101503'];
  if (isTlsError(code)) return ['101500'];
  return ['101505', '101500', '101000'];
}
