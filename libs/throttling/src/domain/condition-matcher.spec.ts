import { describe, expect, it } from 'vitest';
import type { ThrottleCondition } from '../contract/index.js';
import { compileGroup, compilePattern, PatternError, type RequestFacts } from './condition-matcher.js';
import { parseIp } from './ip-match.js';

const all = { headers: true, queryParameters: true, jwtClaims: true };

function facts(ip: string, values: Record<string, string[]> = {}): RequestFacts {
  const valuesOf = (name: string): string[] => values[name] ?? [];
  return { address: () => parseIp(ip), headers: valuesOf, queryParameters: valuesOf, claims: valuesOf };
}
const address = (fixedIp: string, invert = false): ThrottleCondition => {
  return { type: 'IPCONDITION', invert, address: { fixedIp } };
};
const range = (startingIp: string, endingIp: string, invert = false): ThrottleCondition => {
  return { type: 'IPCONDITION', invert, address: { startingIp, endingIp } };
};
const header = (name: string, pattern: string, invert = false): ThrottleCondition => {
  return { type: 'HEADERCONDITION', invert, name, pattern };
};

describe('a condition group', () => {
  it.each<[string, ThrottleCondition[], RequestFacts, boolean]>([
    ['an address', [address('10.0.0.1')], facts('10.0.0.1'), true],
    ['another address', [address('10.0.0.1')], facts('10.0.0.2'), false],
    ['another address, inverted', [address('10.0.0.1', true)], facts('10.0.0.2'), true],
    ['the first of a range', [range('10.0.0.1', '10.0.0.9')], facts('10.0.0.1'), true],
    ['the last of a range', [range('10.0.0.1', '10.0.0.9')], facts('10.0.0.9'), true],
    ['behind a range', [range('10.0.0.1', '10.0.0.9')], facts('10.0.0.10'), false],
    ['within a block', [address('10.0.0.0/8')], facts('10.200.0.1'), true],
    ['within an IPv6 block', [address('2001:db8::/32')], facts('2001:db8::7'), true],
    ['within an IPv6 range', [range('2001:db8::1', '2001:db8::ff')], facts('2001:db8::a'), true],
    ['an address that cannot be read', [address('10.0.0.1', true)], facts('nonsense'), false],
    ['a pattern anywhere in the value', [header('ua', 'curl')], facts('::1', { ua: ['like curl/8'] }), true],
    ['an anchored pattern', [header('ua', '^curl$')], facts('::1', { ua: ['like curl/8'] }), false],
    ['a name in another case', [header('UA', 'curl')], facts('::1', { ua: ['curl'] }), true],
    ['the second of two fields', [header('ua', 'b')], facts('::1', { ua: ['a', 'b'] }), true],
    ['a field that is not there', [header('ua', '.*')], facts('::1'), false],
    ['a field that is not there, inverted', [header('ua', '.*', true)], facts('::1'), true],
    ['one of two conditions', [address('::1'), header('ua', 'x')], facts('::1', { ua: ['y'] }), false],
    ['both conditions', [address('::1'), header('ua', 'x')], facts('::1', { ua: ['x'] }), true],
    ['no condition', [], facts('::1'), false],
  ])('with %s', (_, conditions, request, expected) => {
    expect(compileGroup(conditions, all)(request)).toBe(expected);
  });

  it.each(['HEADERCONDITION', 'QUERYPARAMETERCONDITION', 'JWTCLAIMSCONDITION'] as const)(
    'that needs a %s never matches while that kind is switched off, inverted or not',
    (type) => {
      const off = { headers: false, queryParameters: false, jwtClaims: false };
      for (const invert of [true, false]) {
        const matches = compileGroup([{ type, invert, name: 'a', pattern: 'x' }], off);
        expect([matches(facts('::1', { a: ['x'] })), matches(facts('::1'))]).toEqual([false, false]);
      }
    },
  );
});

describe('a pattern', () => {
  it.each(['', '(?=a)', '(a)\\1', '(', 'a'.repeat(501), '(a{900}){900}', 'a{900}b{900}c{900}'])(
    '%j is refused',
    (bad) => {
      expect(() => compilePattern(bad)).toThrow(PatternError);
    },
  );

  it('R-54 that stalls backtracking engines takes time linear in the value', () => {
    const matches = compilePattern('^(a+)+$');
    const started = performance.now();
    expect(matches(`${'a'.repeat(8_000)}!`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
