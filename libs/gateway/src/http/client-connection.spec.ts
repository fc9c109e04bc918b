import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackEnd, type BackEnd } from '../../test/back-end.js';
import { raw } from '../../test/call.js';
import { startTestGateway, type TestGateway } from '../../test/fixture.js';
import { apiRecord, change, deploymentRecord, operation } from '../../test/records.js';

let backEnd: BackEnd;
let g: TestGateway;
beforeAll(async () => {
  // `/300/x` is answered after 300 ms.
  backEnd = await startBackEnd((req, res) => {
    const text = `<${req.method} ${req.url}>`;
    req.resume().on('end', () => setTimeout(() => res.end(text), Number(req.url?.split('/')[1])));
  });
  const operations = (['GET', 'POST'] as const).map((verb) => operation({ verb, target: '/*', authType: 'None' }));
  g = await startTestGateway(
    backEnd.url,
    [
      change.api(apiRecord({ uuid: 'open', context: '/open', basePath: '/open/1' })),
      change.deployment(deploymentRecord({ apiUuid: 'open', operations, productionEndpoints: [{ url: backEnd.url }] })),
    ],
    { limits: { keepAliveTimeoutMs: 600, headersTimeoutMs: 600 } },
  );
});
afterAll(async () => {
  await g.stop();
  await backEnd.close();
});

const get = (path: string, fields = '', version = '1.1'): string =>
  `GET ${path} HTTP/${version}\r\nHost: localhost\r\n${fields}\r\n`;
const bodies = (text: string): string[] => text.match(/<[^>]*>/g) ?? [];

/** Sends everything, ends its side at once, and gives all that comes back. */
async function halfClosed(bytes: string): Promise<string> {
  const socket = connect({ port: g.port, host: '127.0.0.1', allowHalfOpen: true });
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  socket.end(bytes, 'latin1');
  socket.on('end', () => socket.destroy());
  await once(socket, 'close');
  return text;
}

describe('a client connection', () => {
  it('answers requests that are sent at once in their order, whoever is quicker', async () => {
    const post =
      'POST /open/1/50/c HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n';
    const text = await raw(
      g.port,
      `${get('/open/1/200/a')}${get('/open/1/0/b')}${post}${get('/open/1/0/d', 'Connection: close\r\n')}`,
    );
    expect(bodies(text)).toEqual(['<GET /200/a>', '<GET /0/b>', '<POST /50/c>', '<GET /0/d>']);
  });

  it('takes thousands of them in pieces without growing its stack or losing one', async () => {
    const text = await raw(
      g.port,
      `${get('/nothing').repeat(3_000)}${get('/nothing', 'Connection: close\r\n')}`,
      20_000,
    );
    expect(text.match(/HTTP\/1\.1 404/g)).toHaveLength(3_001);
  });

  it('answers a client that has ended its side, all its requests', async () => {
    expect(bodies(await halfClosed(get('/open/1/100/a') + get('/open/1/100/b')))).toEqual([
      '<GET /100/a>',
      '<GET /100/b>',
    ]);
  });

  it('waits as long as it takes for the answer to a client that has ended its side and still reads', async () => {
    const text = await halfClosed(get('/open/1/1500/a'));
    expect(text).toMatch(/^(HTTP\/1\.1 100 Continue\r\n\r\n){2}HTTP\/1\.1 200 OK/);
    expect(bodies(text)).toEqual(['<GET /1500/a>']);
  });

  it('gives the call up within a second when the client has closed (F-49)', async () => {
    const socket = connect(g.port, '127.0.0.1');
    socket.write(get('/open/1/9000/a'));
    await expect.poll(() => g.gateway.status().activeRequests).toBe(1);
    socket.end();
    socket.destroy();
    await expect.poll(() => g.gateway.status().activeRequests, { timeout: 1_000 }).toBe(0);
  });

  it('ends when its client ends within a head or a body', async () => {
    expect(await halfClosed('GET /open/1/0/a HTTP/1.1\r\nHost: loc')).toBe('');
    expect(
      bodies(await halfClosed('POST /open/1/0/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nabc')),
    ).toEqual([]);
  });

  it('stays open for HTTP/1.0 only where the client asks and the length is known', async () => {
    const kept = 'Connection: keep-alive\r\n';
    const text = await raw(g.port, get('/nothing', kept, '1.0') + get('/nothing', '', '1.0') + get('/nothing'));
    expect(text.match(/HTTP\/1\.1 404/g)).toHaveLength(2);
    expect(text.match(/Connection: (keep-alive|close)/g)).toEqual(['Connection: keep-alive', 'Connection: close']);
  });

  it('ends without a word when it stays idle, and with 408 within a head', async () => {
    const started = Date.now();
    const [idle, begun] = await Promise.all([raw(g.port, get('/open/1/0/a'), 8_000), raw(g.port, 'GET /', 8_000)]);
    expect(bodies(idle)).toEqual(['<GET /0/a>']);
    expect(idle.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(begun).toMatch(/^HTTP\/1\.1 408 /);
    expect(Date.now() - started).toBeLessThan(7_000);
  });

  it('refuses an expectation that it does not know with 417', async () => {
    const bytes = 'POST /open/1/0/a HTTP/1.1\r\nHost: localhost\r\nExpect: 200-ok\r\nContent-Length: 1\r\n\r\na';
    expect(await raw(g.port, bytes)).toMatch(/^HTTP\/1\.1 417 /);
  });
});
