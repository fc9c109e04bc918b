import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ClientPatience } from './client-patience.js';

const pace = { idleTimeoutMs: 1_000, minBytesPerSecond: 500 };

describe('R-52 patience with a client that sends a body', () => {
  let over = 0;
  let patience: ClientPatience;
  beforeEach(() => {
    vi.useFakeTimers();
    over = 0;
    patience = new ClientPatience(pace, () => over++);
  });
  afterEach(() => {
    patience.end();
    vi.useRealTimers();
  });

  it('ends after the longest silence', () => {
    patience.wait();
    vi.advanceTimersByTime(999);
    expect(over).toBe(0);
    vi.advanceTimersByTime(2);
    expect(over).toBe(1);
  });

  it('lasts for ever while the body moves at the minimum rate', () => {
    patience.wait();
    for (let second = 0; second < 600; second++) {
      vi.advanceTimersByTime(900);
      patience.received(450);
    }
    expect(over).toBe(0);
  });

  it('ends for a trickle below the minimum rate', () => {
    patience.wait();
    for (let i = 0; i < 20; i++) {
      vi.advanceTimersByTime(100);
      patience.received(1);
    }
    expect(over).toBe(1);
  });

  it('is not used up while the back end is the slow side, and a burst earns no more than one silence', () => {
    patience.wait();
    patience.received(1_000_000);
    patience.pause();
    vi.advanceTimersByTime(60_000);
    expect(over).toBe(0);
    patience.wait();
    vi.advanceTimersByTime(1_001);
    expect(over).toBe(1);
  });
});
