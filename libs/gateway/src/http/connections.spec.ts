import { once } from 'node:events';
import { request } from 'node:https';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { generate } from 'selfsigned';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startBackEnd, type BackEnd } from '../../test/back-end.js';
import { call, raw } from '../../test/call.js';
import { startTestGateway, type TestGateway } from '../../test/fixture.js';
import { apiRecord, change, deploymentRecord, operation } from '../../test/records.js';
import { ConnectionLimits } from './connection-limits.js';

let backEnd: BackEnd;
beforeAll(async () => {
  backEnd = await startBackEnd((req, res) => {
    const answer = (): void => void res.end(JSON.stringify(req.rawHeaders));
    if (req.url === '/slow') setTimeout(answer, 300);
    else answer();
  });
});
afterAll(() => backEnd.close());

const running: TestGateway[] = [];
afterEach(() => Promise.all(running.splice(0).map((g) => g.stop())));

async function gatewayWith(options: Parameters<typeof startTestGateway>[2]): Promise<TestGateway> {
  const productionEndpoints = [{ url: backEnd.url }];
  const operations = [operation({ authType: 'None' })];
  const g = await startTestGateway(
    backEnd.url,
    [
      change.api(apiRecord({ uuid: 'open', context: '/open', basePath: '/open/1' })),
      change.deployment(deploymentRecord({ apiUuid: 'open', operations, productionEndpoints })),
    ],
    options,
  );
  running.push(g);
  return g;
}

const get = 'GET /open/1/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
const pair = async (name: string) => {
  const made = await generate([{ name: 'commonName', value: name }], {
    keySize: 2048,
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }],
  });
  return { cert: made.cert, key: made.private };
};

describe('a connection through a load balancer that speaks the PROXY protocol (Q19)', () => {
  it('is that of the client it names, also over TLS, and is closed without a preamble', async () => {
    const g = await gatewayWith({ proxyProtocolFrom: ['127.0.0.1'], httpsPort: 0, tls: await pair('localhost') });
    expect(await raw(g.port, `PROXY TCP4 198.51.100.7 10.0.0.1 5000 443\r\n${get}`)).toContain(
      '"X-Forwarded-For","198.51.100.7"',
    );
    expect(await raw(g.port, `PROXY UNKNOWN\r\n${get}`)).toContain('"X-Forwarded-For","127.0.0.1"');
    expect(await raw(g.port, get)).toBe('');

    const plain = connect(g.gateway.ports.https ?? 0, '127.0.0.1');
    plain.write('PROXY TCP6 2001:db8::7 2001:db8::1 5000 443\r\n');
    const secure = connectTls({ socket: plain, rejectUnauthorized: false });
    secure.write(get);
    let text = '';
    secure.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await once(secure, 'close');
    expect(text).toContain('"X-Forwarded-For","2001:db8::7"');
  });

  it('comes in pieces, and what follows the preamble is not lost', async () => {
    const g = await gatewayWith({ proxyProtocolFrom: ['127.0.0.1'] });
    const socket = connect({ port: g.port, host: '127.0.0.1', noDelay: true });
    let text = '';
    const closed = once(socket, 'close');
    socket.on('data', (chunk) => (text += chunk.toString()));
    for (const piece of ['PRO', 'XY TCP4 198.51.100.8 10.0.0.1 5', `000 443\r\n${get.slice(0, 9)}`, get.slice(9)]) {
      socket.write(piece);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await closed;
    expect(text).toContain('"X-Forwarded-For","198.51.100.8"');
  });

  it('from anywhere else is no HTTP', async () => {
    const g = await gatewayWith({ proxyProtocolFrom: ['10.0.0.0/8'] });
    expect(await raw(g.port, `PROXY TCP4 198.51.100.7 10.0.0.1 5000 443\r\n${get}`)).toMatch(/^HTTP\/1\.1 (400|501) /);
  });
});

describe('the connections of one address (F-52)', () => {
  it('are refused beyond the bound, before anything is read, and counted; others come in when some end', async () => {
    const g = await gatewayWith({ limits: { maxConnectionsPerAddress: 3, connectionsPerSecondPerAddress: 0 } });
    const held = await Promise.all(
      [1, 2, 3].map(async () => {
        const socket = connect(g.port, '127.0.0.1');
        await once(socket, 'connect');
        return socket;
      }),
    );
    const refused = connect(g.port, '127.0.0.1');
    refused.on('error', () => undefined);
    await new Promise((resolve) => refused.on('close', resolve));
    expect(g.gateway.status().refusedConnections).toBe(1);
    held[0]?.destroy();
    await expect.poll(() => raw(g.port, get).catch(() => '')).toMatch(/^HTTP\/1\.1 200 /);
    held.forEach((socket) => socket.destroy());
  });

  it('that come too fast have to wait; trusted proxies have no bound', async () => {
    const limits = { maxConnectionsPerAddress: 0, connectionsPerSecondPerAddress: 5 };
    const g = await gatewayWith({ limits });
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => raw(g.port, get).catch(() => '')));
    const passed = outcomes.filter((text) => text.startsWith('HTTP/1.1 200'));
    expect(passed.length).toBeGreaterThanOrEqual(5);
    expect(passed.length).toBeLessThanOrEqual(6);
    const trusted = await gatewayWith({ limits, trustedProxies: ['127.0.0.1'] });
    const all = await Promise.all(Array.from({ length: 20 }, () => raw(trusted.port, get)));
    expect(all.every((text) => text.startsWith('HTTP/1.1 200'))).toBe(true);
  });

  it('are counted for a whole /64 of IPv6, and forgotten when they are over', () => {
    const limits = new ConnectionLimits({ mostOpen: 2, perSecond: 0 });
    const leave = limits.enter('2001:db8::1', 0);
    limits.enter('2001:db8::2', 0);
    expect(limits.enter('2001:db8::3', 0)).toBeNull();
    expect(limits.enter('2001:db8:0:1::1', 0)).not.toBeNull();
    leave?.();
    expect(limits.enter('2001:db8::3', 0)).not.toBeNull();
  });
});

describe('certificates (P5)', () => {
  const nameSeen = (port: number, servername?: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connectTls({
        port,
        host: '127.0.0.1',
        rejectUnauthorized: false,
        ...(servername ? { servername } : {}),
      });
      socket.on('error', reject);
      socket.on('secureConnect', () => {
        resolve(String(socket.getPeerCertificate().subject.CN));
        socket.destroy();
      });
    });

  it('are chosen by the name the client asks for, and renewed without a connection lost', async () => {
    const [first, wild, renewed] = await Promise.all([pair('first.test'), pair('*.wild.test'), pair('renewed.test')]);
    const g = await gatewayWith({ httpsPort: 0, tls: [first, wild] });
    const port = g.gateway.ports.https ?? 0;
    expect(await nameSeen(port, 'first.test')).toBe('first.test');
    expect(await nameSeen(port, 'a.wild.test')).toBe('*.wild.test');
    expect(await nameSeen(port, 'unknown.test')).toBe('first.test');
    expect(await nameSeen(port)).toBe('first.test');

    const running = new Promise<number>((resolve, reject) => {
      request({ port, host: '127.0.0.1', path: '/open/1/slow', rejectUnauthorized: false }, (res) =>
        resolve((res.resume(), res.statusCode ?? 0)),
      )
        .on('error', reject)
        .end();
    });
    await expect.poll(() => g.gateway.status().activeRequests).toBe(1);
    g.gateway.setCertificates([renewed, wild]);
    expect(await nameSeen(port)).toBe('renewed.test');
    expect(await nameSeen(port, 'a.wild.test')).toBe('*.wild.test');
    expect(await running).toBe(200);
    expect(() => g.gateway.setCertificates([{ cert: renewed.cert, key: first.key }])).toThrow('cannot be used');
    expect(await nameSeen(port)).toBe('renewed.test');
  });
});

describe('draining (V-60, F-40)', () => {
  it('asks clients to go with the answer they get, and still takes new ones', async () => {
    const g = await gatewayWith({});
    expect((await call(g.port, '/open/1/a', { headers: { connection: 'keep-alive' } })).headers.connection).not.toBe(
      'close',
    );
    g.gateway.drain();
    const reply = await call(g.port, '/open/1/a', { headers: { connection: 'keep-alive' } });
    expect([reply.status, reply.headers.connection]).toEqual([200, 'close']);
  });
});
