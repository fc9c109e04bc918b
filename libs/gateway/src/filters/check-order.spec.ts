import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBackEnd, type BackEnd } from '../../test/back-end.js';
import { call } from '../../test/call.js';
import { startTestGateway, type TestGateway } from '../../test/fixture.js';
import {
  applicationRecord,
  change,
  deploymentRecord,
  operation,
  policyRecord,
  subscriptionRecord,
} from '../../test/records.js';

const path = '/pizzashack/1.0.0/menu';
const nowMs = Date.UTC(2030, 0, 5, 10, 32, 1);
let backEnd: BackEnd;
let g: TestGateway;

beforeAll(async () => {
  backEnd = await startBackEnd();
  g = await startTestGateway(backEnd.url, [], { nowMs: () => nowMs });
});
afterAll(async () => {
  await g.stop();
  await backEnd.close();
});

async function codeNow(): Promise<unknown> {
  const seconds = Math.floor(nowMs / 1000);
  const headers = await g.bearer({ iat: seconds, nbf: seconds, exp: seconds + 3600, jti: 'order' });
  const reply = await call(g.port, path, { headers });
  return reply.status === 200 ? 200 : reply.json()['code'];
}

const limit = (requestCount: number) =>
  ({ type: 'REQUESTCOUNTLIMIT', requestCount, unitTime: 1, timeUnit: 'min' }) as const;
const resource = (count: number) =>
  change.policy(policyRecord({ level: 'advanced', name: 'Resource', limit: limit(count) }));
const application = (count: number) =>
  change.policy(policyRecord({ level: 'application', name: 'Application', limit: limit(count) }));
const plan = (count: number, burst: number | null = 1) =>
  change.policy(
    policyRecord({
      level: 'subscription',
      name: 'Plan',
      limit: limit(count),
      burst: burst === null ? null : { count: burst, timeUnit: 'sec' },
    }),
  );
const deployment = (production: number | null) =>
  change.deployment(
    deploymentRecord({
      productionEndpoints: [{ url: backEnd.url }],
      operations: [operation({ throttlingPolicy: 'Resource' })],
      maxTps: { production, sandbox: null },
    }),
  );
const deny = {
  kind: 'deny-condition',
  id: 'd1',
  value: { id: 1, uuid: 'd1', organization: 'carbon.super', type: 'API', value: '/pizzashack/1.0.0' },
} as const;

it('a request that everything refuses hears of the deny list first, then of each quota in the order of the field', async () => {
  g.gateway.applyChanges([resource(9), plan(9), application(9), deployment(1)]);
  g.gateway.applyChanges([
    change.application(applicationRecord({ tier: 'Application' })),
    change.subscription(subscriptionRecord({ tier: 'Plan' })),
  ]);
  expect(await codeNow()).toBe(200); // uses up the burst and the hard limit of this second
  g.gateway.applyChanges([deny, resource(0), plan(0), application(0)]);
  const codes: unknown[] = [];
  for (const lifted of [
    null,
    change.gone('deny-condition', 'd1'),
    resource(9),
    plan(9),
    plan(9, null),
    application(9),
    deployment(null),
  ]) {
    if (lifted) g.gateway.applyChanges([lifted]);
    codes.push(await codeNow());
  }
  expect(codes).toEqual(['900805', '900802', '900804', '900807', '900803', '900801', 200]);
});
