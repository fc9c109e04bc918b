import { describe, expect, it } from 'vitest';
import { EventTime } from './event-time.js';

const hourMs = 3_600_000;

function timeAt(ownMs: number) {
  const state = { ownMs };
  const time = new EventTime({ nowMs: () => state.ownMs }, 300_000);
  return { state, time };
}

describe('The time of windows', () => {
  it('is the own clock where gateways agree with it, the time of a batch on its way included', () => {
    const { time } = timeAt(hourMs);
    time.hear('gateway-1', hourMs - 150);
    expect(time.nowMs()).toBe(hourMs);
  });

  it.each([90_000, -90_000])('is that of the gateways where the own clock is %i ms off', (off) => {
    const { state, time } = timeAt(hourMs + off);
    time.hear('gateway-1', hourMs - 100);
    time.hear('gateway-2', hourMs - 120);
    if (off > 0) expect(Math.abs(time.nowMs() - hourMs)).toBeLessThanOrEqual(150);
    state.ownMs += 2_000;
    expect(Math.abs(time.nowMs() - hourMs - 2_000)).toBeLessThanOrEqual(150);
    state.ownMs += 8_000;
    expect(Math.abs(time.nowMs() - hourMs - 10_000)).toBeLessThanOrEqual(150);
  });

  it('stays the own one as long as one gateway agrees with it', () => {
    const { time } = timeAt(hourMs);
    time.hear('fast', hourMs + 90_000);
    time.hear('slow', hourMs - 90_000);
    time.hear('right', hourMs - 100);
    expect(time.nowMs()).toBe(hourMs);
  });

  it('is that of what waited while it is worked off', () => {
    const { time } = timeAt(hourMs);
    for (const behindMs of [60_000, 40_000, 20_000]) {
      time.hear('gateway-1', hourMs - behindMs);
      expect(time.nowMs()).toBe(hourMs - behindMs);
    }
    time.hear('gateway-1', hourMs - 100);
    expect(time.nowMs()).toBe(hourMs);
  });

  it('has not begun just after the start: nothing is over before a gateway could be heard', () => {
    const { state, time } = timeAt(hourMs);
    expect(time.nowMs()).toBe(0);
    state.ownMs += 5_000;
    expect(time.nowMs()).toBe(hourMs + 5_000);
  });

  it('does not follow one that is ahead before others could be heard', () => {
    const { time } = timeAt(hourMs);
    time.hear('fast', hourMs + 90_000);
    expect(time.nowMs()).toBe(hourMs);
    time.hear('right', hourMs - 100);
    expect(time.nowMs()).toBe(hourMs);
  });

  it('takes nothing from a sender whose clock is nonsense', () => {
    const { time } = timeAt(hourMs);
    time.hear('gateway-1', hourMs - 100);
    time.hear('lost', hourMs + 24 * hourMs);
    expect(time.nowMs()).toBe(hourMs);
  });

  it('forgets who has been silent for long', () => {
    const { state, time } = timeAt(hourMs);
    time.hear('gone', hourMs - 100);
    state.ownMs += 90_000; // the own clock steps forward
    time.hear('gateway-1', hourMs);
    expect(time.nowMs()).toBe(hourMs);
  });
});
