import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ThrottleCondition, ThrottleLimit, ThrottlePolicyRecord } from '@tollgate/throttling/contract';
import { startBackEnd, type BackEnd } from '../../test/back-end.js';
import { call } from '../../test/call.js';
import { startTestGateway, type TestGateway } from '../../test/fixture.js';
import { applicationRecord, change, deploymentRecord, policyRecord } from '../../test/records.js';

let backEnd: BackEnd;
let g: TestGateway;
let switchedOff: TestGateway;
/** A moment early in a minute, so that no window ends within a test. */
let nowMs = Date.UTC(2030, 0, 5, 10, 32, 1);
const answerBytes = 1_000;
beforeAll(async () => {
  backEnd = await startBackEnd((req, res) => {
    req.resume();
    req.on('end', () => res.end('x'.repeat(answerBytes)));
  });
  const options = { nowMs: () => nowMs, trustedProxies: ['127.0.0.1'] };
  g = await startTestGateway(backEnd.url, [], options);
  const conditions = { headers: false, queryParameters: false, jwtClaims: false };
  switchedOff = await startTestGateway(backEnd.url, [], { ...options, conditions });
});
afterAll(async () => {
  await Promise.all([g.stop(), switchedOff.stop()]);
  await backEnd.close();
});
beforeEach(() => {
  nowMs += 600_000; // every test has its own windows
});

const path = '/pizzashack/1.0.0/menu';
const perMinute = (requestCount: number): ThrottleLimit => {
  return { type: 'REQUESTCOUNTLIMIT', requestCount, unitTime: 1, timeUnit: 'min' };
};
const kilobytes = (dataAmount: number): ThrottleLimit => {
  return { type: 'BANDWIDTHLIMIT', dataAmount, dataUnit: 'KB', unitTime: 1, timeUnit: 'min' };
};

function apply(at: TestGateway, policy: Partial<ThrottlePolicyRecord>): void {
  at.gateway.applyChanges([
    change.application(applicationRecord()),
    change.policy(policyRecord({ level: 'advanced', name: 'Grouped', ...policy })),
    change.deployment(
      deploymentRecord({ productionEndpoints: [{ url: backEnd.url }], apiThrottlingPolicy: 'Grouped' }),
    ),
  ]);
}
const seconds = () => Math.floor(nowMs / 1000);
const token = (over: Record<string, unknown> = {}) =>
  g.bearer({ iat: seconds(), nbf: seconds(), exp: seconds() + 3600, jti: `j${Math.random()}`, ...over });
async function statuses(times: number, headers: Record<string, string>, at = path, port = g.port): Promise<number[]> {
  const all: number[] = [];
  for (let i = 0; i < times; i++) all.push((await call(port, at, { headers })).status);
  return all;
}
/** Three requests where two may pass tell that the group of two counts; where they all pass the default of four does. */
const [inGroup, inNone] = [
  [200, 200, 429],
  [200, 200, 200],
];

describe('a condition group of two per minute on an API that allows four', () => {
  it.each<[string, ThrottleCondition, Record<string, string>, string, number[] | undefined]>([
    [
      'address',
      { type: 'IPCONDITION', invert: false, address: { fixedIp: '10.1.0.0/16' } },
      { 'x-forwarded-for': '10.1.2.3' },
      path,
      inGroup,
    ],
    [
      'address',
      { type: 'IPCONDITION', invert: false, address: { fixedIp: '10.1.0.0/16' } },
      { 'x-forwarded-for': '10.2.2.3' },
      path,
      inNone,
    ],
    [
      'address range',
      { type: 'IPCONDITION', invert: true, address: { startingIp: '::1', endingIp: '::9' } },
      { 'x-forwarded-for': '::a' },
      path,
      inGroup,
    ],
    [
      'header',
      { type: 'HEADERCONDITION', invert: false, name: 'X-Kind', pattern: 'mob' },
      { 'x-kind': 'a mobile' },
      path,
      inGroup,
    ],
    [
      'header',
      { type: 'HEADERCONDITION', invert: true, name: 'X-Kind', pattern: 'mob' },
      { 'x-kind': 'a mobile' },
      path,
      inNone,
    ],
    [
      'query parameter',
      { type: 'QUERYPARAMETERCONDITION', invert: false, name: 'na me', pattern: '^b c$' },
      {},
      `${path}?x=1&na%20me=b+c`,
      inGroup,
    ],
    [
      'query parameter',
      { type: 'QUERYPARAMETERCONDITION', invert: false, name: 'name', pattern: '^b$' },
      {},
      `${path}?name=c`,
      inNone,
    ],
    ['claim', { type: 'JWTCLAIMSCONDITION', invert: false, name: 'sub', pattern: 'bob' }, {}, path, inGroup],
    [
      'claim',
      {
        type: 'JWTCLAIMSCONDITION',
        invert: false,
        name: 'http://wso2.org/claims/applicationname',
        pattern: '^Orders$',
      },
      {},
      path,
      inGroup,
    ],
    ['claim', { type: 'JWTCLAIMSCONDITION', invert: false, name: 'constructor', pattern: '.' }, {}, path, inNone],
  ])('by %s: %j with %j at %s gives %j', async (_, condition, headers, at, expected) => {
    const conditionGroups = [{ conditions: [condition], limit: perMinute(2) }];
    apply(g, { limit: perMinute(4), conditionGroups });
    expect(await statuses(3, { ...(await token()), ...headers }, at)).toEqual(expected);
  });

  it('counts a request that is in two groups in both, and tells traffic managers which', async () => {
    const group = (pattern: string, limit: number) => ({
      conditions: [{ type: 'HEADERCONDITION' as const, invert: false, name: 'k', pattern }],
      limit: perMinute(limit),
    });
    apply(g, { limit: perMinute(1), conditionGroups: [group('a', 3), group('b', 2), group('c', 9)] });
    const bearer = await token();
    expect(await statuses(1, { ...bearer, k: 'ab' })).toEqual([200]);
    expect(await statuses(2, { ...bearer, k: 'b' })).toEqual([200, 429]);
    expect(await statuses(3, { ...bearer, k: 'a' })).toEqual([200, 200, 429]);
    expect(await statuses(2, bearer)).toEqual([200, 429]); // those in none have the policy's own limit
    await new Promise((resolve) => setTimeout(resolve, 60));
    const events = g.batches.flatMap(({ batch }) => batch.events).filter((event) => event.windowStart === nowMs);
    const counted = new Map<string, number>();
    for (const { matchedConditions, count, apiKey } of events) {
      expect(apiKey).toBe('/pizzashack/1.0.0:1.0.0');
      counted.set(matchedConditions, (counted.get(matchedConditions) ?? 0) + count);
    }
    expect(Object.fromEntries(counted)).toEqual({ '0,1': 1, '1': 1, '0': 2, default: 1 });
  });

  it('keeps to what the cluster has counted for the group', async () => {
    const conditions: ThrottleCondition[] = [{ type: 'HEADERCONDITION', invert: false, name: 'k', pattern: 'a' }];
    apply(g, { limit: perMinute(4), conditionGroups: [{ conditions, limit: perMinute(2) }] });
    const expiryTimeStamp = Math.ceil(nowMs / 60_000) * 60_000;
    const throttleKey = '/pizzashack/1.0.0:1.0.0_condition_0';
    g.gateway.applyDecisions([{ throttleKey, level: 'api', isThrottled: true, expiryTimeStamp, count: 2 }]);
    expect(await statuses(1, { ...(await token()), k: 'a' })).toEqual([429]);
    expect(await statuses(1, await token())).toEqual([200]);
  });

  it('is never in force while its kind of condition is switched off, and the log says so', async () => {
    const conditions: ThrottleCondition[] = [{ type: 'HEADERCONDITION', invert: true, name: 'k', pattern: 'a' }];
    apply(switchedOff, { limit: perMinute(4), conditionGroups: [{ conditions, limit: perMinute(2) }] });
    expect(await statuses(3, await token(), path, switchedOff.port)).toEqual(inNone);
    expect(switchedOff.logged).toContainEqual(
      expect.objectContaining({ event: 'gateway.policy.condition_switched_off', policy: 'Grouped' }),
    );
  });
});

describe('an advanced policy for each user', () => {
  it('counts users apart', async () => {
    apply(g, { limit: perMinute(2), applicableLevel: 'userLevel' });
    const [bob, carol] = [await token(), await token({ sub: 'carol' })];
    expect(await statuses(3, bob)).toEqual([200, 200, 429]);
    expect(await statuses(3, carol)).toEqual([200, 200, 429]);
  });
});

describe('a bandwidth limit', () => {
  it('of 2 KB lets the request pass that crosses it, and refuses the next, whatever the direction', async () => {
    apply(g, { limit: kilobytes(2) });
    expect(await statuses(4, await token())).toEqual([200, 200, 200, 429]); // answers of 1,000 bytes
    nowMs += 60_000;
    const headers = await token();
    const body = 'y'.repeat(1_500);
    expect((await call(g.port, path, { method: 'POST', headers, body })).status).toBe(200);
    expect(await statuses(1, headers)).toEqual([429]);
  });

  it('tells traffic managers the bytes once, beside the count', async () => {
    apply(g, { limit: kilobytes(5) });
    const headers = { ...(await token()), 'transfer-encoding': 'chunked' };
    await call(g.port, path, { method: 'POST', headers, body: 'y'.repeat(700) });
    await new Promise((resolve) => setTimeout(resolve, 60));
    const events = g.batches.flatMap(({ batch }) => batch.events).filter((event) => event.windowStart === nowMs);
    const sum = (of: 'count' | 'bytes') => events.reduce((all, event) => all + event[of], 0);
    expect([sum('count'), sum('bytes')]).toEqual([1, 700 + answerBytes]);
  });

  it('of the cluster refuses as soon as the decision is there', async () => {
    apply(g, { limit: kilobytes(2) });
    const expiryTimeStamp = Math.ceil(nowMs / 60_000) * 60_000;
    const throttleKey = '/pizzashack/1.0.0:1.0.0%bytes';
    g.gateway.applyDecisions([{ throttleKey, level: 'api', isThrottled: true, expiryTimeStamp, count: 2_048 }]);
    expect(await statuses(1, await token())).toEqual([429]);
  });
});

describe('a burst limit of an application', () => {
  it('refuses with 900807 for the rest of the second', async () => {
    apply(g, { limit: null });
    g.gateway.applyChanges([
      change.application(applicationRecord({ tier: 'Bursty' })),
      change.policy(
        policyRecord({ level: 'application', name: 'Bursty', limit: null, burst: { count: 1, timeUnit: 'sec' } }),
      ),
    ]);
    const headers = await token();
    expect(await statuses(1, headers)).toEqual([200]);
    expect((await call(g.port, path, { headers })).json()['code']).toBe('900807');
    nowMs += 1_000;
    expect(await statuses(1, headers)).toEqual([200]);
  });
});

describe('while nobody counts for all gateways', () => {
  const policy = (degradedMode: ThrottlePolicyRecord['degradedMode']) =>
    apply(g, { limit: perMinute(4), degradedMode });
  beforeEach(() => g.gateway.setCluster({ isReached: false, liveGateways: 2 }));

  it('a policy keeps to its share of the gateways that live', async () => {
    policy('local-share');
    expect(await statuses(3, await token())).toEqual([200, 200, 429]);
    g.gateway.setCluster({ isReached: true, liveGateways: 2 });
    expect(await statuses(3, await token())).toEqual([200, 200, 429]); // the whole quota again, of which two are used
  });

  it('an open one lets everything pass', async () => {
    policy('open');
    expect(await statuses(6, await token())).toEqual([200, 200, 200, 200, 200, 200]);
  });

  it('a closed one refuses everything with its own answer, for now', async () => {
    policy('closed');
    const reply = await call(g.port, path, { headers: await token() });
    expect([reply.status, reply.json()['code']]).toEqual([429, '900800']);
    expect(Date.parse(reply.headers['retry-after'] ?? '') - nowMs).toBeLessThanOrEqual(11_000);
    g.gateway.setCluster({ isReached: true, liveGateways: 2 });
    expect(await statuses(1, await token())).toEqual([200]);
  });
});
