import { describe, expect, it } from 'vitest';
import { accountLimits, addressLimits, waitAfter } from './sign-in-delay.js';

describe('R-70 the wait after failed sign-ins', () => {
  it('is nothing for a few, then doubles up to a quarter of an hour', () => {
    expect([0, 4, 5, 6, 10, 14, 15, 99].map((n) => waitAfter(n, accountLimits) / 1000)).toEqual([
      0, 0, 1, 2, 32, 512, 900, 900,
    ]);
    expect([99, 100, 101].map((n) => waitAfter(n, addressLimits) / 1000)).toEqual([0, 60, 120]);
  });

  it('lets at most 100 failures in a row pass before an account stays closed for a day', () => {
    expect(waitAfter(100, accountLimits)).toBe(86_400_000);
    const hundred = Array.from({ length: 100 }, (_, n) => waitAfter(n, accountLimits)).reduce((a, b) => a + b, 0);
    expect(hundred).toBeGreaterThan(20 * 3_600_000); // somebody who guesses needs most of a day for them
  });
});
