import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slowRows, type SlowAggregate, type SlowEvent, type SlowRule } from '../../test/slow-rule.js';
import { compileRule, requestAttributes, type Row } from './index.js';

const windows: Readonly<Record<SlowRule['window'], (size: number) => string>> = {
  running: (size) => `#throttler:timeBatch(${size}, 0)`,
  time: (size) => `#window.time(${size})`,
  length: (size) => `#window.length(${size})`,
  timeBatch: (size) => `#window.timeBatch(${size}, 0)`,
  lengthBatch: (size) => `#window.lengthBatch(${size})`,
};
const aggregates: readonly SlowAggregate[] = ['count', 'sum', 'avg', 'min', 'max', 'distinctcount', 'stddev'];
/** Numbers of single requests come out a little beside the limit when they are computed in another order. */
const limits = [0.7, 1.3, 1.9, 2.6, 4.7, 7.1];

const ruleShapes: fc.Arbitrary<SlowRule> = fc.record({
  window: fc.constantFrom(...(Object.keys(windows) as SlowRule['window'][])),
  size: fc.integer({ min: 1, max: 12 }),
  aggregate: fc.constantFrom(...aggregates),
  limit: fc.constantFrom(...limits),
  grouped: fc.boolean(),
  emits: fc.constantFrom('current' as const, 'expired' as const, 'all' as const),
  having: fc.boolean(),
});
const eventLists = fc.array(
  fc.record({
    waitMs: fc.nat(6),
    user: fc.constantFrom('a', 'b', 'c'),
    size: fc.option(fc.integer({ min: -2, max: 4 }), { freq: 5 }),
    weight: fc.integer({ min: 1, max: 4 }),
  }),
  { maxLength: 25 },
);

function textOf({ window, size, aggregate, limit, grouped, emits, having }: SlowRule): string {
  const argument = aggregate === 'count' ? '' : "cast(map:get(propertiesMap, 'messageSize'), 'long')";
  const end = window === 'running' ? 'expiryTimeStamp' : '1L as expiryTimeStamp';
  return `from RequestStream${windows[window](size)} select userId as throttleKey, ${aggregate}(${argument}) >= ${limit} as isThrottled, ${end} ${grouped ? 'group by userId' : ''} ${having ? 'having isThrottled' : ''} insert ${emits} events into ResultStream;`;
}

function rowOf({ user, size }: SlowEvent): Row {
  const properties = new Map(size === null ? [] : [['messageSize', size] as const]);
  return requestAttributes.map((name) => (name === 'userId' ? user : name === 'propertiesMap' ? properties : null));
}

function run(shape: SlowRule, events: readonly (SlowEvent & { weight?: number })[], untilMs: number) {
  const rows: { atMs: number; user: string; flag: boolean }[] = [];
  const rule = compileRule(textOf(shape)).run({
    onResult: ({ throttleKey: user, isThrottled: flag }, atMs) => rows.push({ atMs, user, flag }),
  });
  for (const event of events) rule.process(rowOf(event), event.weight ?? 1, event.atMs);
  rule.advanceTo(untilMs);
  return { rows, stats: rule.stats() };
}

/** As `run`, but after `cut` events a fresh rule takes over the state as text. */
function runInTwo(shape: SlowRule, events: readonly (SlowEvent & { weight?: number })[], untilMs: number, cut: number) {
  const rows: { atMs: number; user: string; flag: boolean }[] = [];
  const fresh = () =>
    compileRule(textOf(shape)).run({
      onResult: ({ throttleKey: user, isThrottled: flag }, atMs) => rows.push({ atMs, user, flag }),
    });
  const first = fresh();
  const second = fresh();
  for (const event of events.slice(0, cut)) first.process(rowOf(event), event.weight ?? 1, event.atMs);
  second.load(JSON.parse(JSON.stringify(first.save())));
  for (const event of events.slice(cut)) second.process(rowOf(event), event.weight ?? 1, event.atMs);
  second.advanceTo(untilMs);
  return { rows, cells: second.stats().cells };
}

function timed<E extends { waitMs: number }>(list: readonly E[]): (E & { atMs: number })[] {
  let atMs = 1;
  return list.map((event) => ({ ...event, atMs: (atMs += event.waitMs) }));
}

describe('a rule', () => {
  it('emits what a slow and obvious model emits, for every window and aggregate', () => {
    fc.assert(
      fc.property(ruleShapes, eventLists, (shape, list) => {
        const events = timed(list).map(({ atMs, user, size }) => ({ atMs, user, size }));
        const untilMs = (events.at(-1)?.atMs ?? 0) + 30;
        expect(run(shape, events, untilMs).rows).toEqual(slowRows(shape, events, untilMs));
      }),
      { numRuns: 1_500 },
    );
  });

  it('decides of equal requests folded into one event as it does of single ones', () => {
    // Windows of so many requests let requests of one fold leave between others: their arrivals are what decides.
    const running = ruleShapes.filter(
      ({ window, having, emits }) =>
        !having && window !== 'lengthBatch' && (window !== 'length' || emits === 'current'),
    );
    fc.assert(
      fc.property(running, eventLists, (shape, list) => {
        const events = timed(list);
        const untilMs = (events.at(-1)?.atMs ?? 0) + 30;
        const single = events.flatMap(({ weight, ...event }) => Array.from({ length: weight }, () => event));
        const last = (rows: { atMs: number; user: string; flag: boolean }[]) =>
          Object.fromEntries(rows.map(({ atMs, user, flag }) => [`@${atMs} ${user}`, flag]));
        expect(last(run(shape, events, untilMs).rows)).toEqual(last(run(shape, single, untilMs).rows));
      }),
      { numRuns: 500 },
    );
  });

  it('goes on in the next process exactly where it was saved, wherever that is', () => {
    fc.assert(
      fc.property(ruleShapes, eventLists, fc.nat(25), (shape, list, cut) => {
        const events = timed(list);
        const untilMs = (events.at(-1)?.atMs ?? 0) + 30;
        const { rows, stats } = run(shape, events, untilMs);
        expect(runInTwo(shape, events, untilMs, cut)).toEqual({ rows, cells: stats.cells });
      }),
      { numRuns: 1_000 },
    );
  });

  it('keeps nothing once its windows are over', () => {
    fc.assert(
      fc.property(ruleShapes, eventLists, (shape, list) => {
        const events = timed(list);
        if (shape.window === 'length' || shape.window === 'lengthBatch') return;
        expect(run(shape, events, (events.at(-1)?.atMs ?? 0) + 100).stats).toMatchObject({ cells: 0, dropped: 0 });
      }),
      { numRuns: 300 },
    );
  });

  it('is bounded: what finds no room is dropped and counted, and the rest still counts', () => {
    const text = textOf({
      window: 'running',
      size: 1_000,
      aggregate: 'count',
      limit: 1.9,
      grouped: true,
      emits: 'all',
      having: false,
    });
    const throttled = new Set<string>();
    const rule = compileRule(text).run({
      maxCells: 100,
      onResult: ({ throttleKey, isThrottled }) => isThrottled && throttled.add(throttleKey),
    });
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 1_000; i++) rule.process(rowOf({ atMs: 1, user: `u${i}`, size: null }), 1, 1);
    }
    expect(throttled.size).toBe(100);
    expect(rule.stats()).toMatchObject({ cells: 100, dropped: 1_800 });
    rule.advanceTo(1_000);
    expect(rule.stats().cells).toBe(0);
  });

  it('R-64 counts a late event in no later window', () => {
    const text = textOf({
      window: 'running',
      size: 100,
      aggregate: 'count',
      limit: 1.9,
      grouped: true,
      emits: 'current',
      having: false,
    });
    const rows: boolean[] = [];
    const rule = compileRule(text).run({ onResult: ({ isThrottled }) => rows.push(isThrottled) });
    const user = (atMs: number): [Row, number, number] => [rowOf({ atMs, user: 'a', size: null }), 1, atMs];
    rule.process(...user(50));
    rule.process(...user(120));
    rule.process(...user(90));
    rule.process(...user(110));
    expect(rows).toEqual([false, false, true]);
    expect(rule.stats().lateRequests).toBe(1);
  });
});
