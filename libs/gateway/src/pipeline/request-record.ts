import type { AnswerOutcome } from '../http/client-answer.js';
import type { Exchange } from '../pipeline/exchange.js';

/** What is told of one request when its answer is over: for an access log. Never a query, a token or a body. */
export interface RequestRecord {
  /** When it came, ISO 8601. */
  readonly at: string;
  readonly durationMs: number;
  readonly clientIp: string;
  readonly method: string;
  readonly scheme: 'http' | 'https';
  readonly host: string;
  /** In its normal form, without the query. */
  readonly path: string;
  /** 0: the client went before there was an answer. */
  readonly status: number;
  /** Who made the answer, `null` when there was none. */
  readonly source: 'gateway' | 'back-end' | null;
  /** Code of the gateway's refusal; empty when it let the request pass. */
  readonly code: string;
  /** false: the answer was broken off. */
  readonly isComplete: boolean;
  readonly api: string | null;
  readonly version: string | null;
  readonly organization: string | null;
  readonly operation: string | null;
  readonly application: string | null;
  readonly user: string | null;
  readonly credential: string;
  readonly keyType: string | null;
  /** Back end that was called last. */
  readonly backEnd: string | null;
  /** Of both bodies, as far as they passed. */
  readonly bytes: number;
  /** Of the caller's trace (W3C Trace Context), `null` without one. */
  readonly traceId: string | null;
}

const traceParent = /^[\da-f]{2}-(?!0{32})([\da-f]{32})-[\da-f]{16}-[\da-f]{2}(?:-|$)/;

export function requestRecord(x: Exchange, outcome: AnswerOutcome, nowMs: number): RequestRecord {
  const isKnown = x.credential !== 'none';
  return {
    at: new Date(x.receivedAtMs).toISOString(),
    durationMs: nowMs - x.receivedAtMs,
    clientIp: x.clientIp,
    method: x.method,
    scheme: x.scheme,
    host: x.host,
    path: x.path,
    status: outcome.status,
    source: outcome.source,
    code: outcome.code,
    isComplete: outcome.isComplete,
    api: x.api?.api.name ?? null,
    version: x.api?.api.version ?? null,
    organization: x.api?.api.organization ?? null,
    operation: x.operation === null ? null : `${x.operation.record.verb} ${x.operation.record.target}`,
    application: x.application?.name ?? null,
    user: isKnown ? x.userId : null,
    credential: x.credential,
    keyType: isKnown ? x.keyType : null,
    backEnd: x.endpoint?.origin ?? null,
    bytes: x.transferredBytes,
    traceId: traceParent.exec(x.headers.get('traceparent') ?? '')?.[1] ?? null,
  };
}
