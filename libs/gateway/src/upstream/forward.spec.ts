import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startBackEnd, type BackEnd } from '../../test/back-end.js';
import { call, raw } from '../../test/call.js';
import { startTestGateway, type TestGateway } from '../../test/fixture.js';
import { apiRecord, change, deploymentRecord, operation } from '../../test/records.js';

const running: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of running.splice(0).toReversed()) await each.close();
});

function openApi(urls: readonly string[], endpointTimeoutMs: number | null = 5_000) {
  const operations = (['GET', 'POST', 'PUT', 'HEAD'] as const).map((verb) => operation({ verb, authType: 'None' }));
  const productionEndpoints = urls.map((url) => ({ url }));
  return [
    change.api(apiRecord({ uuid: 'open', context: '/open', basePath: '/open/1' })),
    change.deployment(deploymentRecord({ apiUuid: 'open', operations, productionEndpoints, endpointTimeoutMs })),
  ];
}

async function gatewayTo(
  urls: string | string[],
  options: Parameters<typeof startTestGateway>[2] = {},
  timeoutMs?: number | null,
): Promise<TestGateway> {
  const list = typeof urls === 'string' ? [urls] : urls;
  const g = await startTestGateway(list[0] ?? '', openApi(list, timeoutMs), options);
  running.push({ close: () => g.stop() });
  return g;
}

async function backEndWith(listener?: Parameters<typeof startBackEnd>[0]): Promise<BackEnd> {
  const backEnd = await startBackEnd(listener);
  running.push(backEnd);
  return backEnd;
}

/** A server below HTTP, for answers that no HTTP library writes. */
async function rawBackEnd(onSocket: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  running.push({
    close: () =>
      new Promise((resolve) => {
        for (const s of sockets) s.destroy();
        server.close(resolve);
      }),
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('the upstream request', () => {
  it('R-46 R-47 R-49 V-19 V-43 V-44 is rebuilt: hop-by-hop and named fields, credentials and forged identity fields stay behind', async () => {
    const backEnd = await backEndWith();
    const g = await gatewayTo(backEnd.url);
    const lines = [
      'GET /open/1/a?x=%20y HTTP/1.1',
      'Host: localhost:8280',
      'Connection: close, X-Secret-Hop, x-forwarded-for',
      'X-Secret-Hop: 1',
      'Keep-Alive: timeout=5',
      'TE: trailers',
      'Proxy-Authorization: Basic eDp5',
      'Authorization: Bearer abc',
      'apikey: abc',
      'Internal_Key: abc',
      'X-Forwarded-For: 6.6.6.6',
      'X_Forwarded_For: 6.6.6.6',
      'x-forwarded-host: evil.test',
      'Proxy: http://evil.test',
      'X-Real-IP: 6.6.6.6',
      'X-JWT-Assertion: forged',
      'x_jwt_assertion: forged',
      'Forwarded: for=6.6.6.6',
      'Accept: a',
      'Accept: b',
      'X-Kept: yes',
    ];
    expect(await raw(g.port, `${lines.join('\r\n')}\r\n\r\n`)).toMatch(/^HTTP\/1.1 200 /);
    const { rawHeaders, url } = backEnd.seen[0] ?? { rawHeaders: [], url: '' };
    expect(url).toBe('/a?x=%20y');
    const pairs = rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [`${name.toLowerCase()}: ${rawHeaders[i + 1]}`] : []));
    expect(pairs.toSorted()).toEqual(
      [
        `host: ${new URL(backEnd.url).host}`,
        'connection: keep-alive',
        'accept: a',
        'accept: b',
        'x-kept: yes',
        'x-forwarded-for: 127.0.0.1',
        'x-forwarded-proto: http',
        'x-forwarded-host: localhost:8280',
        'via: 1.1 tollgate',
      ].toSorted(),
    );
  });

  it('R-47 keeps the access token only where the configuration passes it on', async () => {
    const backEnd = await backEndWith();
    const g = await gatewayTo(backEnd.url, { passesAuthorization: true });
    await call(g.port, '/open/1/a', { headers: { authorization: 'Bearer abc', apikey: 'def' } });
    const headers = backEnd.seen[0]?.rawHeaders ?? [];
    expect([headers.includes('Bearer abc'), headers.includes('def')]).toEqual([true, false]);
  });

  it('R-49 V-45 carries exactly one framing field', async () => {
    const backEnd = await backEndWith();
    const g = await gatewayTo(backEnd.url);
    await call(g.port, '/open/1/a', { method: 'POST', headers: { 'Content-Length': '3' }, body: 'abc' });
    await call(g.port, '/open/1/a', { method: 'POST', headers: { 'Transfer-Encoding': 'chunked' }, body: 'abc' });
    await call(g.port, '/open/1/a', { method: 'POST' });
    const framing = backEnd.seen.map(({ rawHeaders }) =>
      rawHeaders
        .filter((name, i) => i % 2 === 0 && /^(content-length|transfer-encoding)$/i.test(name))
        .map((name) => name.toLowerCase()),
    );
    expect(framing).toEqual([['content-length'], ['transfer-encoding'], ['content-length']]);
    expect(backEnd.seen.map(({ body }) => body)).toEqual(['abc', 'abc', '']);
  });

  it('takes the back ends of a type in turn and keeps their connections', async () => {
    const ports = new Set<number | undefined>();
    const listener = (name: string) => (req: IncomingMessage, res: { end(text: string): unknown }) => {
      ports.add(req.socket.remotePort);
      res.end(name);
    };
    const a = await backEndWith(listener('a'));
    const b = await backEndWith(listener('b'));
    const g = await gatewayTo([a.url, b.url]);
    const answers: string[] = [];
    for (let i = 0; i < 6; i++) answers.push((await call(g.port, '/open/1/x')).text);
    expect(answers.join('')).toBe('ababab');
    expect(ports.size).toBe(2);
  });

  it('believes X-Forwarded-For only from trusted proxies, from the end', async () => {
    const backEnd = await backEndWith();
    const g = await gatewayTo(backEnd.url, { trustedProxies: ['127.0.0.1', '10.0.0.0/8'] });
    await call(g.port, '/open/1/a', { headers: { 'x-forwarded-for': '6.6.6.6, 9.9.9.9, 10.1.1.1' } });
    const headers = backEnd.seen[0]?.rawHeaders ?? [];
    expect(headers[headers.indexOf('X-Forwarded-For') + 1]).toBe('9.9.9.9, 10.1.1.1, 127.0.0.1');
  });
});

describe('the answer', () => {
  it('keeps repeated fields, redirects and bodiless statuses, and loses what belongs to the hop', async () => {
    const backEnd = await backEndWith((req, res) => {
      if (req.url === '/moved') return res.writeHead(302, { Location: 'http://elsewhere.test/' }).end();
      if (req.url === '/empty') return res.writeHead(204).end();
      res.writeHead(200, [
        'Set-Cookie',
        'a=1',
        'Set-Cookie',
        'b=2',
        'Connection',
        'X-Hop',
        'X-Hop',
        '1',
        'Keep-Alive',
        'timeout=9',
        'Proxy-Authenticate',
        'x',
      ]);
      return res.end('ok');
    });
    const g = await gatewayTo(backEnd.url);
    const reply = await call(g.port, '/open/1/a');
    expect(reply.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect([reply.headers['x-hop'], reply.headers['proxy-authenticate'], reply.text]).toEqual([
      undefined,
      undefined,
      'ok',
    ]);
    const moved = await call(g.port, '/open/1/moved');
    expect([moved.status, moved.headers.location]).toEqual([302, 'http://elsewhere.test/']);
    expect((await call(g.port, '/open/1/empty')).status).toBe(204);
  });

  it('to HEAD keeps its length and has no body', async () => {
    const backEnd = await backEndWith((_req, res) => res.setHeader('Content-Length', '12').end());
    const g = await gatewayTo(backEnd.url);
    const reply = await call(g.port, '/open/1/a', { method: 'HEAD' });
    expect([reply.status, reply.headers['content-length'], reply.text]).toEqual([200, '12', '']);
  });
});

describe('a failing back end', () => {
  it('that refuses connections is told as 503 101503', async () => {
    const gone = await startBackEnd();
    await gone.close();
    const g = await gatewayTo(gone.url);
    const reply = await call(g.port, '/open/1/a');
    expect([reply.status, reply.json()]).toEqual([
      503,
      {
        code: '101503',
        type: 'Status report',
        message: 'Runtime Error',
        description: 'Error connecting to the back end',
      },
    ]);
  });

  it('that does not answer within the time of the gateway, where its API sets none, is told as 504', async () => {
    const backEnd = await backEndWith(() => undefined);
    const g = await gatewayTo(backEnd.url, { limits: { upstreamHeadersTimeoutMs: 200 } }, null);
    const started = Date.now();
    expect((await call(g.port, '/open/1/a')).status).toBe(504);
    expect(Date.now() - started).toBeLessThan(3_000);
  });

  it('that does not answer in time is told as 504 101504', async () => {
    const backEnd = await backEndWith(() => undefined);
    const g = await gatewayTo(backEnd.url, {}, 200);
    const reply = await call(g.port, '/open/1/a');
    expect([reply.status, reply.json()['code']]).toEqual([504, '101504']);
  });

  it('that closes early is told as 502 101505, after one more try where that is harmless', async () => {
    let connections = 0;
    const url = await rawBackEnd((socket) => {
      connections++;
      socket.once('data', () => socket.destroy());
    });
    const g = await gatewayTo(url);
    const get = await call(g.port, '/open/1/a');
    expect([get.status, get.json()['code'], connections]).toEqual([502, '101505', 2]);
    const post = await call(g.port, '/open/1/a', { method: 'POST', body: 'x' });
    expect([post.status, connections]).toEqual([502, 3]);
  });

  it('that talks no HTTP is told as 502', async () => {
    const url = await rawBackEnd((socket) => socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.2\r\n')));
    const g = await gatewayTo(url);
    expect((await call(g.port, '/open/1/a')).status).toBe(502);
  });

  it.each([
    ['a status outside of HTTP', 'HTTP/1.1 000 X\r\nContent-Length: 0\r\n\r\n'],
    ['a control character in a field', 'HTTP/1.1 200 OK\r\nX-A: a\x01b\r\nContent-Length: 0\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
  ])('that answers with %s is told as 502', async (_name, bytes) => {
    const url = await rawBackEnd((socket) => socket.once('data', () => socket.end(bytes)));
    const g = await gatewayTo(url);
    expect((await call(g.port, '/open/1/a', { method: 'POST' })).status).toBe(502);
    expect(g.gateway.status().activeRequests).toBe(0);
  });

  it('that breaks off leaves a visibly incomplete answer, counted or chunked', async () => {
    const url = await rawBackEnd((socket) =>
      socket.once('data', (head) => {
        const framing = head.toString().includes('/counted') ? 'Content-Length: 100' : 'Transfer-Encoding: chunked';
        socket.write(`HTTP/1.1 200 OK\r\n${framing}\r\n\r\n5\r\nhello\r\n`, () =>
          setTimeout(() => socket.destroy(), 50),
        );
      }),
    );
    const g = await gatewayTo(url);
    await expect(call(g.port, '/open/1/counted')).rejects.toThrow(/aborted/);
    await expect(call(g.port, '/open/1/chunked')).rejects.toThrow(/aborted/);
    expect(g.gateway.status().activeRequests).toBe(0);
  });

  it('with a private address that is not allowed is not called', async () => {
    const backEnd = await backEndWith();
    for (const url of [
      backEnd.url,
      backEnd.url.replace('127.0.0.1', 'localhost'),
      backEnd.url.replace('127.0.0.1', '[::ffff:127.0.0.1]'),
    ]) {
      const g = await gatewayTo(url, { allowedNetworks: [] });
      const reply = await call(g.port, '/open/1/a');
      expect([reply.status, reply.json()['code'], backEnd.seen.length]).toEqual([503, '101503', 0]);
    }
  });
});

describe('streaming', () => {
  const size = 32 * 1024 * 1024;
  const block = randomBytes(64 * 1024);

  it('passes a large upload through without keeping it, while the back end reads slowly', async () => {
    let received = 0;
    const hash = createHash('sha256');
    const backEnd = await backEndWith((req, res) => {
      req.pause();
      setTimeout(() => req.resume(), 300);
      req.on('data', (chunk: Buffer) => {
        received += chunk.length;
        hash.update(chunk);
      });
      req.on('end', () => res.end(hash.digest('hex')));
    });
    const g = await gatewayTo(backEnd.url);
    const expected = createHash('sha256');
    const req = request({ port: g.port, host: '127.0.0.1', path: '/open/1/up', method: 'POST', agent: false });
    const answered = once(req, 'response') as Promise<[IncomingMessage]>;
    let sentWhilePaused = 0;
    setTimeout(() => (sentWhilePaused = sent), 250);
    let sent = 0;
    while (sent < size) {
      sent += block.length;
      expected.update(block);
      if (!req.write(block)) await once(req, 'drain');
    }
    req.end();
    const [res] = await answered;
    let text = '';
    for await (const chunk of res) text += String(chunk);
    expect([received, text]).toEqual([size, expected.digest('hex')]);
    expect(sentWhilePaused).toBeLessThan(size); // the client had to wait for the back end
  });

  it('passes a large download through at the pace of the client', async () => {
    let written = 0;
    const backEnd = await backEndWith((_req, res) => {
      const more = (): void => {
        while (written < size) {
          written += block.length;
          if (!res.write(block)) return void res.once('drain', more);
        }
        res.end();
      };
      more();
    });
    const g = await gatewayTo(backEnd.url);
    const req = request({ port: g.port, host: '127.0.0.1', path: '/open/1/down', agent: false });
    req.end();
    const [res] = (await once(req, 'response')) as [IncomingMessage];
    res.pause();
    await pause(400);
    expect(written).toBeLessThan(size); // neither the gateway nor the sockets took it all
    let read = 0;
    for await (const chunk of res) read += (chunk as Buffer).length;
    expect(read).toBe(size);
  });

  it('ends the upstream when the client goes away', async () => {
    const ended = Promise.withResolvers<void>();
    const backEnd = await backEndWith((_req, res) => {
      res.write('begin');
      res.on('close', () => ended.resolve());
    });
    const g = await gatewayTo(backEnd.url);
    const req = request({ port: g.port, host: '127.0.0.1', path: '/open/1/long', agent: false });
    req.on('error', () => undefined);
    req.end();
    await once(req, 'response');
    req.destroy();
    await ended.promise;
    await pause(20);
    expect(g.gateway.status().activeRequests).toBe(0);
  });

  it('ends the upstream when the client goes away within its upload or before any answer', async () => {
    let closed = 0;
    const server = createServer((req) =>
      req
        .on('close', () => closed++)
        .on('error', () => undefined)
        .resume(),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    running.push({ close: () => (server.closeAllConnections(), server.close()) });
    const g = await gatewayTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    for (const method of ['POST', 'GET']) {
      const req = request({ port: g.port, host: '127.0.0.1', path: '/open/1/x', method, agent: false });
      req.on('error', () => undefined);
      if (method === 'POST') req.write('part');
      else req.end();
      await pause(100);
      req.destroy();
    }
    // A client that only ended its side looks the same for a while: the request is given up within a second.
    await expect.poll(() => [closed, g.gateway.status().activeRequests], { timeout: 5_000 }).toEqual([2, 0]);
  });

  it('gives an early answer to the client although its upload is not finished', async () => {
    const backEnd = await backEndWith((req, res) => {
      res.writeHead(403, { Connection: 'close' }).end('no');
      req.resume();
    });
    const g = await gatewayTo(backEnd.url);
    const req = request({ port: g.port, host: '127.0.0.1', path: '/open/1/x', method: 'POST', agent: false });
    req.on('error', () => undefined);
    req.write('part');
    const [res] = (await once(req, 'response')) as [IncomingMessage];
    expect(res.statusCode).toBe(403);
    req.destroy();
  });

  it('tells a client that waits for 100 Continue to go on only when its body is wanted', async () => {
    const backEnd = await backEndWith();
    const g = await gatewayTo(backEnd.url);
    const head = (path: string) =>
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 5\r\nConnection: close\r\n\r\n`;
    expect(await raw(g.port, head('/open/1/x'), 300)).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    expect(await raw(g.port, head('/nothing'), 300)).toMatch(/^HTTP\/1.1 404 /);
  });
});
