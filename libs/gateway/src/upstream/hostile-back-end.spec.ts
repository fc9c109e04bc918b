import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { generate } from 'selfsigned';
import { afterEach, describe, expect, it } from 'vitest';
import { call, raw } from '../../test/call.js';
import { startTestGateway, type TestGateway } from '../../test/fixture.js';
import { apiRecord, change, deploymentRecord, operation } from '../../test/records.js';

const running: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of running.splice(0).toReversed()) await each.close();
});

/** A back end below HTTP; `onRequest` is called with each piece that comes. */
async function backEnd(
  onRequest: (socket: Socket, text: string) => void,
): Promise<{ url: string; connections: () => number }> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => onRequest(socket, chunk.toString('latin1')));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  running.push({
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(resolve);
      }),
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, connections: () => connections };
}

async function gatewayTo(url: string, options: Parameters<typeof startTestGateway>[2] = {}): Promise<TestGateway> {
  const operations = (['GET', 'POST', 'HEAD'] as const).map((verb) => operation({ verb, authType: 'None' }));
  const g = await startTestGateway(
    url,
    [
      change.api(apiRecord({ uuid: 'open', context: '/open', basePath: '/open/1' })),
      change.deployment(
        deploymentRecord({ apiUuid: 'open', operations, productionEndpoints: [{ url }], endpointTimeoutMs: 1_000 }),
      ),
    ],
    options,
  );
  running.push({ close: () => g.stop() });
  return g;
}

const ok = (body: string): string => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

describe('an answer that could be read in two ways, or is no HTTP', () => {
  it.each([
    ['a length beside a coding', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['an unknown coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
    ['two equal lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok'],
    ['a signed length', 'HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok'],
    ['a coding in HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['lines that end in LF', 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok'],
    ['a folded line', 'HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nok'],
    ['a space before a colon', 'HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok'],
    ['a switch of protocols nobody asked for', 'HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n'],
    ['HTTP/2.0', 'HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nok'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\nok'],
    ['endless header fields', `HTTP/1.1 200 OK\r\n${'X: yyyyyyyyyyyyyyyy\r\n'.repeat(10_000)}`],
    ['one endless header field', `HTTP/1.1 200 OK\r\nX: ${'y'.repeat(200_000)}`],
    ['a flood of interim answers', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1_000)],
  ])('(%s) is told as 502', async (_name, bytes) => {
    const { url } = await backEnd((socket) => void socket.write(bytes, 'latin1'));
    const g = await gatewayTo(url);
    const reply = await call(g.port, '/open/1/a');
    expect([reply.status, reply.json()['code']]).toEqual([502, '101505']);
    expect(g.gateway.status().activeRequests).toBe(0);
  });

  it('is visibly incomplete where it breaks within chunks', async () => {
    const { url } = await backEnd(
      (socket) => void socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokX'),
    );
    const g = await gatewayTo(url);
    await expect(call(g.port, '/open/1/a')).rejects.toThrow(/aborted/);
  });
});

describe('answers', () => {
  it('never reach the next request: bytes behind an answer end the connection', async () => {
    let served = 0;
    const { url, connections } = await backEnd((socket) => void socket.write(ok(`${++served}`) + ok('stray')));
    const g = await gatewayTo(url);
    for (let i = 1; i <= 20; i++) expect((await call(g.port, '/open/1/a')).text).toBe(String(i));
    expect(connections()).toBe(20);
  });

  it('that come without a request end the connection that they come on', async () => {
    const { url } = await backEnd((socket, text) => {
      socket.write(ok(text.slice(5, 6)));
      setTimeout(() => socket.write(ok('stray')), 30);
    });
    const g = await gatewayTo(url);
    for (const path of ['a', 'b', 'c']) {
      expect((await call(g.port, `/open/1/${path}`)).text).toBe(path);
      await new Promise((resolve) => setTimeout(resolve, 80));
    }
  });

  it('of every framing come through whole, and their connection is kept where it can be', async () => {
    const answers = [
      ok('counted'),
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nchu\r\n4;x=y\r\nnked\r\n0\r\nX-T: 1\r\n\r\n',
      'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n' + ok('late'),
      'HTTP/1.1 204 No Content\r\n\r\n',
    ];
    let at = 0;
    const { url, connections } = await backEnd((socket) => {
      const bytes = answers[at++ % answers.length] as string;
      for (const c of bytes) socket.write(c); // in as many pieces as the sockets make of it
    });
    const g = await gatewayTo(url);
    const texts: string[] = [];
    for (let i = 0; i < 8; i++) texts.push((await call(g.port, '/open/1/a')).text);
    expect(texts).toEqual(['counted', 'chunked', 'late', '', 'counted', 'chunked', 'late', '']);
    expect(connections()).toBe(1);
  });

  it('that end with their connection are whole, also for a client of HTTP/1.0', async () => {
    const { url } = await backEnd((socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\nto the end'));
    const g = await gatewayTo(url);
    expect((await call(g.port, '/open/1/a')).text).toBe('to the end');
    expect(await raw(g.port, 'GET /open/1/a HTTP/1.0\r\nHost: localhost\r\n\r\n')).toMatch(
      /Connection: close\r\n\r\nto the end$/,
    );
  });

  it('that fall silent end in time', async () => {
    const { url } = await backEnd((socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'));
    const g = await gatewayTo(url, { limits: { upstreamIdleTimeoutMs: 300 } });
    await expect(call(g.port, '/open/1/a')).rejects.toThrow(/aborted/);
  });
});

describe('connections', () => {
  it('beyond the most of them wait their turn, and beyond as many waiting calls are told as 503', async () => {
    let open = 0;
    let most = 0;
    const { url, connections } = await backEnd((socket) => {
      most = Math.max(most, ++open);
      setTimeout(() => {
        open--;
        socket.write(ok('ok'));
      }, 100);
    });
    const g = await gatewayTo(url, { limits: { maxUpstreamConnections: 2 } });
    const replies = await Promise.all(Array.from({ length: 5 }, () => call(g.port, '/open/1/a')));
    expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 200, 200, 200, 503]);
    expect([most, connections()]).toEqual([2, 2]);
  });

  it('that died while they were kept cost a GET nothing, and a POST is sent once only', async () => {
    let posts = 0;
    const { url } = await backEnd((socket, text) => {
      if (text.startsWith('POST')) posts++;
      socket.end(ok('ok')); // says nothing of closing
    });
    const g = await gatewayTo(url);
    for (let i = 0; i < 5; i++) expect((await call(g.port, '/open/1/a')).status).toBe(200);
    await call(g.port, '/open/1/a', { method: 'POST', body: 'x' });
    expect(posts).toBe(1);
  });

  it('that all died while they were kept cost a GET nothing either', async () => {
    const old = new Set<Socket>();
    let isNew = false;
    const { url } = await backEnd((socket) => {
      if (!isNew) old.add(socket);
      else if (old.has(socket)) return void socket.destroy(); // as a load balancer that has forgotten it
      setTimeout(() => socket.write(ok('ok')), 50);
    });
    const g = await gatewayTo(url);
    const together = () => Promise.all(Array.from({ length: 6 }, () => call(g.port, '/open/1/a')));
    await together();
    expect(old.size).toBe(6);
    isNew = true;
    expect((await call(g.port, '/open/1/a')).status).toBe(200);
  });

  it('over TLS take up the session of the one before, and a certificate that is not trusted is told as 502', async () => {
    const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
    });
    const reused: boolean[] = [];
    const server = createTlsServer({ cert: pems.cert, key: pems.private }, (socket) => {
      reused.push(socket.isSessionReused());
      socket.on('error', () => undefined);
      socket.on('data', () => socket.end(`HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok`));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    running.push(server);
    const url = `https://localhost:${(server.address() as AddressInfo).port}`;
    const trusting = await gatewayTo(url, { trustedCertificates: [pems.cert] });
    for (let i = 0; i < 3; i++) expect((await call(trusting.port, '/open/1/a')).text).toBe('ok');
    expect(reused).toEqual([false, true, true]);
    const reply = await call((await gatewayTo(url)).port, '/open/1/a');
    expect([reply.status, reply.json()['code']]).toEqual([502, '101500']);
  });
});
