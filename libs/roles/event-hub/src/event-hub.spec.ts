import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Module } from '@nestjs/common';
import { createLogger, systemClock, tollgateClock, tollgateConfig, tollgateLogger } from '@tollgate/base';
import { createDataSource, Database, systemContext } from '@tollgate/database';
import { hubChangeFeed, HttpControlPlane, DiskCopy, hubCredentials } from '@tollgate/deployment/client';
import { Replica, ReplicaSync } from '@tollgate/deployment/domain';
import { deploymentEntities, GatewayRegistry, OutboxRelay, RecordWriter } from '@tollgate/deployment/server';
import { createTransports, tollgateTransports, type Transports } from '@tollgate/event-hub';
import { createHttpApp, HttpModule, loadOrMakeCertificate, type HttpApp } from '@tollgate/http';
import { DatabaseJobQueue, jobEntities, JobQueue } from '@tollgate/jobs';
import { metricsRegistry } from '@tollgate/observability';
import { denyConditionRecordSchema } from '@tollgate/throttling/contract';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { EventHubModule, type EventHubConfig } from './index.js';

const log = createLogger({ level: 'silent', node: 'spec' });
const ctx = systemContext('carbon.super');
const within = { timeout: 5_000, interval: 10 };
const config: EventHubConfig = {
  apim: {
    event_hub: {
      username: 'hub',
      password: 'hub-password',
      event_listening_endpoints: [],
      event_duplicate_url: [],
      publish: { url_group: [] },
    },
    throttling: { throttle_decision_endpoints: [], event_duplicate_url: [], url_group: [] },
  },
  super_admin: { username: 'admin', password: 'admin-password' },
  server: { offset: 0 },
  tollgate: { node_id: 'hub-1', management: { https_port: 9443 } },
};

let folder: string;
let db: Database;
let jobs: DatabaseJobQueue;
let app: HttpApp;
let base: string;
let transports: Transports;

function testModule(): unknown {
  const given = [
    { provide: tollgateConfig, useValue: config },
    { provide: tollgateLogger, useValue: log },
    { provide: tollgateClock, useValue: systemClock },
    { provide: tollgateTransports, useValue: transports },
    { provide: Database, useValue: db },
    { provide: JobQueue, useValue: jobs },
  ];
  class Core {}
  Module({ providers: given, exports: given.map(({ provide }) => provide) })(Core);
  Global()(Core);
  class Root {}
  Module({ imports: [Core, HttpModule.forRoot({ log }), EventHubModule.forRoot(config)] })(Root);
  return Root;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'role-event-hub-'));
  const entities = [...deploymentEntities, ...jobEntities];
  const dataSource = createDataSource(
    { type: 'sqlite', file: join(folder, 'db') },
    { entities, migrations: { sqlite: [], mysql: [] } },
  );
  await dataSource.initialize();
  await dataSource.synchronize();
  db = new Database(dataSource, log);
  jobs = new DatabaseJobQueue(db, { clock: systemClock, log });
  transports = createTransports({ prefix: 'spec', credentials: { username: '', password: '' }, log });
  const certificate = await loadOrMakeCertificate({ folder, name: 'management', hostname: 'localhost' });
  const http = { port: 0, host: '127.0.0.1' };
  app = await createHttpApp(testModule(), { https: { ...http, certificate }, http, maxBodyBytes: 100_000, log });
  await app.listen();
  base = `http://127.0.0.1:${app.ports().http}`;
});
afterAll(async () => {
  await app.close();
  await transports.closeAll();
  await db.dataSource.destroy();
  rmSync(folder, { recursive: true });
});

const basic = (name: string, password: string): string =>
  `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;

function ask(
  path: string,
  init: { headers?: Record<string, string>; method?: string; body?: string } = {},
): Promise<Response> {
  const headers = { authorization: basic('hub', 'hub-password'), 'content-type': 'application/json', ...init.headers };
  return fetch(`${base}/internal/data/v1${path}`, { ...init, headers });
}

async function answerOf(path: string, headers: Record<string, string> = {}): Promise<unknown> {
  const answer = await ask(path, { headers });
  expect([path, answer.status]).toEqual([path, 200]);
  return answer.json();
}

type Kind = 'deny-condition' | 'custom-rule' | 'throttle-policy';
function put(kind: Kind, id: string, value: object): Promise<void> {
  const key = { kind, id, organization: 'carbon.super', eventType: 'POLICY_UPDATE' } as const;
  return db.transaction(ctx, (tx) => app.nest.get(RecordWriter).put(tx, key, value));
}
const deny = (id: string, value: object): Promise<void> => put('deny-condition', id, value);

const condition = (uuid: string) =>
  ({ id: 1, uuid, organization: 'carbon.super', type: 'API', value: `/pizza/${uuid}` }) as const;

describe('internal data service', () => {
  it.each([
    { who: 'nobody', authorization: '' },
    { who: 'the super admin', authorization: basic('admin', 'admin-password') },
    { who: 'a wrong password', authorization: basic('hub', 'hub-passwore') },
    { who: 'an empty password', authorization: basic('hub', '') },
    { who: 'a bearer token', authorization: 'Bearer hub-password' },
    { who: 'broken Basic', authorization: 'Basic ???' },
  ])('refuses $who on every path with 401', async ({ authorization }) => {
    const policies = ['subscription', 'application', 'api', 'global'].map((level) => `/${level}-policies`);
    for (const path of ['/state', '/snapshot', '/changes?since=0&epoch=e', '/block', '/keyTemplates', ...policies]) {
      const answer = await ask(path, { headers: { authorization } });
      expect([path, answer.status]).toEqual([path, 401]);
    }
    const told = await ask('/notify-gateway', { method: 'POST', headers: { authorization }, body: '{}' });
    expect(told.status).toBe(401);
  });

  it('gives the snapshot compressed or plain, and 304 to a caller who has it', async () => {
    await deny('d1', condition('d1'));
    const first = await ask('/snapshot', { headers: { 'accept-encoding': 'gzip' } });
    expect([first.status, first.headers.get('content-encoding')]).toEqual([200, 'gzip']);
    const plain = await ask('/snapshot', { headers: { 'accept-encoding': 'identity' } });
    expect(plain.headers.get('content-encoding')).toBeNull();
    const snapshot: unknown = await plain.json();
    expect(await first.json()).toEqual(snapshot);
    expect(snapshot).toMatchObject({ seq: 1, records: [{ kind: 'deny-condition', id: 'd1' }] });
    const again = await ask('/snapshot', { headers: { 'if-none-match': first.headers.get('etag') ?? '' } });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  it('gives changes, says 410 for another epoch, and lists every fault of a bad question', async () => {
    const state = (await (await ask('/state')).json()) as { epoch: string; seq: number };
    const answer = await ask(`/changes?since=0&epoch=${state.epoch}`);
    expect(await answer.json()).toMatchObject({
      ...state,
      changes: [{ seq: 1, change: { eventType: 'POLICY_UPDATE' } }],
    });
    expect((await ask('/changes?since=0&epoch=other')).status).toBe(410);
    const bad = await ask('/changes?since=-1');
    expect(bad.status).toBe(400);
    expect(((await bad.json()) as { error: { code: string }[] }).error.map(({ code }) => code)).toEqual([
      'since',
      'epoch',
    ]);
  });

  it('registers gateways, gives an id to one that has none, and takes heartbeats', async () => {
    const post = (body: object): Promise<Response> =>
      ask('/notify-gateway', { method: 'POST', body: JSON.stringify(body) });
    const registered = await post({ payloadType: 'REGISTER', gatewayId: 'g1', environmentLabels: ['Default'] });
    expect([registered.status, await registered.json()]).toEqual([
      200,
      { status: 'REGISTERED', gatewayId: 'g1', liveGateways: 1 },
    ]);
    const beat = await post({ payloadType: 'HEARTBEAT', gatewayId: 'g1', seq: 1 });
    expect(await beat.json()).toEqual({ status: 'ACKNOWLEDGED', gatewayId: 'g1', liveGateways: 1 });
    expect(await (await post({ payloadType: 'REGISTER' })).json()).toMatchObject({
      gatewayId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    const forgotten = await post({ payloadType: 'HEARTBEAT', gatewayId: 'given-up', seq: 1 });
    expect(await forgotten.json()).toMatchObject({ status: 'REGISTERED', gatewayId: 'given-up' });
    for (const body of [
      { payloadType: 'HEARTBEAT' },
      { payloadType: 'HELLO', gatewayId: 'x' },
      { payloadType: 'REGISTER', gatewayId: 7 },
      [],
    ]) {
      expect((await post(body)).status).toBe(400);
    }
  });

  it("keeps what nodes say of themselves, and refuses anybody without the hub's password", async () => {
    const report = { nodeId: 'tm-1', role: 'traffic-manager', startedAt: 1, seq: 1, digest: 'd', stale: false };
    const post = (body: object, headers: Record<string, string> = {}): Promise<Response> =>
      ask('/notify-node', { method: 'POST', body: JSON.stringify(body), headers });
    expect((await post(report, { authorization: basic('hub', 'wrong') })).status).toBe(401);
    const told = await post(report);
    expect([told.status, await told.json()]).toEqual([200, { status: 'RECEIVED' }]);
    expect((await post({ ...report, role: 'spy' })).status).toBe(400);
  });

  it('takes deployment acknowledgements, which the publisher reads as live and failed', async () => {
    const line = {
      gatewayId: 'g1',
      apiId: 'api',
      revisionId: 'r1',
      tenantDomain: 'carbon.super',
      timeStamp: 1,
      action: 'DEPLOY',
      deploymentStatus: 'SUCCESS',
    };
    const answer = await ask('/notify-api-deployment-status', {
      method: 'POST',
      body: JSON.stringify({ count: 1, list: [line] }),
    });
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'RECEIVED' }]);
    expect((await app.nest.get(GatewayRegistry).deploymentsOf(['api'])).get('api')).toMatchObject({
      live: 1,
      failed: 0,
    });
    const bad = await ask('/notify-api-deployment-status', {
      method: 'POST',
      body: JSON.stringify({ list: [{ ...line, action: 'JUMP' }] }),
    });
    expect(bad.status).toBe(400);
  });

  it('lists deny conditions as the contract does', async () => {
    await deny('d2', {
      ...condition('d2'),
      type: 'IPRANGE',
      value: { startingIp: '10.0.0.1', endingIp: '10.0.0.9', invert: false },
    });
    expect(await (await ask('/block')).json()).toEqual({
      api: ['/pizza/d1'],
      application: [],
      ip: [
        {
          id: 1,
          tenantDomain: 'carbon.super',
          type: 'IPRANGE',
          startingIp: '10.0.0.1',
          endingIp: '10.0.0.9',
          invert: false,
        },
      ],
      user: [],
      custom: [],
      subscription: [],
    });
  });

  it('lists deployed key templates, each once, and policies of the organization that is asked for', async () => {
    const common = { organization: 'carbon.super', displayName: '', stopOnQuotaReach: true, burst: null } as const;
    const window = { unitTime: 1, timeUnit: 'min' };
    const limit = { type: 'REQUESTCOUNTLIMIT', requestCount: 7, ...window };
    const policy = { ...common, uuid: 'p', limit, applicableLevel: 'apiLevel' };
    const address = { startingIp: '10.0.0.1', endingIp: '10.0.0.9' };
    const group = { conditions: [{ type: 'IPCONDITION', invert: true, address }], limit };
    const bandwidth = { type: 'BANDWIDTHLIMIT', dataAmount: 2, dataUnit: 'MB', ...window };
    const burst = { count: 3, timeUnit: 'sec' };
    const rule = { uuid: 'r', organization: 'carbon.super', ruleId: 'r1', siddhiQuery: 'from …', properties: [] };
    await put('custom-rule', 'r1', { ...rule, name: 'one', keyTemplate: '$userId' });
    await put('custom-rule', 'r2', { ...rule, name: 'two', keyTemplate: '$apiContext' });
    await put('throttle-policy', 'p1', { ...policy, level: 'advanced', name: 'Ten', conditionGroups: [group] });
    await put('throttle-policy', 'p2', { ...policy, level: 'subscription', name: 'Gold', limit: bandwidth, burst });
    await put('throttle-policy', 'p3', { ...policy, level: 'application', name: 'Unlimited', limit: null });
    const foreign = { ...policy, level: 'application', name: 'Ten', organization: 'acme.org' };
    await put('throttle-policy', 'p4', foreign);
    const tenantDomain = 'carbon.super';
    const minute = { timeUnit: 'min', unitTime: 1 };
    const seven = {
      type: 'REQUESTCOUNTLIMIT',
      quotaType: 'requestCount',
      requestCount: { requestCount: 7, ...minute },
    };

    expect(await answerOf('/keyTemplates')).toEqual(['$apiContext', '$userId']);
    expect(await answerOf('/global-policies?policyName=two')).toEqual({
      count: 1,
      list: [{ name: 'two', tenantDomain, siddhiQuery: 'from …', keyTemplate: '$apiContext' }],
    });
    expect(await answerOf('/api-policies')).toEqual({
      count: 1,
      list: [
        {
          name: 'Ten',
          tenantDomain,
          quotaType: 'requestCount',
          defaultLimit: seven,
          applicableLevel: 'apiLevel',
          conditionGroups: [
            {
              conditionGroupId: 0,
              quotaType: 'requestCount',
              condition: [{ conditionType: 'IPRANGE', name: '', value: '10.0.0.1-10.0.0.9', isInverted: true }],
              defaultLimit: seven,
            },
          ],
        },
      ],
    });
    const megabytes = { dataAmount: 2, dataUnit: 'MB', ...minute };
    expect(await answerOf('/subscription-policies')).toEqual({
      count: 1,
      list: [
        {
          name: 'Gold',
          tenantDomain,
          quotaType: 'bandwidthVolume',
          defaultLimit: { type: 'BANDWIDTHLIMIT', quotaType: 'bandwidthVolume', bandwidth: megabytes },
          stopOnQuotaReach: true,
          rateLimitCount: 3,
          rateLimitTimeUnit: 'sec',
        },
      ],
    });
    expect(await answerOf('/application-policies')).toEqual({ count: 1, list: [{ name: 'Unlimited', tenantDomain }] });
    const names = async (tenant: string): Promise<unknown> =>
      ((await answerOf('/application-policies', { xWSO2Tenant: tenant })) as { list: object[] }).list;
    expect(await names('acme.org')).toEqual([expect.objectContaining({ name: 'Ten', tenantDomain: 'acme.org' })]);
    expect(await names('*')).toHaveLength(2);
    expect(await names('nobody.org')).toEqual([]);
  });

  it('brings a change from the commit to a replica through relay and hub', async () => {
    const replica = new Replica({
      schemas: { 'deny-condition': denyConditionRecordSchema },
      onProblem: () => expect.unreachable(),
    });
    const controlPlane = new HttpControlPlane({ baseUrls: [base], credentials: hubCredentials(config) });
    const feed = hubChangeFeed({ transports: [transports.get('in-process')], subscriber: 'g1' });
    const disk = new DiskCopy(join(folder, 'copy'));
    const sync = new ReplicaSync({
      replica,
      controlPlane,
      feed,
      disk,
      log,
      clock: systemClock,
      compareEveryMs: 60_000,
    });
    await sync.start();
    await sync.whenReady();
    const committedAt = performance.now();
    await deny('d3', condition('d3'));
    await vi.waitFor(() => expect(replica.get('deny-condition', 'd3')).toBeDefined(), within);
    expect(performance.now() - committedAt).toBeLessThan(5_000);
    expect(sync.status()).toMatchObject({ source: 'control-plane', healedGaps: 0 });
    expect(app.nest.get(OutboxRelay).status()).toMatchObject({ relaying: true, lastError: '' });
    const metrics = await metricsRegistry.metrics();
    const { seq } = (await answerOf('/state')) as { seq: number };
    expect(metrics).toContain(`tollgate_hub_relayed_seq{target="in-process"} ${seq}\n`);
    expect(metrics).toMatch(/tollgate_hub_connected\{target="in-process"\} 1\b/);
    await sync.stop();
    await controlPlane.close();
  });
});

describe('event hub credentials', () => {
  it('fall back to the super admin as configured, and to what nobody can know when none is', () => {
    const hub = { ...config.apim.event_hub, username: undefined, password: undefined };
    expect(hubCredentials({ ...config, apim: { event_hub: hub } })).toEqual({
      username: 'admin',
      password: 'admin-password',
    });
    const { password } = hubCredentials({ apim: { event_hub: {} }, super_admin: { username: 'admin' } });
    expect(password).toMatch(/^[0-9a-f]{64}$/);
  });
});
