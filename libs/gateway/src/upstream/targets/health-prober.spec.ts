import type { DeploymentRecord, HealthCheckRecord } from '@tollgate/api/contract';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { call } from '../../../test/call.js';
import { startTestGateway, type TestGateway } from '../../../test/fixture.js';
import { apiRecord, change, deploymentRecord, operation } from '../../../test/records.js';

const running: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of running.splice(0).toReversed()) await each.close();
});

/** A back end that can be switched off and on at one port, and counts the checks that come. */
class Switchable {
  checks = 0;
  status = 200;
  port = 0;
  #server: Server | null = null;

  constructor(readonly name: string) {
    running.push({ close: () => this.off() });
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async on(): Promise<void> {
    const server = createServer((req, res) => {
      const isCheck = req.url === '/health?deep=1';
      if (isCheck) this.checks++;
      res.statusCode = isCheck ? this.status : 200;
      res.end(this.name);
    });
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async off(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (!server) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }
}

const check: HealthCheckRecord = {
  type: 'http',
  path: '/health?deep=1',
  timeoutMs: 300,
  healthyIntervalMs: 100,
  unhealthyIntervalMs: 50,
  successes: 2,
  httpFailures: 3,
  tcpFailures: 2,
  unhealthyStatuses: [500, 503],
};

function records(urls: string[], over: Partial<HealthCheckRecord> = {}, uuid = 'open') {
  const balancing: DeploymentRecord['balancing'] = {
    order: 'round_robin',
    hashOn: null,
    stickiness: null,
    slowStartMs: 0,
    breaker: null,
    healthCheck: { ...check, ...over },
  };
  const operations = [operation({ authType: 'None' }), operation({ verb: 'POST', authType: 'None' })];
  const productionEndpoints = urls.map((url) => ({ url }));
  return [
    change.api(apiRecord({ uuid, context: `/${uuid}`, basePath: `/${uuid}/1` })),
    change.deployment(deploymentRecord({ apiUuid: uuid, operations, productionEndpoints, balancing })),
  ];
}

async function gatewayWith(changes: ReturnType<typeof records>): Promise<TestGateway> {
  const g = await startTestGateway('http://127.0.0.1:9', changes);
  running.push({ close: () => g.stop() });
  return g;
}

const unwell = (g: TestGateway): number => g.gateway.status().health.unwell;
const answers = async (g: TestGateway): Promise<Set<string>> =>
  new Set(await Promise.all(Array.from({ length: 6 }, async () => (await call(g.port, '/open/1/a')).text)));

describe('an active health check', () => {
  it('takes a dead endpoint out within its threshold and takes it back by itself (S14, F-44)', async () => {
    const [a, b] = [new Switchable('a'), new Switchable('b')];
    await Promise.all([a.on(), b.on()]);
    const g = await gatewayWith(records([a.url, b.url]));
    await expect.poll(() => Math.min(a.checks, b.checks)).toBeGreaterThan(0);
    expect(await answers(g)).toEqual(new Set(['a', 'b']));
    await b.off();
    await expect.poll(() => unwell(g), { timeout: 1_000 }).toBe(1);
    expect(await answers(g)).toEqual(new Set(['a']));
    expect(g.logged.filter(({ event }) => event === 'gateway.endpoint.unwell')).toMatchObject([
      { origin: b.url, reason: 'ECONNREFUSED' },
    ]);
    await b.on();
    await expect.poll(() => unwell(g), { timeout: 1_000 }).toBe(0);
    expect(await answers(g)).toEqual(new Set(['a', 'b']));
  });

  it('believes three bad statuses, and refuses at once when no endpoint is well (F-47)', async () => {
    const a = new Switchable('a');
    await a.on();
    a.status = 503;
    const g = await gatewayWith(records([a.url]));
    await expect.poll(() => unwell(g)).toBe(1);
    expect(a.checks).toBeGreaterThanOrEqual(3);
    const started = performance.now();
    const refused = await call(g.port, '/open/1/a');
    expect([refused.status, refused.json()['code']]).toEqual([503, '303001']);
    expect(performance.now() - started).toBeLessThan(50);
    a.status = 404; // an answer that this check does not name
    await expect.poll(() => unwell(g)).toBe(0);
  });

  it('gives one that takes connections and says nothing its timeout, and of type tcp calls it well', async () => {
    const mute = createServer(() => undefined);
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    running.push({
      close: () => {
        mute.closeAllConnections();
        return new Promise((resolve) => mute.close(resolve));
      },
    });
    const url = `http://127.0.0.1:${(mute.address() as AddressInfo).port}`;
    const g = await gatewayWith([...records([url]), ...records([url], { type: 'tcp' }, 'tcp')]);
    await expect.poll(() => g.gateway.status().health, { timeout: 3_000 }).toEqual({ checked: 2, unwell: 1 });
  });

  it('is made once for all APIs that share it, and ends with them', async () => {
    const a = new Switchable('a');
    await a.on();
    const g = await gatewayWith([...records([a.url]), ...records([a.url], {}, 'other')]);
    expect(g.gateway.status().health.checked).toBe(1);
    g.gateway.applyChanges([change.gone('deployment', 'open:Default')]);
    expect(g.gateway.status().health.checked).toBe(1);
    g.gateway.applyChanges([change.gone('deployment', 'other:Default')]);
    expect(g.gateway.status().health.checked).toBe(0);
    await expect.poll(() => a.checks).toBeGreaterThanOrEqual(0);
    const checks = a.checks;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(a.checks).toBeLessThanOrEqual(checks + 1);
  });
});
