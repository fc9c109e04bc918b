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

function deny(id: string, value: object): Promise<void> {
  const key = { kind: 'deny-condition', id, organization: 'carbon.super', eventType: 'POLICY_UPDATE' } as const;
  return db.transaction(ctx, (tx) => app.nest.get(RecordWriter).put(tx, key, value));
}

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
    for (const path of ['/state', '/snapshot', '/changes?since=0&epoch=e', '/block']) {
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
    expect(metrics).toMatch(/tollgate_hub_relayed_seq\{target="in-process"\} 3\b/);
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
