import { expect, it } from 'vitest';
import { nextAccessTime, quotaDescription, retryAfter } from './refusal-text.js';

it('writes the time of the next access as clients know it', () => {
  const untilMs = Date.parse('2026-01-05T10:33:00Z');
  expect(nextAccessTime(untilMs)).toBe('2026-Jan-05 10:33:00+0000 UTC');
  expect(quotaDescription(untilMs)).toBe(
    'You have exceeded your quota .You can access API after 2026-Jan-05 10:33:00+0000 UTC',
  );
  expect(retryAfter(untilMs)).toBe('Mon, 05 Jan 2026 10:33:00 GMT');
});

it('R-65 never names a time that is too early', () => {
  expect(retryAfter(Date.parse('2026-01-05T10:33:00.001Z'))).toBe('Mon, 05 Jan 2026 10:33:01 GMT');
});
