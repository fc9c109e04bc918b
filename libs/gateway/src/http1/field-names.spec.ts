import { describe, expect, it } from 'vitest';
import { knownName, knownNames, lowerName, nextHash } from './field-names.js';

function found(text: string): string | null {
  const bytes = Buffer.from(`xx${text}yy`, 'latin1');
  let hash = 0;
  for (let i = 2; i < bytes.length - 2; i++) hash = nextHash(hash, bytes[i] as number);
  return knownName(bytes, 2, bytes.length - 2, hash);
}

describe('known field names', () => {
  it('are found in the bytes of a head, each in its own spelling', () => {
    expect(knownNames.map(found)).toEqual(knownNames);
    expect(knownNames).toEqual(expect.arrayContaining(['Host', 'host', 'ETag', 'etag', 'WWW-Authenticate']));
  });

  it.each(['', 'hOst', 'Hos', 'Hostt', 'X-Mine', '__proto__', 'constructor'])('do not hold %j', (name) => {
    expect(found(name)).toBeNull();
  });

  it('are told from others of the same hash by their bytes', () => {
    // Via and VjB: the second byte is one more, so the third is 31 less.
    expect([found('VjB'), found('vjB')]).toEqual([null, null]);
  });

  it('have one lower case, as every other name has', () => {
    for (const name of [...knownNames, 'X-Mine', 'CONTENT-TYPE']) expect(lowerName(name)).toBe(name.toLowerCase());
  });
});
