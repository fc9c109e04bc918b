import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchMemory } from './batch-memory.js';

describe('BatchMemory', () => {
  it('knows exactly the numbers seen while they come within its window, in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(63), { maxLength: 200 }), (numbers) => {
        const memory = new BatchMemory({ windowSize: 64 });
        const model = new Set<number>();
        for (const seq of numbers) {
          expect(memory.remember('p', seq)).toBe(!model.has(seq));
          model.add(seq);
        }
      }),
    );
  });

  it('never takes a number twice as new, also when numbers jump far', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2_000), { maxLength: 300 }), (numbers) => {
        const memory = new BatchMemory({ windowSize: 64 });
        const taken = numbers.filter((seq) => memory.remember('p', seq));
        expect(new Set(taken).size).toBe(taken.length);
      }),
    );
  });

  it('forgets the publisher that has been silent longest', () => {
    const memory = new BatchMemory({ maxPublishers: 2 });
    for (const publisher of ['a', 'b', 'a', 'c']) memory.remember(publisher, 1);
    expect(memory.state().publishers.map(({ publisher }) => publisher)).toEqual(['a', 'c']);
  });
});
