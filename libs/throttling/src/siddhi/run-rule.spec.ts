import { describe, expect, it } from 'vitest';
import { compileRule, requestAttributes, type Value } from './index.js';

/** A full UTC minute. */
const start = 1_800_000_000_000;
const batch = '#throttler:timeBatch(1 min, 0)';
const all = 'insert all events into ResultStream;';
const perUser = (condition: string) =>
  `select userId as throttleKey, ${condition} as isThrottled, expiryTimeStamp group by userId ${all}`;
const rule4 = (insert: string) =>
  `from RequestStream${batch} select userId as throttleKey, count() >= 2 as isThrottled, expiryTimeStamp group by userId ${insert} into ResultStream;`;

interface Request {
  readonly [attribute: string]: string | null | Record<string, string | number>;
}

/** Events as `[milliseconds, user, more attributes]`. */
type Event = readonly [number, string | null, Request?];

/** Runs a rule and writes what comes out as `@time key F|T end`, times relative to the start. */
function run(text: string, events: readonly Event[], untilMs = 0): string[] {
  const shown: string[] = [];
  const rule = compileRule(text).run({
    onResult: ({ throttleKey, isThrottled, expiryTimeStamp }, atMs) => {
      shown.push(`@${atMs - start} ${throttleKey} ${isThrottled ? 'T' : 'F'} ${expiryTimeStamp - start}`);
    },
  });
  for (const [atMs, userId, more = {}] of events) {
    const { propertiesMap = {}, ...others } = more;
    const values: Record<string, Value> = { userId, ...(others as Record<string, string | null>) };
    const row = requestAttributes.map((name) =>
      name === 'propertiesMap' ? new Map(Object.entries(propertiesMap ?? {})) : (values[name] ?? null),
    );
    rule.process(row, 1, start + atMs);
  }
  rule.advanceTo(start + Math.max(untilMs, (events.at(-1)?.[0] ?? 0) + 600_000));
  return shown;
}

describe('throttler:timeBatch', () => {
  it('counts while the window runs and releases the key at its end', () => {
    const rows = run(
      `from RequestStream${batch} ${perUser('count() >= 3')}`,
      [1, 2, 3, 4].map((s) => [s * 1000, 'a']),
    );
    expect(rows).toEqual([
      '@1000 a F 60000',
      '@2000 a F 60000',
      '@3000 a T 60000',
      '@4000 a T 60000',
      '@60000 a F 60000',
    ]);
  });

  it('without a start opens at the first event and keeps its phase through a pause', () => {
    const text = `from RequestStream#throttler:timeBatch(1 min) ${perUser('count() >= 2')}`;
    expect(
      run(
        text,
        [15_000, 70_000, 80_000, 400_000].map((ms) => [ms, 'a']),
      ),
    ).toEqual([
      '@15000 a F 75000',
      '@70000 a T 75000',
      '@75000 a F 75000',
      '@80000 a F 135000',
      '@135000 a F 135000',
      '@400000 a F 435000',
      '@435000 a F 435000',
    ]);
  });

  it('puts an event on the edge into the window that begins there', () => {
    expect(
      run(
        `from RequestStream${batch} ${perUser('count() >= 1')}`,
        [0, 59_999, 60_000].map((ms) => [ms, 'a']),
      ),
    ).toEqual(['@0 a T 60000', '@59999 a T 60000', '@60000 a F 60000', '@60000 a T 120000', '@120000 a F 120000']);
  });

  const twoKeys: Event[] = [
    [1000, 'a'],
    [2000, 'b'],
    [3000, 'a'],
  ];
  it('counts each key for itself', () => {
    expect(run(`from RequestStream${batch} ${perUser('count() >= 2')}`, twoKeys)).toEqual([
      '@1000 a F 60000',
      '@2000 b F 60000',
      '@3000 a T 60000',
      '@60000 a F 60000',
      '@60000 b F 60000',
    ]);
  });

  it('has one counter for all keys where group by was forgotten, and says so', () => {
    const text = `from RequestStream${batch} select userId as throttleKey, count() >= 2 as isThrottled, expiryTimeStamp ${all}`;
    expect(run(text, twoKeys)).toEqual(['@1000 a F 60000', '@2000 b T 60000', '@3000 a T 60000', '@60000 a F 60000']);
    expect(compileRule(text).warnings).toEqual([
      expect.objectContaining({ message: expect.stringContaining('group by') }),
    ]);
  });

  it('emits only arrivals, or only what leaves, where the rule says so', () => {
    expect(
      run(
        rule4('insert'),
        [1000, 2000, 61_000].map((ms) => [ms, 'a']),
      ),
    ).toEqual(['@1000 a F 60000', '@2000 a T 60000', '@61000 a F 120000']);
    expect(
      run(
        rule4('insert expired events'),
        [1000, 2000].map((ms) => [ms, 'a']),
      ),
    ).toEqual(['@60000 a F 60000']);
  });

  it('with having lets out the last row that passes, also at the end', () => {
    const text = `from RequestStream${batch} select userId as throttleKey, count() >= 2 as isThrottled, expiryTimeStamp group by userId having isThrottled == true ${all}`;
    expect(
      run(
        text,
        [1000, 2000, 3000].map((ms) => [ms, 'a']),
      ),
    ).toEqual(['@2000 a T 60000', '@3000 a T 60000', '@60000 a T 60000']);
  });
});

describe('expressions', () => {
  it('add up the bytes of messages and leave out those without', () => {
    const text = `from RequestStream${batch} ${perUser("sum(cast(map:get(propertiesMap,'messageSize'),'long')) >= 1000")}`;
    const sized = (ms: number, messageSize?: number): Event => [
      ms,
      'a',
      { propertiesMap: messageSize ? { messageSize } : {} },
    ];
    expect(run(text, [sized(1000, 400), sized(2000, 500), sized(3000, 200), sized(4000)])).toEqual([
      '@1000 a F 60000',
      '@2000 a F 60000',
      '@3000 a T 60000',
      '@4000 a T 60000',
      '@60000 a F 60000',
    ]);
    expect(compileRule(text).properties).toEqual(['messageSize']);
  });

  it('count distinct addresses', () => {
    const text = `from RequestStream select userId, map:get(propertiesMap,'ip') as ip insert into S; from S${batch} ${perUser('distinctcount(ip) > 2')}`;
    const from = (ms: number, ip: number): Event => [ms, 'a', { propertiesMap: { ip } }];
    expect(run(text, [from(1000, 1), from(2000, 1), from(3000, 2), from(4000, 3)])).toEqual([
      '@1000 a F 60000',
      '@2000 a F 60000',
      '@3000 a F 60000',
      '@4000 a T 60000',
      '@60000 a F 60000',
    ]);
  });

  it('pick one address out of the properties, and use it as the key', () => {
    const text = `from RequestStream select cast(map:get(propertiesMap,'ip'),'Long') == 167838211L as ok, str:concat(cast(map:get(propertiesMap,'ip'),'Long'),'') as throttleKey insert into S; from S[ok == true]${batch} select throttleKey, count() >= 2 as isThrottled, expiryTimeStamp group by throttleKey ${all}`;
    const from = (ms: number, ip: number): Event => [ms, 'a', { propertiesMap: { ip } }];
    expect(run(text, [from(1000, 167_838_211), from(2000, 167_838_212), from(3000, 167_838_211)])).toEqual([
      '@1000 167838211 F 60000',
      '@3000 167838211 T 60000',
      '@60000 167838211 F 60000',
    ]);
  });

  it('filter by a header; where it is missing the event is dropped', () => {
    const text = `from RequestStream[regex:find('(?i)gold', cast(map:get(propertiesMap,'X-Tier'),'string'))]${batch} ${perUser('count() >= 2')}`;
    const tier = (ms: number, name?: string): Event => [ms, 'a', { propertiesMap: name ? { 'X-Tier': name } : {} }];
    expect(run(text, [tier(1000, 'GOLD'), tier(2000), tier(3000, 'goldfish')])).toEqual([
      '@1000 a F 60000',
      '@3000 a T 60000',
      '@60000 a F 60000',
    ]);
  });

  it('treat null in logic as false and in `is null` as it is', () => {
    const text = `from RequestStream[not (userId == 'vip') and (apiTenant == 'acme' or apiTenant is null)]${batch} ${perUser('count() >= 2')}`;
    const events: Event[] = [
      [1000, 'vip', { apiTenant: 'acme' }],
      [2000, 'u', { apiTenant: 'acme' }],
      [3000, 'u', { apiTenant: 'other' }],
      [4000, 'u', { apiTenant: null }],
    ];
    expect(run(text, events)).toEqual(['@2000 u F 60000', '@4000 u T 60000', '@60000 u F 60000']);
  });

  it('divide whole numbers to whole numbers, and by zero to null', () => {
    const flags = (condition: string) =>
      run(
        `from RequestStream${batch} ${perUser(condition)}`,
        [1, 2, 3, 4].map((s) => [s * 1000, 'a']),
      ).map((row) => row.split(' ')[2]);
    expect(flags('count() / 2 >= 2')).toEqual(['F', 'F', 'F', 'T', 'F']);
    expect(flags('count() / 0 >= 2')).toEqual(['F', 'F', 'F', 'F', 'F']);
  });

  it('take the limit from the tier', () => {
    const text = `from RequestStream${batch} ${perUser("count() >= ifThenElse(appTier == 'Gold', 3, 1)")}`;
    const as = (ms: number, user: string, appTier: string): Event => [ms, user, { appTier }];
    const rows = run(text, [
      as(1000, 'a', 'Gold'),
      as(2000, 'b', 'Free'),
      as(3000, 'a', 'Gold'),
      as(4000, 'a', 'Gold'),
    ]);
    expect(rows.map((row) => row.replace(/ \d+$/, ''))).toEqual([
      '@1000 a F',
      '@2000 b T',
      '@3000 a F',
      '@4000 a T',
      '@60000 a F',
      '@60000 b F',
    ]);
  });
});

describe('several queries', () => {
  it('each count for themselves, in the order of the text', () => {
    const text = `from RequestStream${batch} ${perUser('count() >= 2')} from RequestStream${batch} select apiContext as throttleKey, count() >= 3 as isThrottled, expiryTimeStamp group by apiContext ${all}`;
    const on = (ms: number, user: string): Event => [ms, user, { apiContext: '/x' }];
    expect(run(text, [on(1000, 'a'), on(2000, 'b'), on(3000, 'a')]).map((row) => row.replace(/ 60000$/, ''))).toEqual([
      '@1000 a F',
      '@1000 /x F',
      '@2000 b F',
      '@2000 /x F',
      '@3000 a T',
      '@3000 /x T',
      '@60000 a F',
      '@60000 b F',
      '@60000 /x F',
    ]);
  });

  it('hold back repeated releases with throttler:emitOnStateChange', () => {
    const text = `from RequestStream${batch} ${perUser('count() >= 3')} from ResultStream#throttler:emitOnStateChange(throttleKey, isThrottled) select * insert into GlobalThrottleStream;`;
    expect(compileRule(text).filtersStateChanges).toBe(true);
    const rows = run(
      text,
      [1000, 2000, 3000, 4000, 61_000].map((ms) => [ms, 'a']),
    );
    expect(rows.map((row) => row.split(' ').slice(0, 3).join(' '))).toEqual([
      '@1000 a F',
      '@3000 a T',
      '@4000 a T',
      '@60000 a F',
    ]);
  });
});

describe('the other windows', () => {
  it('throttler:timeLength judges by a counter per key and doubles each row', () => {
    const text = `from RequestStream#throttler:timeLength(10 sec, 0, 2) select userId as throttleKey, isThrottled, expiryTimeStamp ${all}`;
    const twice = ['@1000 a F 10000', '@2000 a F 10000', '@3000 a T 10000', '@11000 a F 20000'].flatMap((row) => [
      row,
      row,
    ]);
    expect(
      run(
        text,
        [1000, 2000, 3000, 11_000].map((ms) => [ms, 'a']),
      ),
    ).toEqual(twice);
  });

  const stamped = (window: string) =>
    `from RequestStream#window.${window} select userId as throttleKey, count() >= 2 as isThrottled, time:timestampInMilliseconds() + 60000L as expiryTimeStamp group by userId ${all}`;

  it('window.time lets every event leave after its time', () => {
    expect(
      run(
        stamped('time(1 min)'),
        [0, 30_000].map((ms) => [ms, 'a']),
      ),
    ).toEqual(['@0 a F 60000', '@30000 a T 90000', '@60000 a F 120000', '@90000 a F 150000']);
  });

  it('window.timeBatch speaks at the end, and once more when the batch leaves', () => {
    const events: Event[] = [
      [1000, 'a'],
      [2000, 'a'],
      [3000, 'b'],
    ];
    expect(run(stamped('timeBatch(1 min, 0)'), events)).toEqual([
      '@60000 a T 120000',
      '@60000 b F 120000',
      '@120000 a F 180000',
      '@120000 b F 180000',
    ]);
  });

  it('window.length keeps the last so many', () => {
    const text = stamped('length(2)')
      .replace('userId as throttleKey', "'k' as throttleKey")
      .replace('count() >= 2', "sum(cast(map:get(propertiesMap, 'n'), 'long')) >= 5L")
      .replace('group by userId', '');
    const n = (ms: number, value: number): Event => [ms, 'a', { propertiesMap: { n: value } }];
    expect(run(text, [n(1, 4), n(2, 1), n(3, 1)]).map((row) => row.split(' ').slice(0, 3).join(' '))).toEqual([
      '@1 k F',
      '@2 k T',
      '@3 k F',
      '@3 k F',
    ]);
  });
});
