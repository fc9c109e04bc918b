import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiRecord, DeploymentRecord } from '@tollgate/api/contract';
import { createLogger } from '@tollgate/base';
import type { DataPlaneRecord, Snapshot } from '@tollgate/deployment/contract';
import { digestOf, hashRecord } from '@tollgate/deployment/domain';
import { createTransports, type HubMessage, type Transports } from '@tollgate/event-hub';
import { launch, type Running } from '@tollgate/launcher';
import { amqpUrls, randomPrefix } from '@tollgate/testing';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GatewayRuntime, gatewayRole } from './index.js';

/** The internal data service on the wire, with the records that a test gives it. */
class WireControlPlane {
  readonly told: { path: string; body: Record<string, unknown> }[] = [];
  readonly epoch = 'epoch-1';
  seq = 0;
  records: DataPlaneRecord[] = [];
  #server: Server | null = null;
  port = 0;

  async start(): Promise<void> {
    const server = createServer((req, res) => {
      let text = '';
      req.on('data', (chunk) => (text += String(chunk)));
      req.on('end', () => {
        const path = (req.url ?? '').replace('/internal/data/v1', '').replace(/\?.*/, '');
        if (req.headers.authorization !== `Basic ${Buffer.from('hub:hub-secret').toString('base64')}`)
          return res.writeHead(401).end();
        if (req.method === 'POST') this.told.push({ path, body: JSON.parse(text) as Record<string, unknown> });
        const answer =
          path === '/snapshot'
            ? this.snapshot()
            : path === '/changes'
              ? { ...this.state(), changes: [] }
              : this.state();
        return res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      });
    });
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    server?.closeAllConnections();
    await new Promise((resolve) => (server ? server.close(resolve) : resolve(null)));
  }

  put(kind: DataPlaneRecord['kind'], id: string, value: object): DataPlaneRecord {
    const text = JSON.stringify(value);
    const record = { kind, id, organization: 'carbon.super', value: text, hash: hashRecord(kind, id, text) };
    this.records = [...this.records.filter((each) => each.kind !== kind || each.id !== id), record];
    this.seq++;
    return record;
  }

  state() {
    return { epoch: this.epoch, seq: this.seq, digest: digestOf(this.records) };
  }

  snapshot(): Snapshot {
    return { ...this.state(), records: this.records };
  }
}

const api: ApiRecord = {
  id: 1,
  uuid: 'api-1',
  name: 'Open',
  provider: 'admin',
  context: '/open',
  version: '1',
  basePath: '/open/1',
  isDefaultVersion: false,
  lifecycleState: 'PUBLISHED',
  organization: 'carbon.super',
};

function deployment(url: string, over: Partial<DeploymentRecord> = {}): DeploymentRecord {
  return {
    apiUuid: 'api-1',
    environment: 'Default',
    vhost: 'localhost',
    revisionId: 'rev-1',
    revisionNumber: 1,
    operations: [{ target: '/*', verb: 'GET', authType: 'None', throttlingPolicy: 'Unlimited', scopes: [] }],
    apiThrottlingPolicy: 'Many',
    policies: [],
    productionEndpoints: [{ url }],
    sandboxEndpoints: [],
    endpointTimeoutMs: 5_000,
    securityScheme: ['oauth2'],
    authorizationHeader: 'Authorization',
    apiKeyHeader: 'apikey',
    transport: ['http', 'https'],
    cors: {
      corsConfigurationEnabled: false,
      accessControlAllowOrigins: [],
      accessControlAllowCredentials: false,
      accessControlAllowHeaders: [],
      accessControlAllowMethods: [],
    },
    maxTps: { production: null, sandbox: null },
    keyManagers: ['all'],
    audiences: [],
    ...over,
  };
}

const dir = mkdtempSync(join(tmpdir(), 'gateway-role-'));
const prefix = randomPrefix();
const controlPlane = new WireControlPlane();
let broker: string;
let transports: Transports;
let backEnd: Server;
let backEndUrl: string;
let running: Running | null = null;
const batches: HubMessage[] = [];

beforeAll(async () => {
  broker = amqpUrls()[0] ?? '';
  const log = createLogger({ level: 'silent', node: 'spec' });
  transports = createTransports({ prefix, credentials: { username: 'guest', password: 'guest' }, log });
  await transports.get(broker).subscribe({
    subscriber: 'manager',
    topics: ['requestEvents'],
    keepForMs: 0,
    onMessage: (message) => void batches.push(message),
  });
  backEnd = createServer((_req, res) => res.end('served'));
  await new Promise<void>((resolve) => backEnd.listen(0, '127.0.0.1', resolve));
  backEndUrl = `http://127.0.0.1:${(backEnd.address() as AddressInfo).port}`;
  await controlPlane.start(); // takes a port
  await controlPlane.stop();
  writeFileSync(
    join(dir, 'deployment.toml'),
    [
      '[tollgate]',
      `data_dir = "${dir}/data"`,
      'log_level = "silent"',
      'node_id = "gw-1"',
      '[tollgate.management]',
      'https_port = 0',
      'http_port = 0',
      '[tollgate.gateway]',
      'http_port = 0',
      'https_port = 0',
      'bind = "127.0.0.1"',
      '[tollgate.network]',
      'allow_private = ["loopback"]',
      '[tollgate.event_hub]',
      `exchange_prefix = "${prefix}"`,
      'reconcile_interval_ms = 300',
      '[apim.event_hub]',
      'username = "hub"',
      'password = "hub-secret"',
      `service_url = "http://127.0.0.1:${controlPlane.port}/services/"`,
      `event_listening_endpoints = ["${broker}"]`,
      '[apim.throttling]',
      `throttle_decision_endpoints = ["${broker}"]`,
      '[[apim.throttling.url_group]]',
      `traffic_manager_urls = ["${broker}"]`,
    ].join('\n'),
  );
});

afterAll(async () => {
  await running?.stop();
  await controlPlane.stop();
  await transports.closeAll();
  backEnd.close();
  rmSync(dir, { recursive: true });
});

async function startGateway(): Promise<void> {
  running = await launch({
    app: 'gateway',
    roles: [gatewayRole],
    arguments: { configFile: join(dir, 'deployment.toml'), roles: undefined, switches: new Set() },
    env: {},
  });
}

const call = async () =>
  (await fetch(`http://127.0.0.1:${running?.http.nest.get(GatewayRuntime).ports.http}/open/1/a`)).status;
const manage = (path: string, headers: Record<string, string> = {}) =>
  fetch(`http://127.0.0.1:${running?.http.ports().http}${path}`, { headers });

async function until(what: () => Promise<boolean> | boolean, ms = 10_000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await what())) {
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

describe('a gateway of its own', () => {
  it('V-38 answers 503 with the reason while it has no configuration, and heals by itself', async () => {
    await startGateway();
    expect([await call(), (await manage('/readyz')).status, (await manage('/healthz')).status]).toEqual([
      503, 503, 200,
    ]);
    expect((await manage('/api/am/gateway/v2/server-startup-healthcheck')).status).toBe(500);
    controlPlane.put('api', api.uuid, api);
    controlPlane.put('deployment', 'api-1:Default', deployment(backEndUrl));
    controlPlane.put('throttle-policy', 'carbon.super:advanced:Many', {
      uuid: 'p',
      organization: 'carbon.super',
      level: 'advanced',
      name: 'Many',
      displayName: 'Many',
      limit: { type: 'REQUESTCOUNTLIMIT', requestCount: 1_000, unitTime: 1, timeUnit: 'hour' },
      stopOnQuotaReach: true,
      burst: null,
      applicableLevel: 'apiLevel',
      conditionGroups: [],
      degradedMode: 'local-share',
      strict: false,
    });
    await controlPlane.start();
    await until(async () => (await call()) === 200);
    expect((await manage('/readyz')).status).toBe(200);
    const startup = await manage('/api/am/gateway/v2/server-startup-healthcheck');
    expect([startup.status, await startup.text()]).toEqual([200, 'OK']);
  });

  it('registers, and acknowledges what it deployed', async () => {
    await until(() => controlPlane.told.some(({ path }) => path === '/notify-api-deployment-status'));
    await until(() => controlPlane.told.some(({ path }) => path === '/notify-gateway'), 15_000);
    expect(controlPlane.told.find(({ path }) => path === '/notify-api-deployment-status')?.body).toEqual({
      count: 1,
      list: [{ gatewayId: 'gw-1', apiId: 'api-1', revisionId: 'rev-1', action: 'DEPLOY', deploymentStatus: 'SUCCESS' }],
    });
    const registration = controlPlane.told.find(({ path }) => path === '/notify-gateway')?.body;
    expect(registration).toMatchObject({ payloadType: 'REGISTER', gatewayId: 'gw-1', environmentLabels: ['Default'] });
  });

  it('says what it serves to its administrator only', async () => {
    const path = '/api/am/gateway/v2/api-artifact?apiName=Open&version=1';
    const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
    const answer = await manage(path, basic('hub:hub-secret'));
    expect(answer.status).toBe(200);
    expect(((await answer.json()) as { api: string }).api).toContain('"revisionId":"rev-1"');
    expect((await manage(path, basic('hub:wrong'))).status).toBe(401);
    expect((await manage(path)).status).toBe(401);
    expect((await manage(path.replace('Open', 'Other'), basic('hub:hub-secret'))).status).toBe(404);
  });

  it('sends request events to the traffic managers and keeps to their decisions', async () => {
    await until(() => batches.length > 0);
    expect(batches[0]).toMatchObject({ type: 'REQUEST_BATCH', seq: 1, data: { handedOn: false } });
    const nowMs = Date.now();
    const expiryTimeStamp = (Math.floor(nowMs / 3_600_000) + 1) * 3_600_000;
    const decision = { throttleKey: '/open/1:1', level: 'api', isThrottled: true, expiryTimeStamp, count: 1_000 };
    const message = {
      id: 'd-1',
      seq: 0,
      type: 'THROTTLE_DECISIONS',
      organization: 'carbon.super',
      at: nowMs,
      publisher: 'tm',
      data: { decisions: [decision] },
    };
    await transports.get(broker).publish('throttleData', [message]);
    await until(async () => (await call()) === 429, 2_000);
  });

  it('follows changes that the hub brings', async () => {
    const record = controlPlane.put('api', api.uuid, { ...api, lifecycleState: 'BLOCKED' });
    const data = { epoch: controlPlane.epoch, record, eventType: 'API_LIFECYCLE_CHANGE' };
    const message = {
      id: 'c-1',
      seq: controlPlane.seq,
      type: 'API_LIFECYCLE_CHANGE',
      organization: 'carbon.super',
      at: Date.now(),
      publisher: 'cp',
      data,
    };
    await transports.get(broker).publish('notification', [message]);
    await until(async () => (await call()) === 503, 2_000);
    const back = controlPlane.put('api', api.uuid, api);
    await transports
      .get(broker)
      .publish('notification', [{ ...message, id: 'c-2', seq: controlPlane.seq, data: { ...data, record: back } }]);
    await until(async () => (await call()) !== 503, 2_000);
  });

  it('V-35 refuses a revoked token after a restart while the control plane is away', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const issuer = 'https://keys.test/oauth2/token';
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' };
    const tokenOf = (jti: string): Promise<string> => {
      const now = Math.floor(Date.now() / 1000);
      const names = { sub: 'ann', aud: 'c1', azp: 'c1', client_id: 'c1', aut: 'APPLICATION', scope: 'default' };
      const times = { iat: now, nbf: now, exp: now + 600 };
      const claims = { iss: issuer, ...names, ...times, jti, organization: 'carbon.super', keytype: 'PRODUCTION' };
      return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'k1', typ: 'at+jwt' }).sign(privateKey);
    };
    const [revoked, living] = [await tokenOf('revoked'), await tokenOf('living')];
    const statusOf = async (token: string): Promise<number> => {
      const at = `http://127.0.0.1:${running?.http.nest.get(GatewayRuntime).ports.http}/open/1/a`;
      return (await fetch(at, { headers: { authorization: `Bearer ${token}` } })).status;
    };
    controlPlane.put('key-manager', 'carbon.super:Resident Key Manager', {
      name: 'Resident Key Manager',
      organization: 'carbon.super',
      issuer,
      enabled: true,
      jwks: { keys: [jwk] },
      consumerKeyClaim: 'azp',
      scopesClaim: 'scope',
    });
    const application = { id: 1, uuid: 'app-1', name: 'A', owner: 'ann', organization: 'carbon.super' };
    controlPlane.put('application', 'app-1', { ...application, tier: 'Unlimited', tokenType: 'JWT', attributes: {} });
    controlPlane.put('key-mapping', 'Resident Key Manager:c1', {
      applicationUuid: 'app-1',
      consumerKey: 'c1',
      keyManager: 'Resident Key Manager',
      keyType: 'PRODUCTION',
    });
    const operations = [
      {
        target: '/*',
        verb: 'GET',
        authType: 'Application & Application User',
        throttlingPolicy: 'Unlimited',
        scopes: [],
      },
    ];
    controlPlane.put(
      'deployment',
      'api-1:Default',
      deployment(backEndUrl, { operations, revisionId: 'rev-2', apiThrottlingPolicy: 'Unlimited' }),
    );
    await until(async () => (await statusOf(living)) === 200 && (await statusOf(revoked)) === 200);
    const expiresAtMs = Date.now() + 600_000;
    const revocation = { type: 'jti', value: 'revoked', revokedAtMs: Date.now(), expiresAtMs };
    controlPlane.put('revocation', 'jti:revoked', revocation);
    await until(async () => (await statusOf(revoked)) === 401);
    await running?.stop();
    await controlPlane.stop();
    await startGateway();
    await until(async () => (await statusOf(living)) === 200);
    expect(await statusOf(revoked)).toBe(401);
    controlPlane.put('deployment', 'api-1:Default', deployment(backEndUrl));
    await controlPlane.start();
    await until(async () => (await call()) === 200);
  });

  it('serves from its disk copy when it starts while the control plane is away, and says so', async () => {
    await running?.stop();
    await controlPlane.stop();
    await startGateway();
    await until(async () => (await call()) === 200);
    const ready = await manage('/readyz');
    expect([ready.status, ((await ready.json()) as { state: string }).state]).toEqual([200, 'degraded']);
  });

  it('cannot start with a proxy that is no address, and says so', async () => {
    const start = launch({
      app: 'gateway',
      roles: [gatewayRole],
      arguments: { configFile: join(dir, 'deployment.toml'), roles: undefined, switches: new Set() },
      env: { TOLLGATE_GATEWAY__TRUSTED_PROXIES: '10.0.0.0/99' },
    });
    await expect(start).rejects.toThrow('The trusted proxy "10.0.0.0/99" is no IP address or CIDR block. Correct it');
  });

  it('cannot start on a taken port, and says what to do', async () => {
    const port = running?.http.nest.get(GatewayRuntime).ports.http;
    const start = launch({
      app: 'gateway',
      roles: [gatewayRole],
      arguments: { configFile: join(dir, 'deployment.toml'), roles: undefined, switches: new Set() },
      env: { TOLLGATE_GATEWAY__HTTP_PORT: String(port) },
    });
    await expect(start).rejects.toThrow(new RegExp(`Port ${port} is taken\\.`));
  });
});
