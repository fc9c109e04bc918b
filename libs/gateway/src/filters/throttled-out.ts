import {
  hardLimitDescription,
  nextAccessTime,
  quotaDescription,
  retryAfter,
  throttleRefusals,
  windowOf,
  type QuotaLevel,
  type ThrottleReason,
} from '@tollgate/throttling/domain';
import type { Refusal } from '../pipeline/verdict.js';

/**
 * The answer to a request over a quota: the field's code and texts, when to come back (`Retry-After` as an HTTP-date),
 * and `RateLimit`/`RateLimit-Policy` as the IETF httpapi draft writes them (structured fields, RFC 9651).
 */
export function throttledOut(
  reason: ThrottleReason,
  policyName: string,
  level: QuotaLevel,
  untilMs: number,
  nowMs: number,
): Refusal {
  const { status, code, message, namesTime } = throttleRefusals[reason];
  const description = reason === 'hardLimit' ? hardLimitDescription : quotaDescription(untilMs);
  const headers = ['Retry-After', retryAfter(untilMs), ...rateLimitFields(policyName, level, untilMs, nowMs)];
  const refusal: Refusal = { kind: 'throttling', status, code, message, description, headers };
  return namesTime ? { ...refusal, nextAccessTime: nextAccessTime(untilMs) } : refusal;
}

function rateLimitFields(policyName: string, level: QuotaLevel, untilMs: number, nowMs: number): string[] {
  const name = `"${policyName.replaceAll(/[^\x20-\x7e]/g, '?').replaceAll(/["\\]/g, '\\$&')}"`;
  const { startMs, endMs } = windowOf(level, nowMs);
  const windowSeconds = Math.max(1, Math.round((endMs - startMs) / 1000));
  const leftSeconds = Math.max(1, Math.ceil((untilMs - nowMs) / 1000));
  return [
    'RateLimit-Policy',
    `${name};q=${level.quota};w=${windowSeconds}`,
    'RateLimit',
    `${name};r=0;t=${leftSeconds}`,
  ];
}
