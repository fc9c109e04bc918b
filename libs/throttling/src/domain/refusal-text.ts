const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `2026-Jan-05 10:33:00+0000 UTC`, rounded up to the whole second, so that the time named is never too early. */
export function nextAccessTime(untilMs: number): string {
  const at = new Date(Math.ceil(untilMs / 1_000) * 1_000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = `${at.getUTCFullYear()}-${monthNames[at.getUTCMonth()]}-${two(at.getUTCDate())}`;
  return `${date} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}+0000 UTC`;
}

/** Value of the `Retry-After` field as an HTTP-date (RFC 9110 section 5.6.7), rounded up to the whole second. */
export function retryAfter(untilMs: number): string {
  return new Date(Math.ceil(untilMs / 1_000) * 1_000).toUTCString();
}

/** The description in the body of a quota refusal; the odd space before the full stop is what clients know. */
export function quotaDescription(untilMs: number): string {
  return `You have exceeded your quota .You can access API after ${nextAccessTime(untilMs)}`;
}

/** What a caller is told, by what refused: status, code and message of the field, and whether a time can be named. */
export const throttleRefusals = {
  api: { status: 429, code: '900800', message: 'Message throttled out', namesTime: true },
  hardLimit: { status: 503, code: '900801', message: 'API Limit Reached', namesTime: false },
  resource: { status: 429, code: '900802', message: 'Message throttled out', namesTime: true },
  application: { status: 429, code: '900803', message: 'Message throttled out', namesTime: true },
  subscription: { status: 429, code: '900804', message: 'Message throttled out', namesTime: true },
  events: { status: 429, code: '900808', message: 'Message throttled out', namesTime: true },
  denied: { status: 403, code: '900805', message: 'Message blocked', namesTime: false },
  custom: { status: 429, code: '900806', message: 'Message throttled out', namesTime: true },
  burst: { status: 429, code: '900807', message: 'Message throttled out', namesTime: false },
} as const;
export type ThrottleReason = keyof typeof throttleRefusals;

/** Descriptions of the refusals that name no time. */
export const hardLimitDescription = 'API not accepting requests';
export const deniedDescription = 'You have been blocked from accessing the resource';
