import { createLogger } from '@tollgate/base';
import { describe, expect, it } from 'vitest';
import type { CustomRuleRecord, Decision, RequestEvent } from '../contract/index.js';
import { MemoryCounterStore } from '../counters/index.js';
import { ruleStatesSchema, TrafficManager, type ReceivedBatch } from './index.js';

const log = createLogger({ level: 'silent', node: 'spec' });
const startMs = Date.parse('2026-01-05T10:32:00Z');

function rule(name: string, siddhiQuery: string, more: Partial<CustomRuleRecord> = {}): CustomRuleRecord {
  const properties: string[] = [];
  return {
    uuid: name,
    organization: 'carbon.super',
    name,
    ruleId: `${name}-1`,
    keyTemplate: '$userId',
    siddhiQuery,
    properties,
    ...more,
  };
}
const perUser = (condition: string, filter = '') =>
  `from RequestStream${filter}#throttler:timeBatch(1 min, 0) select userId as throttleKey, ${condition} as isThrottled, expiryTimeStamp group by userId insert all events into ResultStream;`;

function event(more: Partial<RequestEvent> = {}): RequestEvent {
  const none = { appKey: '', appTier: '', subscriptionKey: '', subscriptionTier: '', apiKey: '', apiTier: '' };
  const names = { resourceKey: '', resourceTier: '', matchedConditions: '', apiContext: '/p/1', apiVersion: '1' };
  const who = {
    userId: 'bob@carbon.super',
    apiTenant: 'carbon.super',
    appTenant: 'carbon.super',
    appId: '1',
    apiName: 'P',
  };
  return { ...none, ...names, ...who, windowStart: startMs + 5, count: 1, bytes: 0, ...more };
}

/** Managers that hand on to each other. */
function cluster(size: number, storeIsShared = false) {
  const state = { nowMs: startMs + 10, told: [] as Decision[] };
  const store = new MemoryCounterStore();
  const managers: TrafficManager[] = [];
  for (let i = 0; i < size; i++) {
    managers.push(
      new TrafficManager({
        store: storeIsShared ? store : new MemoryCounterStore(),
        storeIsShared,
        policyOf: () => undefined,
        handOn: async (batch) => {
          for (const [peer, manager] of managers.entries()) if (peer !== i) await manager.receive(batch);
        },
        publishDecisions: (decisions) => state.told.push(...decisions),
        clock: { nowMs: () => state.nowMs },
        log,
      }),
    );
  }
  let seq = 0;
  const batch = (...events: RequestEvent[]): ReceivedBatch => ({
    publisher: 'gw',
    seq: ++seq,
    data: { events, handedOn: false },
  });
  return { state, managers, batch, one: managers[0] as TrafficManager };
}

describe('custom rules of a traffic manager', () => {
  it('tell gateways at once when a folded event passes the limit, with the end of the window', async () => {
    const { state, one, batch } = cluster(1);
    one.deployRules([rule('r', perUser('count() >= 5'))]);
    await one.receive(batch(event({ count: 4 })));
    one.flush();
    expect(state.told).toEqual([]);
    await one.receive(batch(event({ count: 1 }), event({ count: 0, bytes: 500 })));
    expect(state.told).toEqual([
      {
        level: 'custom',
        ruleId: 'r-1',
        throttleKey: 'bob@carbon.super',
        isThrottled: true,
        expiryTimeStamp: startMs + 60_000,
        count: expect.any(Number),
      },
    ]);
    expect(one.stats()).toMatchObject({ customRules: 1, customRuleFailures: 0 });
  });

  it('without a start count the first requests too, whose batches come after their time', async () => {
    const { state, one, batch } = cluster(1);
    one.deployRules([rule('r', perUser('count() >= 3').replace('(1 min, 0)', '(1 min)'))]);
    one.flush(); // the manager's clock is at 10 now, the requests are of 5, 3 and 8
    for (const ms of [5, 3, 8]) await one.receive(batch(event({ windowStart: startMs + ms })));
    expect(state.told).toMatchObject([{ isThrottled: true, expiryTimeStamp: startMs + 60_005 }]);
    expect(one.stats().customRuleLate).toBe(0);
    await one.receive(batch(event({ windowStart: startMs - 60_000 })));
    expect(one.stats().customRuleLate).toBe(1);
  });

  it('count a batch once, however it came', async () => {
    const { state, one, batch } = cluster(1);
    one.deployRules([rule('r', perUser('count() >= 2'))]);
    const same = batch(event());
    await one.receive(same);
    await one.receive(same);
    expect(state.told).toEqual([]);
  });

  it.each([false, true])('see the batches of all managers (one shared counter store: %s)', async (storeIsShared) => {
    const { state, managers, batch } = cluster(3, storeIsShared);
    for (const manager of managers) manager.deployRules([rule('r', perUser('count() >= 3'))]);
    for (const manager of managers) await manager.receive(batch(event()));
    expect(state.told.filter(({ isThrottled }) => isThrottled)).toHaveLength(3); // each of them says so
  });

  it('read address, properties and attributes of the event; what it does not say is null', async () => {
    const { state, one, batch } = cluster(1);
    const filter =
      "[cast(map:get(propertiesMap, 'ip'), 'long') == 167838211L and cast(map:get(propertiesMap, 'X-Plan'), 'string') == 'gold' and appTier is null and apiTenant == 'carbon.super']";
    one.deployRules([rule('r', perUser('count() >= 1', filter))]);
    await one.receive(
      batch(event({ clientIp: '10.1.2.3' }), event({ clientIp: '10.1.2.3', properties: { 'X-Plan': 'tin' } })),
    );
    expect(state.told).toEqual([]);
    await one.receive(batch(event({ clientIp: '10.1.2.3', properties: { 'X-Plan': 'gold' } })));
    expect(state.told).toHaveLength(1);
  });

  it('start again when the text changes, and go on when anything else does', async () => {
    const { state, one, batch } = cluster(1);
    const text = perUser('count() >= 2');
    one.deployRules([rule('r', text)]);
    await one.receive(batch(event()));
    one.deployRules([rule('r', text, { name: 'renamed' }), rule('other', perUser('count() >= 9'))]);
    await one.receive(batch(event()));
    expect(state.told).toHaveLength(1);
    one.deployRules([rule('r', perUser('count() >= 2 '), { ruleId: 'r-2' })]);
    await one.receive(batch(event()));
    expect(state.told).toHaveLength(1);
    one.deployRules([]);
    await one.receive(batch(event({ count: 100 })));
    one.flush();
    expect(state.told).toHaveLength(1);
    expect(one.stats().customRules).toBe(0);
  });

  it('free keys of sliding windows when their requests leave', async () => {
    const { state, one, batch } = cluster(1);
    const text =
      'from RequestStream#window.time(1 sec) select userId as throttleKey, count() >= 2 as isThrottled, time:timestampInMilliseconds() + 60000L as expiryTimeStamp group by userId insert all events into ResultStream;';
    one.deployRules([rule('r', text)]);
    await one.receive(batch(event({ count: 2 })));
    expect(state.told.map(({ isThrottled }) => isThrottled)).toEqual([true]);
    state.nowMs = startMs + 1_500;
    one.flush();
    expect(state.told.map(({ isThrottled }) => isThrottled)).toEqual([true, false]);
  });

  it('that another version of the language wrote throttle nobody, and the others run', async () => {
    const { state, one, batch } = cluster(1);
    one.deployRules([rule('broken', 'from nowhere'), rule('r', perUser('count() >= 1'))]);
    await one.receive(batch(event()));
    expect(state.told).toHaveLength(1);
  });

  it('take what a gateway dates ahead as if it came now, so that no clock moves the others', async () => {
    const { state, one, batch } = cluster(1);
    one.deployRules([rule('r', perUser('count() >= 2'))]);
    await one.receive(batch(event({ windowStart: startMs + 200_000 })));
    await one.receive(batch(event()));
    expect(state.told).toMatchObject([{ isThrottled: true, expiryTimeStamp: startMs + 60_000 }]);
  });

  describe('over a restart', () => {
    const twoOf = (text: string) => [rule('r', text)];
    /** The state as text, given to a fresh manager. */
    function restarted(before: TrafficManager, text: string) {
      const after = cluster(1);
      after.one.deployRules(twoOf(text));
      const states = ruleStatesSchema.parse(JSON.parse(JSON.stringify(before.saveRules())));
      return { ...after, load: () => after.one.resume(async () => after.one.loadRules(states)) };
    }

    it('go on where they were and count no batch twice', async () => {
      const text = perUser('count() >= 3');
      const { one, batch } = cluster(1);
      one.deployRules(twoOf(text));
      const first = batch(event({ count: 2 }));
      await one.receive(first);
      const { state, one: after, batch: more, load } = restarted(one, text);
      await load();
      await after.receive(first);
      expect(state.told).toEqual([]);
      more(); // the number of the batch that is known
      await after.receive(more(event()));
      expect(state.told).toMatchObject([{ isThrottled: true, expiryTimeStamp: startMs + 60_000 }]);
    });

    it('know whom they hold back, and free them when their requests leave', async () => {
      const text =
        'from RequestStream#window.time(1 sec) select userId as throttleKey, count() >= 2 as isThrottled, time:timestampInMilliseconds() + 60000L as expiryTimeStamp group by userId insert all events into ResultStream;';
      const { one, batch } = cluster(1);
      one.deployRules(twoOf(text));
      await one.receive(batch(event({ count: 2 })));
      const { state, one: after, load } = restarted(one, text);
      await load();
      expect(state.told).toEqual([]);
      state.nowMs = startMs + 5_500; // nobody calls, so the own clock has to do
      after.flush();
      expect(state.told.map(({ isThrottled }) => isThrottled)).toEqual([false]);
    });

    it('replay what came after the save at its own time, and say at the end what it came to', async () => {
      const text = perUser('count() >= 2');
      const { one, batch } = cluster(1);
      one.deployRules(twoOf(text));
      await one.receive(batch(event()));
      const { state, one: after, batch: more, load } = restarted(one, text);
      await load();
      more();
      state.nowMs = startMs + 59_000;
      await after.resume(async () => {
        await after.receive(more(event()));
        after.flush();
        expect(state.told).toEqual([]);
      });
      expect(state.told).toMatchObject([{ isThrottled: true, expiryTimeStamp: startMs + 60_000 }]);
    });

    it('begin again when their text is another, or the state is damaged', async () => {
      const text = perUser('count() >= 2');
      const { one, batch } = cluster(1);
      one.deployRules(twoOf(text));
      await one.receive(batch(event()));
      const other = restarted(one, perUser('count() >= 1 + 1'));
      await other.load();
      const damaged = cluster(1);
      damaged.one.deployRules(twoOf(text));
      const kept = { ruleId: 'r-1', query: text, held: [], state: { nowMs: 0, cells: 9, queries: [{ stages: 'no' }] } };
      damaged.one.loadRules({ rules: [kept], seen: { publishers: [] } });
      for (const each of [other, damaged]) {
        each.batch();
        await each.one.receive(each.batch(event()));
        expect(each.state.told).toEqual([]);
        await each.one.receive(each.batch(event()));
        expect(each.state.told).toHaveLength(1);
      }
    });
  });
});
