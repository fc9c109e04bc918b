import { connect } from 'node:net';
import { request as httpsRequest } from 'node:https';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackEnd, type BackEnd } from '../../test/back-end.js';
import { call, raw } from '../../test/call.js';
import { startTestGateway, type TestGateway } from '../../test/fixture.js';
import { apiRecord, change, deploymentRecord, operation } from '../../test/records.js';

let backEnd: BackEnd;
let g: TestGateway;
const open = (url: string) => [
  change.api(apiRecord({ uuid: 'open', context: '/open', basePath: '/open/1' })),
  change.deployment(
    deploymentRecord({
      apiUuid: 'open',
      operations: [
        ...(['GET', 'POST', 'PUT', 'DELETE', 'HEAD'] as const).map((verb) =>
          operation({ verb, target: '/*', authType: 'None' }),
        ),
        operation({ target: '/secret', authType: 'Any' }),
      ],
      productionEndpoints: [{ url }],
    }),
  ),
];
beforeAll(async () => {
  backEnd = await startBackEnd();
  g = await startTestGateway(backEnd.url, open(backEnd.url), {
    limits: { maxBodyBytes: 1_000, headersTimeoutMs: 1_000, bodyIdleTimeoutMs: 400 },
    trustedProxies: [],
  });
});
afterAll(async () => {
  await g.stop();
  await backEnd.close();
});

describe('R-48 R-50 an ambiguous or broken request', () => {
  const head = 'Host: localhost\r\n';
  it.each([
    [
      'both lengths',
      `POST /open/1/a HTTP/1.1\r\n${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['two lengths', `POST /open/1/a HTTP/1.1\r\n${head}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!`],
    ['a signed length', `POST /open/1/a HTTP/1.1\r\n${head}Content-Length: +5\r\n\r\nhello`],
    [
      'a bad chunk size',
      `POST /open/1/a HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n`,
    ],
    ['an unknown coding', `POST /open/1/a HTTP/1.1\r\n${head}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
    ['chunked in HTTP/1.0', `POST /open/1/a HTTP/1.0\r\n${head}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['a bare LF', `GET /open/1/a HTTP/1.1\nHost: localhost\n\n`],
    ['a folded line', `GET /open/1/a HTTP/1.1\r\n${head}X-A: b\r\n c\r\n\r\n`],
    ['a space before the colon', `GET /open/1/a HTTP/1.1\r\n${head}X-A : b\r\n\r\n`],
    ['a NUL', `GET /open/1/a HTTP/1.1\r\n${head}X-A: a\0b\r\n\r\n`],
    ['no Host', `GET /open/1/a HTTP/1.1\r\n\r\n`],
    ['two Hosts', `GET /open/1/a HTTP/1.1\r\n${head}Host: evil.test\r\n\r\n`],
    ['a Host with a path', `GET /open/1/a HTTP/1.1\r\nHost: localhost/abc?x=\r\n\r\n`],
    ['a fragment', `GET /open/1/a?x=1#y HTTP/1.1\r\n${head}\r\n`],
    ['a Host with a user', `GET /open/1/a HTTP/1.1\r\nHost: a@localhost\r\n\r\n`],
  ])('(%s) is answered 400 and the connection ends', async (_name, bytes) => {
    const before = backEnd.seen.length;
    const text = await raw(g.port, bytes);
    expect(text).toMatch(/^HTTP\/1.1 400 /);
    expect(text).toMatch(/connection: close/i);
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(backEnd.seen.length).toBe(before);
  });

  it.each([
    ['TRACE', 405],
    ['CONNECT', 405],
  ])('R-55 %s is answered %i', async (method, status) => {
    const target = method === 'CONNECT' ? 'localhost:80' : '/open/1/a';
    expect(await raw(g.port, `${method} ${target} HTTP/1.1\r\n${head}\r\n`)).toMatch(
      new RegExp(`^HTTP/1.1 ${status} `),
    );
  });

  it('R-51 over a limit is answered 414, 431 or 413', async () => {
    expect((await call(g.port, `/open/1/${'a'.repeat(9_000)}`)).status).toBe(414);
    const many = Object.fromEntries(Array.from({ length: 120 }, (_, i) => [`x-${i}`, 'a']));
    expect((await call(g.port, '/open/1/a', { headers: many })).status).toBe(431);
    expect(await raw(g.port, `GET /open/1/a HTTP/1.1\r\n${head}X: ${'a'.repeat(20_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 431 /,
    );
    expect((await call(g.port, '/open/1/a', { method: 'POST', body: 'a'.repeat(1_001) })).status).toBe(413);
    const chunked = { 'transfer-encoding': 'chunked' };
    expect(
      (await call(g.port, '/open/1/a', { method: 'POST', headers: chunked, body: 'a'.repeat(1_001) })).status,
    ).toBe(413);
  });

  it('that is refused while its long body still comes gets its answer all the same', async () => {
    const body = 'a'.repeat(5_000_000);
    const head = `POST /pizzashack/1.0.0/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n`;
    const own = await startTestGateway(backEnd.url);
    for (let i = 0; i < 5; i++) expect(await raw(own.port, head + body, 4_000)).toMatch(/^HTTP\/1.1 401 [^]*900902/);
    await own.stop();
  });

  it('R-52 that stops in its head is ended in time', async () => {
    const started = Date.now();
    expect(await raw(g.port, `GET /open/1/a HTTP/1.1\r\nHost: loc`, 6_000)).toMatch(/^HTTP\/1.1 408 /);
    expect(Date.now() - started).toBeLessThan(4_000);
  });

  it('of another HTTP version is answered 505', async () => {
    const before = backEnd.seen.length;
    expect(await raw(g.port, `GET /open/1/a HTTP/2.0\r\n${head}\r\n`)).toMatch(/^HTTP\/1.1 505 [^]*connection: close/i);
    expect(backEnd.seen.length).toBe(before);
  });

  it('R-52 that stops in its body is answered 408, and the back end does not wait for the rest', async () => {
    const started = Date.now();
    const bytes = `POST /open/1/a HTTP/1.1\r\n${head}Content-Length: 100\r\n\r\nhalf`;
    expect(await raw(g.port, bytes, 4_000)).toMatch(/^HTTP\/1.1 408 [^]*connection: close[^]*did not arrive in time/i);
    expect(Date.now() - started).toBeLessThan(2_000);
  });

  it('asking for a WebSocket gets a clear 501', async () => {
    const bytes = `GET /open/1/a HTTP/1.1\r\n${head}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n`;
    expect(await raw(g.port, bytes)).toMatch(/^HTTP\/1.1 501 [^]*not served over WebSocket/);
  });
});

describe('odd names and forms', () => {
  it('V-48 headers called __proto__ and constructor are nothing special', async () => {
    const bytes =
      'GET /open/1/a HTTP/1.1\r\nHost: localhost\r\n__proto__: x\r\nconstructor: y\r\nConnection: close\r\n\r\n';
    expect(await raw(g.port, bytes)).toMatch(/^HTTP\/1.1 200 /);
    expect((await call(g.port, '/open/1/a')).status).toBe(200);
  });

  it('R-50 V-47 the absolute form wins over Host', async () => {
    const at = (target: string) =>
      raw(g.port, `GET ${target} HTTP/1.1\r\nHost: elsewhere.test\r\nConnection: close\r\n\r\n`);
    expect(await at('http://localhost/open/1/abs')).toMatch(/^HTTP\/1.1 200 /);
    expect(await at('http://other.test/open/1/abs')).toMatch(/^HTTP\/1.1 404 /);
    expect(await at('/open/1/abs')).toMatch(/^HTTP\/1.1 404 /);
  });

  it.each([
    '/open/1/secret/',
    '//open/1//secret',
    '/open/1/./secret',
    '/open/1/%73ecret',
    '/open/1/x/../secret',
    '/x/../open/1/secret',
  ])('R-42 V-10 V-42 %s is decided as /open/1/secret is', async (path) =>
    expect((await call(g.port, path)).json()['code']).toBe('900902'),
  );

  it.each(['/open/1/secret;x=1', '/open/1/secret%2f', '/open/1/secret%00', '/open/1/..%2fsecret', '/open/1/../../..'])(
    'R-42 V-42 %s is refused as 400',
    async (path) => expect((await call(g.port, path)).status).toBe(400),
  );

  it('R-43 method override headers change nothing', async () => {
    const reply = await call(g.port, '/open/1/a', { headers: { 'x-http-method-override': 'DELETE' } });
    expect(reply.json()['method']).toBe('GET');
  });
});

describe('error bodies', () => {
  const headers = (type: string, more: Record<string, string> = {}) => ({ 'content-type': type, ...more });

  it('are XML for XML requests, by family', async () => {
    const reply = await call(g.port, '/pizzashack/1.0.0/a', {
      method: 'POST',
      headers: headers('application/xml'),
      body: '<a/>',
    });
    expect(reply.headers['content-type']).toBe('application/xml; charset=UTF-8');
    expect(reply.text).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><ams:fault xmlns:ams="http://wso2.org/apimanager/security"><ams:code>900902</ams:code>' +
        '<ams:message>Missing Credentials</ams:message><ams:description>Send a credential that this API accepts: an access token or an API key in the header it names.</ams:description></ams:fault>',
    );
    const unknown = await call(g.port, '/nothing', { method: 'PUT', headers: headers('text/xml'), body: '<a/>' });
    expect(unknown.text).toContain(
      '<am:fault xmlns:am="http://wso2.org/apimanager"><am:code>404</am:code><am:type>Status report</am:type>',
    );
  });

  it('are SOAP 1.1 faults for SOAP requests and JSON for methods without a body', async () => {
    const soap = headers('text/xml', { soapaction: '"urn:a"' });
    const reply = await call(g.port, '/pizzashack/1.0.0/a', { method: 'POST', headers: soap, body: '<a/>' });
    expect(reply.text).toMatch(/<soapenv:Fault><faultcode>soapenv:Client<\/faultcode><faultstring>Missing Credentials/);
    expect((await call(g.port, '/pizzashack/1.0.0/a', { headers: headers('text/xml') })).json()['code']).toBe('900902');
  });

  it('have no bytes for HEAD', async () => {
    const reply = await call(g.port, '/nothing', { method: 'HEAD' });
    expect([reply.status, reply.text]).toEqual([404, '']);
  });
});

describe('stopping', () => {
  it('finishes what runs, refuses new connections, and ends within its time', async () => {
    let release = (): void => undefined;
    const slow = await startBackEnd((_req, res) => {
      res.write('begin ');
      release = () => res.end('end');
    });
    const own = await startTestGateway(slow.url, open(slow.url));
    const running = call(own.port, '/open/1/a');
    await new Promise((resolve) => setTimeout(resolve, 100));
    const stopped = own.gateway.stop({ timeoutMs: 5_000 });
    await expect(call(own.port, '/open/1/a')).rejects.toThrow(/ECONNREFUSED/);
    release();
    expect((await running).text).toBe('begin end');
    const started = Date.now();
    await stopped;
    expect(Date.now() - started).toBeLessThan(2_000);
    await slow.close();
  });

  it('ends by force what does not end by itself', async () => {
    const never = await startBackEnd(() => undefined);
    const own = await startTestGateway(never.url, open(never.url));
    const socket = connect(own.port, '127.0.0.1', () =>
      socket.write('GET /open/1/a HTTP/1.1\r\nHost: localhost\r\n\r\n'),
    );
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await own.gateway.stop({ timeoutMs: 200 });
    await closed;
    await never.close();
  });
});

describe('https', () => {
  it('serves the same APIs', async () => {
    const pems = await generate([{ name: 'commonName', value: 'localhost' }]);
    const own = await startTestGateway(backEnd.url, open(backEnd.url), {
      httpsPort: 0,
      tls: { cert: pems.cert, key: pems.private },
    });
    const status = await new Promise<number>((resolve, reject) => {
      const port = own.gateway.ports.https ?? 0;
      httpsRequest(
        {
          host: 'localhost',
          port,
          path: '/open/1/a',
          ca: pems.cert,
          checkServerIdentity: () => undefined,
          agent: false,
        },
        (res) => {
          res.resume();
          resolve(res.statusCode ?? 0);
        },
      )
        .on('error', reject)
        .end();
    });
    expect(status).toBe(200);
    expect(backEnd.seen.at(-1)?.rawHeaders).toContain('https');
    await own.stop();
  });
});
