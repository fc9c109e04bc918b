import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Module } from '@nestjs/common';
import {
  createLogger,
  superOrganization,
  systemClock,
  tollgateClock,
  tollgateConfig,
  tollgateLogger,
} from '@tollgate/base';
import { configSchema } from '@tollgate/config';
import { createDataSource, Database, SeedRegistry, systemContext } from '@tollgate/database';
import { deploymentEntities, DeploymentModule, HubReader, RecordWriter } from '@tollgate/deployment/server';
import { createTransports, inProcessUrl, tollgateTransports, type HubMessage } from '@tollgate/event-hub';
import { createHttpApp, HttpModule, loadOrMakeCertificate, type HttpApp } from '@tollgate/http';
import { decisionsSchema, type Decision } from '@tollgate/throttling/contract';
import { DefaultPolicies, ThrottlingModule, throttlingEntities } from '@tollgate/throttling/server';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { trafficManagerRole } from './index.js';
import { settingsOf } from './settings.js';

const log = createLogger({ level: 'silent', node: 'spec' });
const folder = mkdtempSync(join(tmpdir(), 'tollgate-tm-'));
const config = configSchema.parse({ tollgate: { data_dir: folder, event_hub: { reconcile_interval_ms: 100 } } });
const entities = [...deploymentEntities, ...throttlingEntities];
const dataSource = createDataSource(
  { type: 'sqlite', file: join(folder, 'test.db') },
  { entities, migrations: { sqlite: [], mysql: [] } },
);
const db = new Database(dataSource, log);
const transports = createTransports({ prefix: 'spec', credentials: { username: '', password: '' }, log });

const parts = [
  { provide: Database, useValue: db },
  { provide: tollgateClock, useValue: systemClock },
  { provide: tollgateConfig, useValue: config },
  { provide: tollgateLogger, useValue: log },
  { provide: tollgateTransports, useValue: transports },
  SeedRegistry,
];

@Global()
@Module({ providers: parts, exports: parts })
class PartsModule {}

@Module({
  imports: [
    PartsModule,
    HttpModule.forRoot({ log }),
    DeploymentModule,
    ThrottlingModule,
    trafficManagerRole.module(config),
  ],
})
class AllInOneModule {}

let app: HttpApp;

beforeAll(async () => {
  await dataSource.initialize();
  await dataSource.synchronize();
  const certificate = await loadOrMakeCertificate({ folder, name: 'management', hostname: 'localhost' });
  const http = { port: 0, host: '127.0.0.1' };
  app = await createHttpApp(AllInOneModule, { https: { ...http, certificate }, http, maxBodyBytes: 10_000, log });
  await app.listen();
});
afterAll(async () => {
  await app.close();
  await transports.closeAll();
  await dataSource.destroy();
  rmSync(folder, { recursive: true });
});

describe('the traffic manager in one process with the control plane', () => {
  it('reads the policies of that control plane, counts, and decides', async () => {
    const defaults = app.nest.get(DefaultPolicies);
    await db.transaction(systemContext(superOrganization), (tx) => defaults.seed(tx, superOrganization));
    expect((await app.nest.get(HubReader).state()).seq).toBeGreaterThan(0);
    expect(app.nest.get(RecordWriter)).toBeDefined();
    const ready = async () =>
      (await fetch(`http://127.0.0.1:${app.ports().http}/readyz`)).json() as Promise<{ state: string }>;
    await vi.waitFor(async () => expect((await ready()).state).toBe('ok'), { timeout: 5_000 });

    const hub = transports.get(inProcessUrl);
    const heard: Decision[] = [];
    const onMessage = (message: HubMessage) => void heard.push(...decisionsSchema.parse(message.data).decisions);
    await hub.subscribe({ subscriber: 'gateway', topics: ['throttleData'], keepForMs: 0, onMessage });
    const keys = { appKey: '1:bob@carbon.super', subscriptionKey: '', apiKey: '', resourceKey: '' };
    const tiers = { appTier: '10PerMin', subscriptionTier: '', apiTier: '', resourceTier: '', matchedConditions: '' };
    const names = { userId: 'bob', apiContext: '/p/1', apiVersion: '1', apiName: 'P', appId: '1' };
    const tenants = { apiTenant: superOrganization, appTenant: superOrganization };
    let seq = 0;
    // Until the policy has arrived the requests count nowhere, so they are sent again as new batches.
    await vi.waitFor(
      async () => {
        const event = { ...keys, ...tiers, ...names, ...tenants, windowStart: Date.now(), count: 12, bytes: 0 };
        const common = {
          organization: superOrganization,
          at: Date.now(),
          publisher: 'gateway-1',
          type: 'REQUEST_BATCH',
        };
        await hub.publish('requestEvents', [
          { ...common, id: String(++seq), seq, data: { events: [event], handedOn: false } },
        ]);
        expect(
          heard.some((one) => one.isThrottled && one.throttleKey === keys.appKey && one.level === 'application'),
        ).toBe(true);
      },
      { timeout: 5_000, interval: 50 },
    );
  });
});

describe('the settings of a traffic manager', () => {
  it('refuse a shared store without its address, and make one from its parts', () => {
    const shared = (store?: object) =>
      settingsOf(
        configSchema.parse({
          apim: { distributed_throttling: { enable: true, ...(store ? { keyvalue_store: store } : {}) } },
        }),
      );
    expect(() => shared()).toThrow('[apim.distributed_throttling] is enabled without a store');
    expect(shared({ host: 'kv', port: 6380, user: 'tm', password: 'p@:s', ssl: true }).store).toEqual({
      kind: 'single',
      address: { host: 'kv', port: 6380 },
      username: 'tm',
      password: 'p@:s',
      tls: true,
    });
  });
});
