import { describe, expect, it } from 'vitest';
import { TokenCache } from './token-cache.js';

const end = 'x'.repeat(40);

describe('R-40 the token cache', () => {
  it('knows a token by all of its text: another one with the same end is another token', () => {
    const cache = new TokenCache<string>(10);
    cache.set(`payload.${end}`, 'one');
    expect([cache.get(`payload.${end}`), cache.get(`other.${end}`), cache.get(end)]).toEqual([
      'one',
      undefined,
      undefined,
    ]);
    cache.delete(`other.${end}`);
    expect(cache.get(`payload.${end}`)).toBe('one');
    cache.delete(`payload.${end}`);
    expect(cache.get(`payload.${end}`)).toBeUndefined();
  });

  it('keeps the last of two tokens with the same end, and short ones', () => {
    const cache = new TokenCache<string>(10);
    cache.set(`a.${end}`, 'a');
    cache.set(`b.${end}`, 'b');
    cache.set('short', 's');
    expect([cache.get(`a.${end}`), cache.get(`b.${end}`), cache.get('short')]).toEqual([undefined, 'b', 's']);
  });

  it('holds no more than its capacity, and what is used longest', () => {
    const cache = new TokenCache<number>(10);
    for (let i = 0; i < 100; i++) {
      cache.set(`token-${i}-${end.slice(0, 20)}`, i);
      expect(cache.get(`token-0-${end.slice(0, 20)}`)).toBe(0);
      expect(cache.size).toBeLessThanOrEqual(10);
    }
  });
});
