import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestEventSchema } from '../contract/index.js';
import { RequestEventAggregator, type RequestAttributes } from './request-event-aggregator.js';

function attributes(more: Partial<RequestAttributes> = {}): RequestAttributes {
  return {
    appKey: '1:bob@carbon.super',
    appTier: '10PerMin',
    subscriptionKey: '1:/p/1:1:Gold',
    subscriptionTier: 'Gold',
    apiKey: '',
    apiTier: '',
    resourceKey: '/p/1/1/menu:GET',
    resourceTier: '10KPerMin',
    matchedConditions: '0,2',
    userId: 'bob@carbon.super',
    apiContext: '/p/1',
    apiVersion: '1',
    apiTenant: 'carbon.super',
    appTenant: 'carbon.super',
    appId: '1',
    apiName: 'P',
    ...more,
  };
}

describe('RequestEventAggregator', () => {
  it('folds equal requests of one second into one event of the shape that travels', () => {
    const aggregator = new RequestEventAggregator();
    for (let i = 0; i < 5; i++) aggregator.add(attributes(), 10_200 + i);
    aggregator.addBytes(attributes(), 10_300, 500);
    const events = aggregator.drain(10);
    expect(events).toEqual([{ ...attributes(), windowStart: 10_200, count: 5, bytes: 500, events: 5 }]);
    expect(requestEventSchema.parse(events[0])).toEqual(events[0]);
    expect(aggregator.drain(10)).toEqual([]);
  });

  it('starts a new event with the next second, so that no window edge divides one', () => {
    const aggregator = new RequestEventAggregator();
    aggregator.add(attributes(), 10_999);
    aggregator.add(attributes(), 11_000);
    expect(aggregator.drain(10).map((event) => event.windowStart)).toEqual([10_999, 11_000]);
  });

  it('keeps requests apart that differ in any attribute', () => {
    const aggregator = new RequestEventAggregator();
    const names = Object.keys(attributes()) as (keyof RequestAttributes)[];
    for (const name of names) for (let i = 0; i < 2; i++) aggregator.add(attributes({ [name]: 'other' }), 1_000);
    const events = aggregator.drain(100);
    expect(events).toHaveLength(names.length);
    expect(events.every((event) => event.count === 2)).toBe(true);
  });

  it('tells bytes that come a second after their request in an event that counts no request', () => {
    const aggregator = new RequestEventAggregator();
    aggregator.add(attributes(), 10_900);
    aggregator.addBytes(attributes(), 11_100, 70);
    const events = aggregator.drain(10);
    expect(events.map(({ count, bytes }) => [count, bytes])).toEqual([
      [1, 0],
      [0, 70],
    ]);
    expect(requestEventSchema.parse(events[1])).toEqual(events[1]);
  });

  it('counts what does not fit and still folds what does', () => {
    const aggregator = new RequestEventAggregator({ maxPending: 1 });
    aggregator.add(attributes(), 1_000);
    aggregator.add(attributes({ userId: 'eve' }), 1_000);
    aggregator.add(attributes(), 1_000);
    expect(aggregator.stats()).toEqual({ pendingEvents: 1, droppedRequests: 1 });
    expect(aggregator.drain(1)[0]?.count).toBe(2);
  });

  it('loses and invents no request however it is drained', () => {
    const step = fc.oneof(
      fc.record({ user: fc.constantFrom('a', 'b', 'c'), stepMs: fc.nat(700) }),
      fc.record({ drain: fc.nat(3) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const aggregator = new RequestEventAggregator();
        const [added, drained] = [new Map<string, number>(), new Map<string, number>()];
        const count = (into: Map<string, number>, atMs: number, user: string, by: number) =>
          into.set(`${user}@${Math.floor(atMs / 1_000)}`, (into.get(`${user}@${Math.floor(atMs / 1_000)}`) ?? 0) + by);
        const take = (max: number) => {
          for (const event of aggregator.drain(max)) count(drained, event.windowStart, event.userId, event.count);
        };
        let nowMs = 0;
        for (const one of steps) {
          if ('drain' in one) take(one.drain);
          else {
            nowMs += one.stepMs;
            aggregator.add(attributes({ userId: one.user }), nowMs);
            count(added, nowMs, one.user, 1);
          }
        }
        take(1_000);
        expect(drained).toEqual(added);
      }),
    );
  });
});
