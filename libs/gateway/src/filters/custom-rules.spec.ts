import type { Decision, RequestEvent } from '@tollgate/throttling/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackEnd, type BackEnd } from '../../test/back-end.js';
import { call } from '../../test/call.js';
import { startTestGateway, type TestGateway } from '../../test/fixture.js';
import { apiRecord, applicationRecord, change, deploymentRecord, subscriptionRecord } from '../../test/records.js';

let backEnd: BackEnd;
let g: TestGateway;
const nowMs = Date.UTC(2030, 0, 5, 10, 32, 1);
const events: RequestEvent[] = [];
const path = '/pizzashack/1.0.0/menu';

beforeAll(async () => {
  backEnd = await startBackEnd();
  const publish = async ({ batch }: { batch: { events: readonly RequestEvent[] } }) =>
    void events.push(...batch.events);
  g = await startTestGateway(backEnd.url, [], { nowMs: () => nowMs, publish, eventFlushMs: 5 });
  g.gateway.applyChanges([
    change.application(applicationRecord({ tier: 'Unlimited' })),
    change.subscription(subscriptionRecord({ tier: 'Unlimited' })),
    change.deployment(deploymentRecord({ productionEndpoints: [{ url: backEnd.url }] })),
  ]);
});
afterAll(async () => {
  await g.stop();
  await backEnd.close();
});

function ruleChange(keyTemplate: string, properties: string[] = []) {
  const common = { uuid: 'r', organization: 'carbon.super', name: 'Fair use', ruleId: 'r-1', siddhiQuery: '' };
  return { kind: 'custom-rule', id: 'r', value: { ...common, keyTemplate, properties } } as const;
}
const removed = { kind: 'custom-rule', id: 'r', value: null } as const;
const bearer = () => {
  const seconds = Math.floor(nowMs / 1000);
  return g.bearer({ iat: seconds, nbf: seconds, exp: seconds + 3600, jti: `j${Math.random()}` });
};
const decision = (throttleKey: string, more: Partial<Decision> = {}): Decision => {
  return {
    level: 'custom',
    ruleId: 'r-1',
    throttleKey,
    isThrottled: true,
    expiryTimeStamp: nowMs + 9_000,
    count: 1,
    ...more,
  };
};
const get = async (headers: Record<string, string> = {}) =>
  call(g.port, path, { headers: { ...(await bearer()), ...headers } });

describe('custom rules at a gateway', () => {
  it('refuse the key of their template with 429 900806 until the end that the decision names', async () => {
    g.gateway.applyChanges([ruleChange('$apiContext:$clientIp')]);
    expect((await get()).status).toBe(200);
    g.gateway.applyDecisions([decision(`${apiRecord().basePath}:2130706433`)]);
    const refused = await get();
    expect(refused.status).toBe(429);
    expect(refused.text).toContain('900806');
    expect(refused.text).toContain('Message throttled out');
    expect(refused.headers).toMatchObject({
      'retry-after': new Date(nowMs + 9_000).toUTCString(),
      ratelimit: '"Fair use";r=0;t=9',
    });
    g.gateway.applyDecisions([decision(`${apiRecord().basePath}:2130706433`, { isThrottled: false, count: 2 })]);
    expect((await get()).status).toBe(200);
  });

  it('are asked no more once they are gone or have another text', async () => {
    g.gateway.applyChanges([ruleChange('$apiVersion')]);
    g.gateway.applyDecisions([decision('1.0.0', { ruleId: 'r-0' })]);
    expect((await get()).status).toBe(200);
    g.gateway.applyDecisions([decision('1.0.0')]);
    expect((await get()).status).toBe(429);
    g.gateway.applyChanges([removed]);
    expect((await get()).status).toBe(200);
  });

  it('never speak for other levels: a key of the same text there stays free', async () => {
    g.gateway.applyChanges([removed]);
    g.gateway.applyDecisions([decision('1:bob@carbon.super')]);
    expect((await get()).status).toBe(200);
  });

  it('get what they read, and only that, with every request; without any rule nothing is sent', async () => {
    g.gateway.applyChanges([removed]);
    events.length = 0;
    await get({ 'x-plan': 'gold' });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(events).toEqual([]);
    g.gateway.applyChanges([ruleChange('$userId', ['X-Plan', 'ip', 'messageSize', 'missing'])]);
    await get({ 'x-plan': 'gold', 'x-other': 'secret' });
    await get({ 'x-plan': 'tin' });
    await expect.poll(() => events.length).toBe(2);
    expect(events.map(({ clientIp, properties, count }) => ({ clientIp, properties, count }))).toEqual([
      { clientIp: '127.0.0.1', properties: { 'X-Plan': 'gold', messageSize: 0 }, count: 1 },
      { clientIp: '127.0.0.1', properties: { 'X-Plan': 'tin', messageSize: 0 }, count: 1 },
    ]);
    expect(events[0]?.resourceKey).not.toBe('');
    expect(events[0]?.resourceTier).toBe('');
  });
});
