import type { DeploymentRecord } from '@tollgate/api/contract';
import { planEndpoints } from '@tollgate/api/domain';
import type { Socket } from 'node:net';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startBackEnd } from '../../test/back-end.js';
import { call, raw } from '../../test/call.js';
import { startTestGateway, type TestGateway } from '../../test/fixture.js';
import { apiRecord, change, deploymentRecord, operation } from '../../test/records.js';

const running: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of running.splice(0).toReversed()) await each.close();
});

interface Named {
  readonly name: string;
  readonly url: string;
  /** Requests that came. */
  count: number;
  status: number;
  delayMs: number;
  close(): Promise<void>;
}

async function backEnd(name: string): Promise<Named> {
  const server = await startBackEnd((req, res) => {
    named.count++;
    req.resume().on('end', () =>
      setTimeout(() => {
        res.statusCode = named.status;
        res.end(name);
      }, named.delayMs),
    );
  });
  const named: Named = { name, url: server.url, count: 0, status: 200, delayMs: 0, close: () => server.close() };
  running.push(named);
  return named;
}

/** An address at which nobody listens. */
async function deadUrl(): Promise<string> {
  const server = await startBackEnd();
  await server.close();
  return server.url;
}

/** Takes connections and says nothing. */
async function mute(): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => void sockets.add(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  running.push({
    close: () =>
      new Promise((resolve) => {
        sockets.forEach((socket) => socket.destroy());
        server.close(resolve);
      }),
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A gateway that serves `/open/1` as the publisher's `endpointConfig` says. */
async function gatewayWith(endpointConfig: Record<string, unknown>): Promise<TestGateway> {
  const plan = planEndpoints(endpointConfig);
  if ('problem' in plan) throw new Error(plan.problem);
  const operations = (['GET', 'POST', 'PUT', 'DELETE'] as const).map((verb) => operation({ verb, authType: 'None' }));
  const record: DeploymentRecord = {
    ...deploymentRecord({ apiUuid: 'open', operations, endpointTimeoutMs: plan.timeoutMs }),
    productionEndpoints: [...plan.production],
    sandboxEndpoints: [...plan.sandbox],
    ...(plan.balancing ? { balancing: plan.balancing } : {}),
  };
  const g = await startTestGateway('http://127.0.0.1:9', [
    change.api(apiRecord({ uuid: 'open', context: '/open', basePath: '/open/1' })),
    change.deployment(record),
  ]);
  running.push({ close: () => g.stop() });
  return g;
}

const balanced = (...urls: string[]) => ({
  endpoint_type: 'load_balance',
  production_endpoints: urls.map((url) => ({ url })),
});

async function texts(g: TestGateway, count: number, method = 'GET', headers = {}): Promise<string[]> {
  const found: string[] = [];
  for (let i = 0; i < count; i++) {
    const { status, text } = await call(g.port, '/open/1/a', {
      method,
      headers,
      ...(method === 'POST' ? { body: 'x' } : {}),
    });
    found.push(status === 200 ? text : String(status));
  }
  return found;
}

describe('endpoints of type load_balance', () => {
  it('of which one is dead lose no request, whatever its method, for nothing of it was sent (F-44)', async () => {
    const [a, b] = [await backEnd('a'), await backEnd('b')];
    const g = await gatewayWith(balanced(a.url, await deadUrl(), b.url));
    const gets = await Promise.all(Array.from({ length: 30 }, () => texts(g, 1)));
    expect(new Set(gets.flat())).toEqual(new Set(['a', 'b']));
    expect(new Set(await texts(g, 10, 'POST'))).toEqual(new Set(['a', 'b']));
  });

  it('try again elsewhere what was cut off, when it is idempotent and has no body', async () => {
    const good = await backEnd('good');
    const server = createTcpServer((socket) =>
      socket.on('error', () => undefined).once('data', () => socket.destroy()),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    running.push({ close: () => new Promise((resolve) => server.close(resolve)) });
    const cutting = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const g = await gatewayWith(balanced(cutting, good.url));
    expect(await texts(g, 2, 'DELETE')).toEqual(['good', 'good']);
    const posts = await gatewayWith(balanced(cutting, good.url));
    expect((await texts(posts, 2, 'POST')).toSorted()).toEqual(['502', 'good']);
  });

  it('are left alone for a while when they answer badly five times in a row, and tried again by one call (S14, R30)', async () => {
    const [good, bad] = [await backEnd('good'), await backEnd('bad')];
    bad.status = 503;
    const g = await gatewayWith(balanced(good.url, bad.url));
    const first = await texts(g, 40);
    expect(first.filter((text) => text === '503')).toHaveLength(5);
    bad.status = 200;
    g.advance(5_001);
    expect((await texts(g, 10)).filter((text) => text === 'bad').length).toBeGreaterThanOrEqual(4);
  });

  it('are called nevertheless when all are out by a guess alone (F-47), with few more calls than were asked for', async () => {
    const [a, b] = [await backEnd('a'), await backEnd('b')];
    a.status = b.status = 500;
    const g = await gatewayWith(balanced(a.url, b.url));
    expect(new Set(await texts(g, 20))).toEqual(new Set(['500']));
    expect(a.count + b.count).toBe(20);
    a.status = 200;
    g.advance(60_000);
    await texts(g, 4);
    expect(await texts(g, 3)).toContain('a');
  });

  it('see at most a fifth more calls than were asked for when they cut everything off (F-47)', async () => {
    let connections = 0;
    const server = createTcpServer((socket) =>
      socket.on('error', () => undefined).once('data', () => void (connections++, socket.destroy())),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    running.push({ close: () => new Promise((resolve) => server.close(resolve)) });
    const g = await gatewayWith({
      endpoint_type: 'http',
      production_endpoints: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    });
    await Promise.all(Array.from({ length: 20 }, () => texts(g, 50)));
    const saved = 100;
    expect(connections).toBeLessThanOrEqual(1_000 * 1.2 + saved + 1);
    expect(connections).toBeGreaterThan(1_000);
  });

  it('keep a caller where it is by a cookie that tells no address (sessionManagement transport)', async () => {
    const [a, b] = [await backEnd('a'), await backEnd('b')];
    const g = await gatewayWith({ ...balanced(a.url, b.url), sessionManagement: 'transport', sessionTimeOut: 60_000 });
    const first = await call(g.port, '/open/1/a');
    const [cookie = ''] = first.headers['set-cookie'] ?? [];
    expect(cookie).toMatch(/^TOLLGATE_ROUTE=[\w-]{16}; Path=\/; Max-Age=60; HttpOnly; SameSite=Lax$/);
    const headers = { cookie: `x=1; ${cookie.split(';')[0]}` };
    expect(new Set(await texts(g, 8, 'GET', headers))).toEqual(new Set([first.text]));
    await (first.text === 'a' ? a : b).close();
    expect(new Set(await texts(g, 4, 'GET', headers))).toEqual(new Set([first.text === 'a' ? 'b' : 'a']));
  });

  it('keep a caller that names itself by ClientID (sessionManagement simpleClientSession)', async () => {
    const [a, b] = [await backEnd('a'), await backEnd('b')];
    const g = await gatewayWith({ ...balanced(a.url, b.url), sessionManagement: 'simpleClientSession' });
    const one = await texts(g, 4, 'GET', { ClientID: 'one' });
    expect(new Set(one).size).toBe(1);
    expect(new Set(await texts(g, 4)).size).toBe(2);
  });

  it('with the fewest calls under way get the next one (R18)', async () => {
    const [slow, fast] = [await backEnd('slow'), await backEnd('fast')];
    slow.delayMs = 400;
    const g = await gatewayWith({ ...balanced(slow.url, fast.url), loadBalancing: { algorithm: 'leastConnections' } });
    const lanes = Array.from({ length: 4 }, () => texts(g, 10));
    await Promise.all(lanes);
    expect(fast.count / (fast.count + slow.count)).toBeGreaterThan(0.8);
  });
});

describe('endpoints of type failover', () => {
  const standIns = (first: string, second: string, config = {}) => ({
    endpoint_type: 'failover',
    production_endpoints: { url: first, config },
    production_failovers: [{ url: second }],
  });

  it('serve from the stand-in while the first is suspended, and from the first when it is back', async () => {
    const [first, second] = [await backEnd('first'), await backEnd('second')];
    first.status = 503;
    const g = await gatewayWith(
      standIns(first.url, second.url, { suspendErrorCode: ['503'], suspendDuration: 1000, factor: 2 }),
    );
    expect(await texts(g, 3)).toEqual(['503', 'second', 'second']);
    g.advance(1_001);
    expect(await texts(g, 2)).toEqual(['503', 'second']);
    first.status = 200;
    g.advance(1_001);
    expect(await texts(g, 1)).toEqual(['second']);
    g.advance(1_000);
    expect(await texts(g, 2)).toEqual(['first', 'first']);
  });

  it('go on to the stand-in within the same call when no connection is made', async () => {
    const second = await backEnd('second');
    const g = await gatewayWith(standIns(await deadUrl(), second.url));
    expect(await texts(g, 3)).toEqual(['second', 'second', 'second']);
  });
});

describe('one endpoint', () => {
  it('that is suspended is answered 503 303001 at once, before the request counts (F-47)', async () => {
    const g = await gatewayWith({
      endpoint_type: 'http',
      production_endpoints: { url: await deadUrl(), config: { suspendErrorCode: ['101503'], suspendDuration: 1000 } },
    });
    expect((await call(g.port, '/open/1/a')).json()).toMatchObject({ code: '101503' });
    const started = performance.now();
    const refused = await call(g.port, '/open/1/a');
    expect([refused.status, refused.json()['code'], refused.headers['retry-after']]).toEqual([503, '303001', '1']);
    expect(performance.now() - started).toBeLessThan(50);
    g.advance(1_001);
    expect((await call(g.port, '/open/1/a')).json()).toMatchObject({ code: '101503' });
  });

  it('has the wait of its own, and ends the connection without an answer when late ones are discarded', async () => {
    const url = await mute();
    const config = { actionDuration: 200 };
    const fault = await gatewayWith({ endpoint_type: 'http', production_endpoints: { url, config } });
    expect(await call(fault.port, '/open/1/a')).toMatchObject({ status: 504 });
    const discarding = { ...config, actionSelect: 'discard' };
    const discard = await gatewayWith({ endpoint_type: 'http', production_endpoints: { url, config: discarding } });
    expect(await raw(discard.port, 'GET /open/1/a HTTP/1.1\r\nHost: localhost\r\n\r\n')).toBe('');
    const patient = { ...config, actionSelect: 'neverTimeout' };
    const never = await gatewayWith({ endpoint_type: 'http', production_endpoints: { url, config: patient } });
    const started = performance.now();
    expect(await raw(never.port, 'GET /open/1/a HTTP/1.1\r\nHost: localhost\r\n\r\n', 1_000)).toBe('');
    expect(performance.now() - started).toBeGreaterThan(900);
  });
});
