import { describe, expect, it } from 'vitest';
import { BatchLoader } from './batch-loader.js';

/** A table whose answers wait until they are let go. */
function slowTable(rows: Map<string, string>) {
  const asked: (readonly string[])[] = [];
  const gates: (() => void)[] = [];
  const loader = new BatchLoader<string>(async (keys) => {
    asked.push(keys);
    const seen = new Map(rows); // as a statement sees the table when it begins
    await new Promise<void>((resolve) => gates.push(resolve));
    return seen;
  });
  const next = async (): Promise<void> => {
    while (gates.length === 0) await new Promise((resolve) => setImmediate(resolve));
    gates.shift()?.();
  };
  return { loader, asked, next };
}

describe('a batch loader', () => {
  it('asks once for what is asked at the same time, each key once', async () => {
    const { loader, asked, next } = slowTable(new Map([['a', '1']]));
    const answers = Promise.all([loader.load('a'), loader.load('b'), loader.load('a')]);
    await next();
    expect(await answers).toEqual(['1', null, '1']);
    expect(asked).toEqual([['a', 'b']]);
  });

  it('never gives an answer that is older than the question', async () => {
    const rows = new Map([['a', 'old']]);
    const { loader, asked, next } = slowTable(rows);
    const first = loader.load('a');
    while (asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    rows.delete('a');
    const second = loader.load('a');
    await next();
    await next();
    expect([await first, await second]).toEqual(['old', null]);
  });

  it('keeps statements short, and a failure reaches those who asked and nobody later', async () => {
    const sizes: number[] = [];
    let fails = true;
    const loader = new BatchLoader<string>(async (keys) => {
      sizes.push(keys.length);
      if (fails) throw new Error('away');
      return new Map(keys.map((key) => [key, key]));
    });
    const many = await Promise.allSettled(Array.from({ length: 250 }, (_, i) => loader.load(String(i))));
    expect(many.every(({ status }) => status === 'rejected')).toBe(true);
    fails = false;
    expect(await loader.load('x')).toBe('x');
    expect(sizes).toEqual([200, 50, 1]);
  });
});
