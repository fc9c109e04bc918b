import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeUnits } from '../contract/index.js';
import { parseTimeUnit, windowOf } from './time-window.js';

const at = (text: string) => Date.parse(text);
const window = (unitTime: number, timeUnit: (typeof timeUnits)[number], time: string) => {
  const { startMs, endMs } = windowOf({ unitTime, timeUnit }, at(time));
  return [new Date(startMs).toISOString(), new Date(endMs).toISOString()];
};

describe('parseTimeUnit', () => {
  it.each([
    ['s', 'sec'],
    ['sec', 'sec'],
    ['second', 'sec'],
    ['seconds', 'sec'],
    ['min', 'min'],
    ['minute', 'min'],
    ['minutes', 'min'],
    ['hour', 'hour'],
    ['hours', 'hour'],
    ['day', 'day'],
    ['days', 'day'],
    ['week', 'week'],
    ['weeks', 'week'],
    ['month', 'month'],
    ['months', 'month'],
    ['year', 'year'],
    ['years', 'year'],
    [' Minutes ', 'min'],
  ])('reads "%s" as %s', (text, unit) => expect(parseTimeUnit(text)).toBe(unit));

  it.each(['', 'm', 'fortnight', 'constructor', '__proto__', 'min utes'])('refuses "%s"', (text) =>
    expect(parseTimeUnit(text)).toBeNull(),
  );
});

describe('windowOf', () => {
  it('aligns a minute to the UTC minute', () =>
    expect(window(1, 'min', '2026-01-05T10:32:59.999Z')).toEqual([
      '2026-01-05T10:32:00.000Z',
      '2026-01-05T10:33:00.000Z',
    ]));

  it('gives the moment on the edge to the new window', () =>
    expect(window(1, 'min', '2026-01-05T10:33:00.000Z')[0]).toBe('2026-01-05T10:33:00.000Z'));

  it('begins a week on Thursday 00:00 UTC', () =>
    expect(window(1, 'week', '2026-01-05T10:32:59Z')).toEqual([
      '2026-01-01T00:00:00.000Z',
      '2026-01-08T00:00:00.000Z',
    ]));

  it('takes months from the calendar', () =>
    expect(window(1, 'month', '2024-02-29T23:59:59Z')).toEqual([
      '2024-02-01T00:00:00.000Z',
      '2024-03-01T00:00:00.000Z',
    ]));

  it('makes quarters of three months and halves a decade into blocks of five years', () => {
    expect(window(3, 'month', '2026-05-20T00:00:00Z')).toEqual([
      '2026-04-01T00:00:00.000Z',
      '2026-07-01T00:00:00.000Z',
    ]);
    expect(window(5, 'year', '2026-05-20T00:00:00Z')).toEqual(['2025-01-01T00:00:00.000Z', '2030-01-01T00:00:00.000Z']);
  });

  it('contains the moment it is asked for, and the next one begins where it ends', () => {
    const moments = fc.integer({ min: 0, max: 4e12 });
    const lengths = fc.record({
      unitTime: fc.integer({ min: 1, max: 1_000 }),
      timeUnit: fc.constantFrom(...timeUnits),
    });
    fc.assert(
      fc.property(lengths, moments, (length, atMs) => {
        const { startMs, endMs } = windowOf(length, atMs);
        expect(startMs).toBeLessThanOrEqual(atMs);
        expect(endMs).toBeGreaterThan(atMs);
        expect(windowOf(length, endMs - 1)).toEqual({ startMs, endMs });
        expect(windowOf(length, endMs).startMs).toBe(endMs);
      }),
    );
  });

  it('stays finite for absurd lengths', () => {
    for (const timeUnit of timeUnits) {
      const { startMs, endMs } = windowOf({ unitTime: Number.MAX_SAFE_INTEGER, timeUnit }, at('2026-01-01T00:00:00Z'));
      expect(startMs).toBe(0);
      expect(endMs).toBe(8.64e15);
    }
  });
});
