import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startBackEnd, type BackEnd } from '../../test/back-end.js';
import { call, type Reply } from '../../test/call.js';
import { startTestGateway, type TestGateway } from '../../test/fixture.js';
import {
  apiRecord,
  applicationRecord,
  change,
  deploymentRecord,
  operation,
  policyRecord,
  subscriptionRecord,
} from '../../test/records.js';

let backEnd: BackEnd;
let g: TestGateway;
/** A moment early in a minute, so that no window ends within a test. */
let nowMs = Date.UTC(2030, 0, 5, 10, 32, 1);
beforeAll(async () => {
  backEnd = await startBackEnd();
  g = await startTestGateway(backEnd.url, [], { nowMs: () => nowMs });
  g.gateway.applyChanges([
    change.policy(policyRecord({ level: 'application', name: 'TwoPerMin' })),
    change.policy(policyRecord({ level: 'subscription', name: 'Gold' })),
    change.policy(policyRecord({ level: 'advanced', name: 'Two' })),
    change.policy(policyRecord({ level: 'subscription', name: 'Lax', stopOnQuotaReach: false })),
    change.policy(
      policyRecord({ level: 'subscription', name: 'Bursty', limit: null, burst: { count: 1, timeUnit: 'sec' } }),
    ),
    change.policy(policyRecord({ level: 'subscription', name: 'Unauthenticated' })),
  ]);
});
afterAll(async () => {
  await g.stop();
  await backEnd.close();
});
beforeEach(() => {
  nowMs += 600_000; // every test has its own windows
  g.gateway.applyChanges([
    change.application(applicationRecord()),
    change.subscription(subscriptionRecord()),
    change.deployment(deploymentRecord({ productionEndpoints: [{ url: backEnd.url }] })),
  ]);
});

const path = '/pizzashack/1.0.0/menu';
const seconds = () => Math.floor(nowMs / 1000);
const token = (over: Record<string, unknown> = {}) =>
  g.bearer({ iat: seconds(), nbf: seconds(), exp: seconds() + 3600, jti: `j${Math.random()}`, ...over });
async function statuses(times: number, headers: Record<string, string>, at = path): Promise<number[]> {
  const all: number[] = [];
  for (let i = 0; i < times; i++) all.push((await call(g.port, at, { headers })).status);
  return all;
}
const deploy = (over: Parameters<typeof deploymentRecord>[0]) =>
  g.gateway.applyChanges([
    change.deployment(deploymentRecord({ productionEndpoints: [{ url: backEnd.url }], ...over })),
  ]);

function expectThrottled(reply: Reply, code: string, policy: string): void {
  const next = '2030-Jan-05 ';
  expect([reply.status, reply.json()['code'], reply.json()['message']]).toEqual([429, code, 'Message throttled out']);
  expect(reply.json()['nextAccessTime']).toMatch(new RegExp(`^${next}\\d\\d:\\d\\d:00\\+0000 UTC$`));
  expect(reply.json()['description']).toBe(
    `You have exceeded your quota .You can access API after ${reply.json()['nextAccessTime'] as string}`,
  );
  expect(Date.parse(reply.headers['retry-after'] ?? '')).toBe(Math.ceil(nowMs / 60_000) * 60_000);
  expect(reply.headers['ratelimit-policy']).toBe(`"${policy}";q=2;w=60`);
  expect(reply.headers['ratelimit']).toBe(
    `"${policy}";r=0;t=${Math.ceil((Math.ceil(nowMs / 60_000) * 60_000 - nowMs) / 1000)}`,
  );
}

describe('a quota of two per minute', () => {
  it('on the application refuses the third request of a user with 900803 until the minute ends', async () => {
    g.gateway.applyChanges([change.application(applicationRecord({ tier: 'TwoPerMin' }))]);
    const bob = await token();
    expect(await statuses(2, bob)).toEqual([200, 200]);
    expectThrottled(await call(g.port, path, { headers: bob }), '900803', 'TwoPerMin');
    expect(await statuses(1, await token({ sub: 'carol' }))).toEqual([200]); // counted per user
    nowMs += 60_000;
    expect(await statuses(1, await token())).toEqual([200]);
  });

  it('is new for a user whose quota was reset, and for that user alone, until the window ends', async () => {
    const limited = applicationRecord({ tier: 'TwoPerMin' });
    g.gateway.applyChanges([change.application(limited)]);
    const [bob, carol] = [await token(), await token({ sub: 'carol' })];
    expect([await statuses(3, bob), await statuses(3, carol)]).toEqual([
      [200, 200, 429],
      [200, 200, 429],
    ]);
    const untilMs = Math.ceil(nowMs / 60_000) * 60_000;
    const reset = (number: number) => ({ user: 'bob@carbon.super', number, untilMs });
    g.gateway.applyChanges([change.application({ ...limited, quotaResets: [reset(1)] })]);
    expect([await statuses(3, bob), await statuses(1, carol)]).toEqual([[200, 200, 429], [429]]);
    g.gateway.applyChanges([change.application({ ...limited, quotaResets: [reset(2)] })]);
    expect(await statuses(1, bob)).toEqual([200]);
    nowMs += 60_000;
    expect(await statuses(3, await token())).toEqual([200, 200, 429]);
  });

  it('on the plan refuses with 900804, also in XML', async () => {
    g.gateway.applyChanges([change.subscription(subscriptionRecord({ tier: 'Gold' }))]);
    const headers = await token();
    await statuses(2, headers);
    expectThrottled(await call(g.port, path, { headers }), '900804', 'Gold');
    const xml = await call(g.port, path, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/xml' },
      body: '<a/>',
    });
    expect(xml.text).toMatch(
      /<amt:fault xmlns:amt="http:\/\/wso2.org\/apimanager\/throttling"><amt:code>900804<.*<amt:nextAccessTime>2030-Jan/,
    );
  });

  it('on the API refuses with 900800, on an operation with 900802, and the API’s replaces the operation’s', async () => {
    deploy({ apiThrottlingPolicy: 'Two', operations: [operation({ throttlingPolicy: 'Missing' })] });
    await statuses(2, await token());
    expectThrottled(await call(g.port, path, { headers: await token() }), '900800', 'Two');
    deploy({ operations: [operation({ throttlingPolicy: 'Two' }), operation({ target: '/other' })] });
    expect(await statuses(2, await token())).toEqual([200, 200]);
    expectThrottled(await call(g.port, path, { headers: await token() }), '900802', 'Two');
    expect(await statuses(3, await token(), '/pizzashack/1.0.0/other')).toEqual([200, 200, 200]);
  });

  it('lets requests over it pass where the plan says so, and still keeps the application’s', async () => {
    g.gateway.applyChanges([change.subscription(subscriptionRecord({ tier: 'Lax' }))]);
    expect(await statuses(4, await token())).toEqual([200, 200, 200, 200]);
    nowMs += 60_000;
    g.gateway.applyChanges([change.application(applicationRecord({ tier: 'TwoPerMin' }))]);
    expect(await statuses(3, await token())).toEqual([200, 200, 429]);
  });

  it('is not used up by refused requests', async () => {
    g.gateway.applyChanges([change.application(applicationRecord({ tier: 'TwoPerMin' }))]);
    expect(await statuses(5, { authorization: 'Bearer forged' })).toEqual([401, 401, 401, 401, 401]);
    deploy({ operations: [operation({ scopes: ['s'] }), operation({ verb: 'POST' })] });
    expect(await statuses(3, await token())).toEqual([403, 403, 403]);
    deploy({});
    expect(await statuses(3, await token())).toEqual([200, 200, 429]);
  });

  it('R-63 is kept for the whole cluster by decisions, whatever their order and number', async () => {
    g.gateway.applyChanges([change.application(applicationRecord({ tier: 'TwoPerMin' }))]);
    const expiryTimeStamp = Math.ceil(nowMs / 60_000) * 60_000;
    const decision = {
      throttleKey: '7:bob@carbon.super',
      level: 'application',
      isThrottled: true,
      expiryTimeStamp,
      count: 2,
    } as const;
    g.gateway.applyDecisions([decision, decision, { ...decision, isThrottled: false, count: 1 }]);
    expect(await statuses(1, await token())).toEqual([429]);
    nowMs += 60_000;
    expect(await statuses(1, await token())).toEqual([200]);
  });
});

describe('other limits', () => {
  it('burst refuses with 900807', async () => {
    g.gateway.applyChanges([change.subscription(subscriptionRecord({ tier: 'Bursty' }))]);
    const headers = await token();
    expect(await statuses(1, headers)).toEqual([200]);
    const reply = await call(g.port, path, { headers });
    expect([reply.status, reply.json()['code'], reply.json()['nextAccessTime']]).toEqual([429, '900807', undefined]);
    nowMs += 1_000;
    expect(await statuses(1, headers)).toEqual([200]);
  });

  it('the hard limit of the back end refuses with 503 900801', async () => {
    deploy({ maxTps: { production: 1, sandbox: null } });
    await statuses(1, await token());
    const reply = await call(g.port, path, { headers: await token() });
    expect([reply.status, reply.json()]).toEqual([
      503,
      { code: '900801', message: 'API Limit Reached', description: 'API not accepting requests' },
    ]);
  });

  it('open operations have the plan for unauthenticated callers, per address', async () => {
    deploy({ operations: [operation({ authType: 'None' })] });
    expect(await statuses(3, {})).toEqual([200, 200, 429]);
  });

  it('a policy that is not here refuses with 503 instead of letting everybody pass', async () => {
    g.gateway.applyChanges([change.application(applicationRecord({ tier: 'NotHereYet' }))]);
    const reply = await call(g.port, path, { headers: await token() });
    expect([reply.status, reply.json()['description']]).toEqual([
      503,
      'The throttling policy "NotHereYet" has not reached this gateway yet. Try again.',
    ]);
  });
});

describe('request events', () => {
  it('carry the keys and tiers of admitted requests only, folded, in numbered batches', async () => {
    g.gateway.applyChanges([
      change.application(applicationRecord({ tier: 'TwoPerMin' })),
      change.subscription(subscriptionRecord({ tier: 'Gold' })),
    ]);
    await new Promise((resolve) => setTimeout(resolve, 60));
    g.batches.length = 0;
    await statuses(3, await token());
    await new Promise((resolve) => setTimeout(resolve, 100));
    const events = g.batches.flatMap(({ batch }) => batch.events);
    expect(events.reduce((sum, { count }) => sum + count, 0)).toBe(2);
    expect(events[0]).toMatchObject({
      appKey: '7:bob@carbon.super',
      appTier: 'TwoPerMin',
      subscriptionKey: '7:/pizzashack/1.0.0:1.0.0:Gold',
      subscriptionTier: 'Gold',
      apiKey: '',
      resourceKey: '',
      userId: 'bob@carbon.super',
      apiContext: '/pizzashack/1.0.0',
      apiVersion: '1.0.0',
      apiTenant: 'carbon.super',
      appTenant: 'carbon.super',
      appId: '7',
      apiName: 'PizzaShack',
      windowStart: nowMs,
    });
    const seqs = g.batches.map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, i) => (seqs[0] ?? 0) + i));
  });
});

describe('R-66 requests that are not authenticated', () => {
  it('use up nothing of the application and plan that their token names', async () => {
    g.gateway.applyChanges([
      change.application(applicationRecord({ tier: 'TwoPerMin' })),
      change.subscription(subscriptionRecord({ tier: 'Gold' })),
    ]);
    const good = await token();
    const forged = { authorization: `${good['authorization']?.slice(0, -4)}AAAA` };
    await new Promise((resolve) => setTimeout(resolve, 60));
    g.batches.length = 0;
    expect(new Set(await statuses(50, forged))).toEqual(new Set([401]));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(g.batches.flatMap(({ batch }) => batch.events)).toEqual([]);
    expect(await statuses(3, good)).toEqual([200, 200, 429]);
  });
});

describe('the deny list', () => {
  const deny = (type: string, value: unknown) => ({
    kind: 'deny-condition' as const,
    id: 'd1',
    value: { id: 1, uuid: 'd1', organization: 'carbon.super', type, value },
  });

  it.each([
    ['API', '/pizzashack/1.0.0'],
    ['APPLICATION', 'alice:Orders'],
    ['APPLICATION', 'alice@carbon.super:Orders'],
    ['USER', 'bob@carbon.super'],
    ['SUBSCRIPTION', '/pizzashack/1.0.0:1.0.0:alice-Orders:PRODUCTION'],
    ['IP', { fixedIp: '127.0.0.1', invert: false }],
    ['IP', { fixedIp: '10.0.0.1', invert: true }],
    ['IPRANGE', { startingIp: '127.0.0.1', endingIp: '127.0.0.9', invert: false }],
  ])('by %s %j refuses with 403 900805, and no longer when it is lifted', async (type, value) => {
    g.gateway.applyChanges([deny(type, value)]);
    const reply = await call(g.port, path, { headers: await token() });
    expect([reply.status, reply.json()]).toEqual([
      403,
      { code: '900805', message: 'Message blocked', description: 'You have been blocked from accessing the resource' },
    ]);
    g.gateway.applyChanges([change.gone('deny-condition', 'd1')]);
    expect(await statuses(1, await token())).toEqual([200]);
  });

  it.each([
    ['API', '/pizzashack/2.0.0'],
    ['USER', 'bob@other.com'],
    ['IPRANGE', { startingIp: '127.0.0.2', endingIp: '127.0.0.9', invert: false }],
  ])('by %s %j leaves others alone', async (type, value) => {
    g.gateway.applyChanges([deny(type, value)]);
    expect(await statuses(1, await token())).toEqual([200]);
    g.gateway.applyChanges([change.gone('deny-condition', 'd1')]);
  });

  it('of another organization does not concern this one, and open operations are asked too', async () => {
    const foreign = deny('API', '/pizzashack/1.0.0');
    g.gateway.applyChanges([{ ...foreign, value: { ...foreign.value, organization: 'other.com' } }]);
    expect(await statuses(1, await token())).toEqual([200]);
    deploy({ operations: [operation({ authType: 'None' })] });
    g.gateway.applyChanges([change.api(apiRecord()), foreign]);
    expect(await statuses(1, {})).toEqual([403]);
    g.gateway.applyChanges([change.gone('deny-condition', 'd1')]);
  });
});
