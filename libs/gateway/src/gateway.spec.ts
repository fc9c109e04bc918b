import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackEnd, type BackEnd } from '../test/back-end.js';
import { call } from '../test/call.js';
import { startTestGateway, type TestGateway } from '../test/fixture.js';
import {
  apiRecord,
  change,
  deploymentRecord,
  keyMappingRecord,
  operation,
  subscriptionRecord,
} from '../test/records.js';
import { createGateway } from './gateway.js';

let backEnd: BackEnd;
let sandbox: BackEnd;
let g: TestGateway;
beforeAll(async () => {
  backEnd = await startBackEnd();
  sandbox = await startBackEnd((_req, res) => res.end('sandbox'));
  g = await startTestGateway(`${backEnd.url}/base/`);
});
afterAll(async () => {
  await g.stop();
  await Promise.all([backEnd.close(), sandbox.close()]);
});

describe('a published API', () => {
  it('is served to a subscribed application, with one slash at the seam of endpoint and resource', async () => {
    const reply = await call(g.port, '/pizzashack/1.0.0/menu?size=l&size=m', { headers: await g.bearer() });
    expect(reply.status).toBe(200);
    expect(reply.json()).toEqual({ method: 'GET', url: '/base/menu?size=l&size=m', body: '' });
  });

  it('passes bodies on', async () => {
    const headers = { ...(await g.bearer()), 'content-type': 'application/json' };
    const reply = await call(g.port, '/pizzashack/1.0.0/order', { method: 'POST', headers, body: '{"a":1}' });
    expect(reply.json()).toEqual({ method: 'POST', url: '/base/order', body: '{"a":1}' });
  });

  it('answers an unknown path with the 404 of the field', async () => {
    const reply = await call(g.port, '/nothing/here');
    expect(reply.status).toBe(404);
    expect(reply.json()).toEqual({
      code: '404',
      type: 'Status report',
      message: 'Not Found',
      description: 'The requested resource is not available.',
    });
  });

  it('answers a verb that no operation has with 405 and Allow', async () => {
    g.gateway.applyChanges([
      change.api(apiRecord({ uuid: 'verbs', context: '/verbs', basePath: '/verbs/1' })),
      change.deployment(deploymentRecord({ apiUuid: 'verbs', operations: [operation({ target: '/a' })] })),
    ]);
    const reply = await call(g.port, '/verbs/1/a', { method: 'DELETE' });
    expect([reply.status, reply.headers.allow]).toEqual([405, 'GET']);
    expect((await call(g.port, '/verbs/1/b')).status).toBe(404);
  });
});

describe('lifecycle states at the gateway', () => {
  it.each([
    ['PUBLISHED', 200, undefined],
    ['DEPRECATED', 200, undefined],
    ['PROTOTYPED', 200, undefined],
    ['BLOCKED', 503, '700700'],
    ['RETIRED', 404, '404'],
    ['CREATED', 403, '900908'],
  ] as const)('%s answers %i', async (lifecycleState, status, code) => {
    g.gateway.applyChanges([change.api(apiRecord({ lifecycleState }))]);
    const reply = await call(g.port, '/pizzashack/1.0.0/menu', { headers: await g.bearer() });
    expect([reply.status, reply.json()['code']]).toEqual([status, code]);
    g.gateway.applyChanges([change.api(apiRecord())]);
  });
});

describe('subscriptions', () => {
  const state = (over: Parameters<typeof subscriptionRecord>[0]) =>
    g.gateway.applyChanges([change.subscription(subscriptionRecord(over))]);

  it.each([
    ['BLOCKED', 401, '900907'],
    ['PROD_ONLY_BLOCKED', 401, '900907'],
    ['ON_HOLD', 401, '900909'],
    ['REJECTED', 401, '900909'],
    ['UNBLOCKED', 200, undefined],
    ['TIER_UPDATE_PENDING', 200, undefined],
  ] as const)('in state %s answer %i', async (wanted, status, code) => {
    state({ state: wanted });
    const reply = await call(g.port, '/pizzashack/1.0.0/menu', { headers: await g.bearer() });
    expect([reply.status, reply.json()['code']]).toEqual([status, code]);
    state({});
  });

  it('that do not exist answer 403 900908', async () => {
    g.gateway.applyChanges([change.gone('subscription', 'sub-1')]);
    const reply = await call(g.port, '/pizzashack/1.0.0/menu', { headers: await g.bearer() });
    expect([reply.status, reply.json()['code']]).toEqual([403, '900908']);
    state({});
  });

  it('are not asked for when the deployment offers no plan', async () => {
    g.gateway.applyChanges([
      change.api(apiRecord({ uuid: 'free', context: '/free', basePath: '/free/1' })),
      change.deployment(
        deploymentRecord({ apiUuid: 'free', policies: [], productionEndpoints: [{ url: backEnd.url }] }),
      ),
    ]);
    const headers = await g.bearer({ azp: 'unknown', client_id: 'unknown' });
    expect((await call(g.port, '/free/1/a', { headers })).status).toBe(200);
    expect((await call(g.port, '/free/1/a')).status).toBe(401);
  });
});

describe('key types', () => {
  it('send sandbox keys to the sandbox, refuse them where there is none, and refuse a token that claims another type', async () => {
    g.gateway.applyChanges([change.keyMapping(keyMappingRecord({ consumerKey: 'sand', keyType: 'SANDBOX' }))]);
    const headers = await g.bearer({ azp: 'sand', keytype: 'SANDBOX' });
    const missing = await call(g.port, '/pizzashack/1.0.0/menu', { headers });
    expect([missing.status, missing.json()['code']]).toEqual([403, '900901']);
    g.gateway.applyChanges([
      change.deployment(
        deploymentRecord({
          productionEndpoints: [{ url: `${backEnd.url}/base/` }],
          sandboxEndpoints: [{ url: sandbox.url }],
        }),
      ),
    ]);
    expect((await call(g.port, '/pizzashack/1.0.0/menu', { headers })).text).toBe('sandbox');
    const lying = await g.bearer({ azp: 'sand', keytype: 'PRODUCTION' });
    expect((await call(g.port, '/pizzashack/1.0.0/menu', { headers: lying })).status).toBe(401);
  });
});

describe('deployments', () => {
  it('are acknowledged once per revision, and an artifact that cannot be served leaves the old one serving', () => {
    const records = [
      change.api(apiRecord({ uuid: 'ack', context: '/ack', basePath: '/ack/1' })),
      change.deployment(deploymentRecord({ apiUuid: 'ack', productionEndpoints: [{ url: backEnd.url }] })),
    ];
    expect(g.gateway.applyChanges(records)).toEqual([
      { apiId: 'ack', revisionId: 'rev-1', action: 'DEPLOY', deploymentStatus: 'SUCCESS' },
    ]);
    expect(g.gateway.applyChanges(records)).toEqual([]);
    const bad = deploymentRecord({ apiUuid: 'ack', revisionId: 'rev-2', productionEndpoints: [{ url: 'not a url' }] });
    expect(g.gateway.applyChanges([change.deployment(bad)])).toEqual([
      {
        apiId: 'ack',
        revisionId: 'rev-2',
        action: 'DEPLOY',
        deploymentStatus: 'FAILURE',
        errorCode: 900967,
        errorMessage: 'The endpoint "not a url" is no URL: write it as http://host:port/path.',
      },
    ]);
    expect([...g.gateway.deployments()].find(({ apiUuid }) => apiUuid === 'ack')?.revisionId).toBe('rev-1');
  });

  it('with a record that breaks its schema are acknowledged as failed', () => {
    const broken = { ...deploymentRecord({ apiUuid: 'ack', revisionId: 'rev-3' }), operations: 'none' };
    const [outcome] = g.gateway.applyChanges([{ kind: 'deployment', id: 'ack:Default', value: broken }]);
    expect(outcome).toMatchObject({ apiId: 'ack', revisionId: 'rev-3', deploymentStatus: 'FAILURE' });
    expect(outcome?.errorMessage).toMatch(/^operations: /);
    expect(g.gateway.status().refusedRecords).toBe(1);
  });

  it('of other environments are left alone, and gone ones answer 404', async () => {
    expect(
      g.gateway.applyChanges([change.deployment(deploymentRecord({ apiUuid: 'ack', environment: 'Other' }))]),
    ).toEqual([]);
    expect(g.gateway.applyChanges([change.gone('deployment', 'ack:Default')])).toEqual([
      { apiId: 'ack', revisionId: 'rev-2', action: 'UNDEPLOY', deploymentStatus: 'SUCCESS' },
    ]);
    expect((await call(g.port, '/ack/1/a')).status).toBe(404);
  });
});

describe('10,000 APIs', () => {
  it('are taken in at once, and one edit among them costs the edit', () => {
    const records = Array.from({ length: 10_000 }, (_, i) => [
      change.api(apiRecord({ id: i, uuid: `many-${i}`, context: `/many/${i}`, basePath: `/many/${i}/1` })),
      change.deployment(deploymentRecord({ apiUuid: `many-${i}`, productionEndpoints: [{ url: backEnd.url }] })),
    ]).flat();
    const started = performance.now();
    expect(g.gateway.applyChanges(records)).toHaveLength(10_000);
    const all = performance.now() - started;
    const edits = Array.from({ length: 10 }, () => {
      const edited = performance.now();
      g.gateway.applyChanges([change.api(apiRecord({ uuid: 'many-7', context: '/many/7', basePath: '/many/7/1' }))]);
      return performance.now() - edited;
    });
    expect(Math.min(...edits)).toBeLessThan(all / 20); // to the work for all of them, whatever the machine
    g.gateway.applyChanges(records.map(({ kind, id }) => change.gone(kind, id)));
  });
});

describe('V-38 a gateway without configuration', () => {
  it('answers every request 503 with the reason', async () => {
    const empty = createGateway({
      host: '127.0.0.1',
      httpPort: 0,
      httpsPort: null,
      labels: [],
      trustedProxies: [],
      allowedNetworks: [],
      eventFlushMs: 50,
      log: (await import('@tollgate/base')).createLogger({ level: 'silent', node: 'test' }),
      nowMs: Date.now,
      publish: () => Promise.resolve(),
    });
    await empty.start();
    const reply = await call(empty.ports.http ?? 0, '/pizzashack/1.0.0/menu');
    expect([reply.status, reply.headers['retry-after']]).toEqual([503, '5']);
    expect(reply.json()['description']).toMatch(/not received its configuration/);
    await empty.stop({ timeoutMs: 100 });
  });
});
