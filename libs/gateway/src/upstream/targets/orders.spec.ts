import { describe, expect, it } from 'vitest';
import { HeaderList } from '../../pipeline/header-list.js';
import { Exchange } from '../../pipeline/exchange.js';
import { compileEndpoint } from '../endpoint.js';
import { consistentHash, failover, leastConnections, roundRobin, type Order } from './orders.js';
import { Target, unchecked } from './target.js';

const rules = { suspension: null, retry: null, breaker: null };
const target = (name: string, weight = 1, slowStartMs = 0, health = unchecked): Target =>
  new Target(compileEndpoint(`http://${name}`), { url: `http://${name}`, weight }, rules, slowStartMs, health);

function exchange(user = ''): Exchange {
  const headers = new HeaderList(['x-user-id', user]);
  const rest = { authority: 'a', path: '/', query: '', clientIp: '10.0.0.1', forwardedFor: '', bodyBytes: 0 };
  return new Exchange({ method: 'GET', scheme: 'http', host: 'a', headers, ...rest }, 0);
}

const all = (): boolean => true;
function picks(order: Order, count: number, isFree: (each: Target) => boolean = all, nowMs = 0): string[] {
  return Array.from({ length: count }, () => order(exchange(), nowMs, isFree)?.endpoint.host ?? '-');
}
const share = (names: string[], name: string): number => names.filter((each) => each === name).length / names.length;

describe('the order of endpoints', () => {
  it('in turn keeps to the weights: 3 to 1 of 4000 calls is 3000 to 1000 (R17)', () => {
    const order = roundRobin([target('a', 3), target('b')]);
    const names = picks(order, 4_000);
    expect(share(names, 'a')).toBe(0.75);
    expect(names.slice(0, 4).toSorted()).toEqual(['a', 'a', 'a', 'b']);
  });

  it('in turn passes over those that are out, and gives nothing when all are', () => {
    const order = roundRobin([target('a'), target('b'), target('c')]);
    expect(new Set(picks(order, 10, (each) => each.endpoint.host !== 'b'))).toEqual(new Set(['a', 'c']));
    expect(picks(order, 1, () => false)).toEqual(['-']);
  });

  it('gives one that has just come back its share little by little (F-46)', () => {
    const back = { isWell: true, wellSinceMs: 1_000 };
    const order = roundRobin([target('a'), target('b', 1, 10_000, back)]);
    const shares = [1_000, 6_000, 11_000].map((nowMs) => share(picks(order, 1_100, all, nowMs), 'b'));
    expect(shares[0]).toBeCloseTo(1 / 11, 2);
    expect(shares[1]).toBeCloseTo(1 / 3, 2);
    expect(shares[2]).toBeCloseTo(1 / 2, 2);
  });

  it('of failover is that of the configuration', () => {
    const order = failover([target('a'), target('b'), target('c')]);
    expect(picks(order, 2)).toEqual(['a', 'a']);
    expect(picks(order, 1, (each) => each.endpoint.host !== 'a')).toEqual(['b']);
  });

  it('by least connections prefers the one with fewer calls under way for its weight (R18)', () => {
    const [a, b] = [target('a'), target('b', 4)];
    a.active = 1;
    b.active = 5;
    expect(picks(leastConnections([a, b]), 4)).toEqual(['b', 'b', 'b', 'b']);
    b.active = 8;
    expect(picks(leastConnections([a, b]), 2)).toEqual(['a', 'a']);
    a.active = b.active = 0;
    const equal = picks(leastConnections([a, target('c')]), 10);
    expect(share(equal, 'a')).toBe(0.5);
  });

  it('by hash keeps a caller at its endpoint, and one of ten that goes moves at most 15 % of them (R19)', () => {
    const targets = Array.from({ length: 10 }, (_, i) => target(`t${i}`));
    const order = consistentHash(targets, (x) => x.headers.get('x-user-id') ?? '');
    const users = Array.from({ length: 5_000 }, (_, i) => `user-${i}`);
    const places = (isFree: (each: Target) => boolean) =>
      users.map((user) => order(exchange(user), 0, isFree)?.endpoint.host ?? '-');
    const before = places(all);
    expect(places(all)).toEqual(before);
    for (const { endpoint } of targets) expect(share(before, endpoint.host)).toBeGreaterThan(0.06);
    const after = places((each) => each.endpoint.host !== 't3');
    const moved = before.filter((host, i) => host !== after[i]);
    expect(new Set(moved)).toEqual(new Set(['t3']));
    expect(moved.length / users.length).toBeLessThan(0.15);
  });
});
