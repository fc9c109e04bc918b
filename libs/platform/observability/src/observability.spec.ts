import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request as httpsRequest } from 'node:https';
import { Controller, Global, Module, Param } from '@nestjs/common';
import { createLogger, tollgateLogger } from '@tollgate/base';
import {
  AuthenticatorRegistry,
  createHttpApp,
  HttpModule,
  loadOrMakeCertificate,
  Operation,
  type HttpApp,
} from '@tollgate/http';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createCounter, createGauge, createHistogram, metricsRegistry, ObservabilityModule } from './index.js';
import { isLocalRequest } from './metrics-access.js';

const lines: Record<string, unknown>[] = [];
const log = createLogger(
  { level: 'debug', node: 'test' },
  { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
);

@Controller('/things')
class ThingController {
  @Operation({ method: 'GET', path: '/:key', auth: 'public', summary: 'Read a thing' })
  get(@Param('key') key: string): object {
    return { length: key.length };
  }
}

@Global()
@Module({ providers: [{ provide: tollgateLogger, useValue: log }], exports: [tollgateLogger] })
class CoreModule {}

@Module({ imports: [CoreModule, HttpModule.forRoot({ log }), ObservabilityModule], controllers: [ThingController] })
class TestModule {
  constructor(authenticators: AuthenticatorRegistry) {
    authenticators.register('bearer', async (request) => {
      const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
      return token
        ? { organization: 'carbon.super', principal: { userName: 'ann', roles: [], scopes: [token] } }
        : null;
    });
  }
}

let app: HttpApp;
let folder: string;
let base: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-observability-'));
  const certificate = await loadOrMakeCertificate({ folder, name: 'management', hostname: 'localhost' });
  const where = { port: 0, host: '127.0.0.1' };
  app = await createHttpApp(TestModule, { https: { ...where, certificate }, http: where, maxBodyBytes: 10_000, log });
  await app.listen();
  base = `http://127.0.0.1:${app.ports().http}`;
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

function overTls(headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = {
      port: app.ports().https,
      host: '127.0.0.1',
      path: '/metrics',
      headers,
      agent: new Agent({ rejectUnauthorized: false }),
    };
    httpsRequest(options, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

describe('/metrics', () => {
  it('is served to this machine on the plain HTTP port, with metrics of process and requests', async () => {
    await fetch(`${base}/things/secret-key`);
    const answer = await fetch(`${base}/metrics`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=/);
    const text = await answer.text();
    expect(text).toContain('tollgate_process_cpu_user_seconds_total');
    expect(text).toContain('tollgate_http_requests_total{method="GET",route="/things/:key",status="200"} 1');
    expect(text).not.toContain('secret-key');
  });

  it('V-18 is refused to what a proxy forwards, and over TLS without the token of an administrator', async () => {
    expect((await fetch(`${base}/metrics`, { headers: { 'x-forwarded-for': '192.0.2.1' } })).status).toBe(401);
    expect(await overTls()).toBe(401);
    expect(await overTls({ authorization: 'Bearer apim:api_view' })).toBe(401);
    expect(await overTls({ authorization: 'Bearer apim:admin' })).toBe(200);
  });

  it.each([
    [{ remoteAddress: '127.0.0.1', localAddress: '127.0.0.1' }, true],
    [{ remoteAddress: '::1', localAddress: '::1' }, true],
    [{ remoteAddress: '::ffff:127.0.0.1', localAddress: '::ffff:127.0.0.1' }, true],
    [{ remoteAddress: '10.0.0.1', localAddress: '127.0.0.1' }, false],
    [{ remoteAddress: '127.0.0.1', localAddress: '10.0.0.1' }, false],
    [{ remoteAddress: '127.0.0.1', localAddress: '127.0.0.1', encrypted: true }, false],
    [{}, false],
  ])('takes %j as local: %s', (connection, expected) => {
    expect(isLocalRequest(connection, {})).toBe(expected);
  });
});

describe('the request log', () => {
  it('writes one line with the route template, the status and the request id', async () => {
    const answer = await fetch(`${base}/things/4711-secret?token=abc`);
    const id = answer.headers.get('x-request-id');
    await vi.waitFor(() => expect(lines.some((line) => line['requestId'] === id)).toBe(true));
    const line = lines.find((one) => one['requestId'] === id);
    expect(line).toMatchObject({
      level: 30,
      event: 'http.request',
      method: 'GET',
      route: '/things/:key',
      status: 200,
      durationMs: expect.any(Number),
    });
    expect(JSON.stringify(line)).not.toMatch(/4711-secret|abc/);
  });

  it('does not repeat the path of a request without a route', async () => {
    const answer = await fetch(`${base}/nothing/4711-secret`);
    const id = answer.headers.get('x-request-id');
    await vi.waitFor(() =>
      expect(lines.find((line) => line['requestId'] === id && line['event'] === 'http.request')).toMatchObject({
        route: '(none)',
        status: 404,
      }),
    );
    expect(JSON.stringify(lines)).not.toContain('4711-secret');
  });
});

describe('metrics', () => {
  it('count label combinations above their limit together', async () => {
    const counter = createCounter('spec_bounded_total', 'spec', ['user'], 2);
    for (const user of ['a', 'b', 'c', 'd', 'a']) counter.inc({ user });
    const text = await metricsRegistry.getSingleMetricAsString('spec_bounded_total');
    expect(text).toContain('spec_bounded_total{user="a"} 2');
    expect(text).toContain('spec_bounded_total{user="other"} 2');
    expect(text).not.toContain('"c"');
  });

  it('give the same metric for the same name', async () => {
    createCounter('spec_same_total', 'spec').inc({});
    createCounter('spec_same_total', 'spec').inc({}, 2);
    expect(await metricsRegistry.getSingleMetricAsString('spec_same_total')).toContain('spec_same_total 3');
  });

  it('ask a gauge when they are read, and sort durations into buckets', async () => {
    createGauge('spec_depth', 'spec', ['queue'], (gauge) => gauge.set({ queue: 'q' }, 7));
    createHistogram('spec_seconds', 'spec').observe({}, 0.2);
    const text = await metricsRegistry.metrics();
    expect(text).toContain('spec_depth{queue="q"} 7');
    expect(text).toContain('spec_seconds_bucket{le="0.25"} 1');
    expect(text).toContain('spec_seconds_bucket{le="0.1"} 0');
  });
});
