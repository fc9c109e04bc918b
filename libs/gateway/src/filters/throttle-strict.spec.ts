import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ThrottleLimit, ThrottlePolicyRecord } from '@tollgate/throttling/contract';
import { MemoryCounterStore } from '@tollgate/throttling/counters';
import type { LeaseRequest, QuotaLessor } from '@tollgate/throttling/domain';
import { startBackEnd, type BackEnd } from '../../test/back-end.js';
import { call, type Reply } from '../../test/call.js';
import { startTestGateway, type TestGateway } from '../../test/fixture.js';
import { applicationRecord, change, deploymentRecord, policyRecord } from '../../test/records.js';

const path = '/pizzashack/1.0.0/menu';
const perDay = (requestCount: number): ThrottleLimit => {
  return { type: 'REQUESTCOUNTLIMIT', requestCount, unitTime: 1, timeUnit: 'day' };
};

let backEnd: BackEnd;
let store: MemoryCounterStore;
let gateways: TestGateway[] = [];
/** What becomes of a request for a lease; a test may put something else here. */
let answer: QuotaLessor['lease'];

beforeAll(async () => {
  backEnd = await startBackEnd((_, res) => res.end('hello'));
  return () => backEnd.close();
});
beforeEach(async () => {
  store = new MemoryCounterStore();
  answer = (request) => store.lease(request);
  const lessor = { lease: (request: LeaseRequest) => answer(request) };
  gateways = await Promise.all([1, 2].map(() => startTestGateway(backEnd.url, [], { lessor })));
});
afterEach(async () => {
  await Promise.all(gateways.map((gateway) => gateway.stop()));
});

/** An application policy, and an advanced one on the whole API. */
function apply(application: Partial<ThrottlePolicyRecord>, advanced?: Partial<ThrottlePolicyRecord>): void {
  const deployment = { productionEndpoints: [{ url: backEnd.url }], apiThrottlingPolicy: advanced ? 'Whole' : null };
  for (const { gateway } of gateways) {
    gateway.applyChanges([
      change.policy(policyRecord({ level: 'application', name: 'Tier', strict: true, ...application })),
      change.policy(policyRecord({ level: 'advanced', name: 'Whole', strict: true, ...advanced })),
      change.application(applicationRecord({ tier: 'Tier' })),
      change.deployment(deploymentRecord(deployment)),
    ]);
  }
}

async function replies(times: number, headers: Record<string, string> = {}): Promise<Reply[]> {
  const credentials = await (gateways[0] as TestGateway).bearer();
  const sent = Array.from({ length: times }, (_, i) =>
    call(gateways[i % gateways.length]?.port ?? 0, path, { headers: { ...credentials, ...headers } }),
  );
  return Promise.all(sent);
}
const admittedOf = (all: readonly Reply[]): number => all.filter(({ status }) => status === 200).length;
/** What is counted, by key, whatever the window. */
const counted = () => Object.fromEntries(store.openWindows().counters.map(({ key, count }) => [key, count]));
const events = () => gateways.flatMap(({ batches }) => batches.flatMap(({ batch }) => batch.events));

describe('a strict policy at two gateways', () => {
  it('R-63 R-65 lets exactly the quota pass of what comes at once, and says when to come back', async () => {
    apply({ limit: perDay(20) });
    const all = await replies(60);
    expect(admittedOf(all)).toBe(20);
    const refused = all.filter(({ status }) => status !== 200);
    expect(new Set(refused.map((one) => `${one.status} ${String(one.json()['code'])}`))).toEqual(
      new Set(['429 900803']),
    );
    expect(refused.every(({ headers }) => Date.parse(headers['retry-after'] ?? '') > Date.now())).toBe(true);
    expect(Object.values(counted())).toEqual([20]);
  });

  it('marks the requests in their events, so that traffic managers do not count them again', async () => {
    const inGroup = { type: 'HEADERCONDITION', invert: false, name: 'x-kind', pattern: 'tv' } as const;
    const conditionGroups = [{ conditions: [inGroup], limit: perDay(50) }];
    apply({ limit: perDay(50), strict: false }, { limit: perDay(50), conditionGroups });
    expect(admittedOf([...(await replies(2, { 'x-kind': 'tv' })), ...(await replies(2))])).toBe(4);
    await sleep(60);
    const marks = events().map(({ leased, matchedConditions }) => `${matchedConditions} ${leased}`);
    expect(new Set(marks)).toEqual(new Set(['0 api:0', 'default api']));
    apply({ limit: perDay(50) });
    expect(admittedOf(await replies(2))).toBe(2);
    await sleep(60);
    expect(events().at(-1)?.leased).toBe('application');
  });

  it('takes nothing of one quota for a request that another one refuses', async () => {
    apply({ limit: perDay(40) }, { limit: perDay(6) });
    const all = await replies(30);
    expect(admittedOf(all)).toBe(6);
    expect(new Set(all.filter(({ status }) => status !== 200).map((one) => one.json()['code']))).toEqual(
      new Set(['900800']),
    );
    await expect.poll(() => Object.values(counted()), { timeout: 5_000 }).toEqual([6, 6]); // what was leased ahead went back
  });

  it('goes on where the ordinary count was, and back again', async () => {
    apply({ limit: perDay(10), strict: false });
    const [gateway] = gateways as [TestGateway];
    expect(admittedOf(await replies(4))).toBe(4);
    await sleep(60);
    // What a traffic manager does with the events.
    events().forEach(({ appKey, count, windowStart }, seq) => {
      const windowStartMs = Math.floor(windowStart / 86_400_000) * 86_400_000;
      const window = { windowStartMs, windowEndMs: windowStartMs + 86_400_000 };
      store.addNow({ publisher: 'manager', seq, part: 0 }, [{ key: `application:${appKey}`, by: count, ...window }]);
    });
    apply({ limit: perDay(10) });
    expect(admittedOf(await replies(20))).toBe(6);
    expect(Object.values(counted())).toEqual([10]);
    apply({ limit: perDay(10), strict: false });
    const [known] = store.openWindows().counters;
    const throttleKey = (known?.key ?? '').replace('application:', '');
    for (const one of gateways) {
      const decision = { throttleKey, level: 'application', isThrottled: true, count: 10 } as const;
      one.gateway.applyDecisions([{ ...decision, expiryTimeStamp: known?.windowEndMs ?? 0 }]);
    }
    expect(admittedOf(await replies(4))).toBe(0);
    expect(gateway.gateway.status().leases.failures).toBe(0);
  });

  it('tells what it has leased, and returns what it holds when it stops', async () => {
    apply({ limit: perDay(1_000) });
    for (let i = 0; i < 5; i++) await replies(8);
    const status = gateways.map(({ gateway }) => gateway.status());
    expect(status.map(({ strictPolicies }) => strictPolicies)).toEqual([2, 2]);
    const { taken, waits, isAway } = status[0]?.leases ?? { taken: 0, waits: 0, isAway: true };
    expect([taken >= 20, waits > 0, isAway]).toEqual([true, true, false]);
    await Promise.all(gateways.map(({ gateway }) => gateway.stop({ timeoutMs: 500 })));
    expect(Object.values(counted())).toEqual([40]);
  });
});

describe('while nobody answers for leases', () => {
  beforeEach(() => {
    answer = () => Promise.reject(new Error('away'));
    for (const { gateway } of gateways) gateway.setCluster({ isReached: true, liveGateways: 2 });
  });

  it.each([
    ['local-share', 6], // half of five, rounded up, at each of two
    ['open', 12],
    ['closed', 0],
  ] as const)('a policy that is %s does what it says', async (degradedMode, most) => {
    apply({ limit: perDay(5), degradedMode });
    const all = await replies(12);
    expect(admittedOf(all)).toBe(most);
    expect(all.every(({ status }) => status === 200 || status === 429)).toBe(true);
    await sleep(60);
    expect(events().every(({ leased }) => leased === undefined)).toBe(true); // managers count these
  });

  it('a decider that only is slow costs a bounded wait, and its quota is kept again when it is back', async () => {
    answer = () => new Promise(() => undefined);
    apply({ limit: perDay(5), degradedMode: 'closed' });
    const startedMs = performance.now();
    expect(admittedOf(await replies(2))).toBe(0);
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    answer = (request) => store.lease(request);
    await expect.poll(async () => admittedOf(await replies(2)), { timeout: 5_000 }).toBeGreaterThan(0);
    await replies(10);
    await expect.poll(() => Object.values(counted()), { timeout: 5_000 }).toEqual([5]);
  });

  it('a gateway that has no decider says so when the policy arrives', async () => {
    const alone = await startTestGateway(backEnd.url, [
      change.policy(policyRecord({ level: 'application', name: 'Tier', strict: true, limit: perDay(2) })),
    ]);
    expect(alone.logged.map(({ event }) => event)).toContain('gateway.policy.not_strict');
    expect(alone.gateway.status().leases.isAway).toBe(true);
    await alone.stop();
  });
});
