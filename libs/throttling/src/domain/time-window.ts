import type { TimeUnit } from '../contract/index.js';

/** Half-open stretch of time: `startMs <= t < endMs`, milliseconds since the Unix epoch. */
export interface TimeWindow {
  readonly startMs: number;
  readonly endMs: number;
}

/** How long a window lasts: `unitTime` times `timeUnit`. */
export interface WindowLength {
  readonly unitTime: number;
  readonly timeUnit: TimeUnit;
}

const spellings: Readonly<Record<string, TimeUnit>> = {
  s: 'sec',
  sec: 'sec',
  secs: 'sec',
  second: 'sec',
  seconds: 'sec',
  min: 'min',
  mins: 'min',
  minute: 'min',
  minutes: 'min',
  hour: 'hour',
  hours: 'hour',
  day: 'day',
  days: 'day',
  week: 'week',
  weeks: 'week',
  month: 'month',
  months: 'month',
  year: 'year',
  years: 'year',
};

/** Accepts every spelling that the contracts and portals use, in any case; `null` for anything else. */
export function parseTimeUnit(text: string): TimeUnit | null {
  const name = text.trim().toLowerCase();
  return Object.hasOwn(spellings, name) ? (spellings[name] ?? null) : null;
}

const unitMs = { sec: 1_000, min: 60_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000 } as const;

/** Last moment that a `Date` can hold; a window that would end later ends here. */
const maxTimeMs = 8.64e15;

/**
 * The window that contains `atMs`. Seconds to weeks: multiples of the length since the Unix epoch, in UTC, so a week
 * begins on Thursday 00:00 UTC (1970-01-01 was one). Months and years: the UTC calendar, in blocks of `unitTime`
 * counted from January 1970, so that 3 months are the quarters of the year.
 */
export function windowOf(length: WindowLength, atMs: number): TimeWindow {
  const { unitTime, timeUnit } = length;
  if (timeUnit === 'month') return monthsWindow(unitTime, atMs);
  if (timeUnit === 'year') return monthsWindow(unitTime * 12, atMs);
  const lengthMs = unitMs[timeUnit] * unitTime;
  const startMs = Math.floor(atMs / lengthMs) * lengthMs;
  return { startMs, endMs: Math.min(startMs + lengthMs, maxTimeMs) };
}

function monthsWindow(months: number, atMs: number): TimeWindow {
  const at = new Date(atMs);
  const monthsSinceEpoch = (at.getUTCFullYear() - 1970) * 12 + at.getUTCMonth();
  const first = Math.floor(monthsSinceEpoch / months) * months;
  return { startMs: startOfMonth(first), endMs: startOfMonth(first + months) };
}

function startOfMonth(monthsSinceEpoch: number): number {
  const ms = Date.UTC(1970, monthsSinceEpoch);
  return Number.isNaN(ms) ? maxTimeMs : ms;
}
