import { describe, expect, it } from 'vitest';
import { Availability, lenientBreaker, type AvailabilityRules } from './availability.js';

const none: AvailabilityRules = { suspension: null, retry: null, breaker: null };
const refused = { codes: ['101503'], isStatus: false };
const late = { codes: ['101504'], isStatus: false };
const status = (code: number) => ({ codes: [String(code)], isStatus: true });

/** One call that fails, at a time. */
function fail(endpoint: Availability, atMs: number, failure = refused): void {
  endpoint.failed(failure, endpoint.begin(), atMs);
}

describe('suspension of an endpoint', () => {
  const suspension = { codes: ['101503'], initialMs: 100, maxMs: 350, factor: 2 };

  it('lasts its first duration, then the factor longer, at most its maximum', () => {
    const endpoint = new Availability({ ...none, suspension });
    let at = 0;
    for (const outMs of [100, 200, 350, 350]) {
      expect(endpoint.isIn(at)).toBe(true);
      fail(endpoint, at);
      expect([endpoint.isIn(at + outMs - 1), endpoint.isIn(at + outMs)]).toEqual([false, true]);
      at += outMs;
    }
    endpoint.succeeded(endpoint.begin(), at);
    fail(endpoint, at);
    expect([endpoint.isIn(at + 99), endpoint.isIn(at + 100)]).toEqual([false, true]);
  });

  it('begins only with the failures it names, and with every failure of transport when it names none', () => {
    const named = new Availability({ ...none, suspension });
    fail(named, 0, late);
    expect(named.isIn(1)).toBe(true);
    const every = new Availability({ ...none, suspension: { ...suspension, codes: [] } });
    fail(every, 0, status(503));
    expect(every.isIn(1)).toBe(true);
    fail(every, 0, late);
    expect(every.isIn(1)).toBe(false);
  });

  it('lets one call try when its time is over, and calls of before say nothing', () => {
    const endpoint = new Availability({ ...none, suspension });
    const old = endpoint.begin();
    fail(endpoint, 0);
    const isTrial = endpoint.begin();
    expect([isTrial, endpoint.isIn(150)]).toEqual([true, false]);
    endpoint.succeeded(old, 150);
    expect(endpoint.isIn(150)).toBe(false);
    endpoint.leave(isTrial); // its client went away
    expect(endpoint.isIn(150)).toBe(true);
    expect(endpoint.backSinceMs).toBe(0);
  });

  it('comes after so many further tries for failures that are tried again', () => {
    const endpoint = new Availability({ ...none, suspension, retry: { codes: ['101504'], times: 2, delayMs: 10 } });
    fail(endpoint, 0, late);
    expect([endpoint.isIn(9), endpoint.isIn(10)]).toEqual([false, true]);
    fail(endpoint, 10, late);
    expect([endpoint.isIn(19), endpoint.isIn(20)]).toEqual([false, true]);
    fail(endpoint, 20, late);
    expect([endpoint.isIn(119), endpoint.isIn(120)]).toEqual([false, true]);
  });
});

describe('the breaker of an endpoint', () => {
  const breaker = { ...lenientBreaker, openMs: 100, maxOpenMs: 150 };

  it('opens after 2 failures to connect or 5 bad statuses in a row (S14), and a good answer between them starts anew', () => {
    const endpoint = new Availability({ ...none, breaker });
    fail(endpoint, 0);
    endpoint.succeeded(endpoint.begin(), 0);
    fail(endpoint, 0);
    expect(endpoint.isIn(0)).toBe(true);
    endpoint.failed(status(404), endpoint.begin(), 0);
    for (let i = 0; i < 4; i++) fail(endpoint, 0, status(503));
    expect(endpoint.isIn(0)).toBe(true);
    fail(endpoint, 0, status(500));
    expect([endpoint.isIn(99), endpoint.isIn(100)]).toEqual([false, true]);
  });

  it('opens again, longer, when its trial fails, and closes when it does well', () => {
    const endpoint = new Availability({ ...none, breaker });
    fail(endpoint, 0);
    fail(endpoint, 0);
    fail(endpoint, 100);
    expect([endpoint.isIn(249), endpoint.isIn(250)]).toEqual([false, true]);
    endpoint.succeeded(endpoint.begin(), 250);
    expect([endpoint.isIn(250), endpoint.backSinceMs]).toEqual([true, 250]);
  });

  it('is firm when the publisher asked for it and a guess when nobody did', () => {
    const asked = new Availability({ ...none, breaker });
    const guess = new Availability({ ...none, breaker: lenientBreaker });
    for (const endpoint of [asked, guess, asked, guess]) fail(endpoint, 0);
    expect([asked.isIn(1), guess.isIn(1)]).toEqual([false, false]);
    expect([asked.isFirm, guess.isFirm]).toEqual([true, false]);
  });
});
