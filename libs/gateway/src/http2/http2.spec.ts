import { once } from 'node:events';
import {
  connect,
  createServer,
  type ClientHttp2Session,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import { connect as connectTcp, type AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startBackEnd, type BackEnd } from '../../test/back-end.js';
import { startTestGateway, type TestGateway } from '../../test/fixture.js';
import { apiRecord, change, deploymentRecord, operation, organization } from '../../test/records.js';

let backEnd: BackEnd;
let g: TestGateway;
let grpcUrl: string;

/** Speaks as gRPC servers do: answers each message as it comes, and tells its status in trailers. */
const grpcServer = createServer();
grpcServer.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
  if (headers[':path']?.endsWith('/Refused')) {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '5' }, { endStream: true });
    return;
  }
  stream.respond(
    { ':status': 200, 'content-type': 'application/grpc', 'x-te': headers.te ?? '' },
    { waitForTrailers: true },
  );
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0', 'grpc-message': 'fine' }));
  stream.on('error', () => undefined);
  stream.pipe(stream);
});

beforeAll(async () => {
  backEnd = await startBackEnd((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      if (req.url === '/slow') return setTimeout(() => res.end('slow'), 400);
      if (req.url === '/never') return undefined;
      res.setHeader('Set-Cookie', ['a=1', 'b=2']);
      return res.end(JSON.stringify({ url: req.url, headers: req.rawHeaders, bytes: Buffer.concat(chunks).length }));
    });
  });
  await new Promise<void>((resolve) => grpcServer.listen(0, '127.0.0.1', resolve));
  grpcUrl = `http://127.0.0.1:${(grpcServer.address() as AddressInfo).port}`;
  const [server] = [await generate([{ name: 'commonName', value: 'localhost' }], { keySize: 2048 })];
  const operations = (['GET', 'POST', 'HEAD'] as const).map((verb) => operation({ verb, authType: 'None' }));
  const api = (uuid: string, url: string) => [
    change.api(apiRecord({ uuid, context: `/${uuid}`, basePath: `/${uuid}/1` })),
    change.deployment(deploymentRecord({ apiUuid: uuid, operations, productionEndpoints: [{ url }] })),
  ];
  const changes = [...api('open', backEnd.url), ...api('grpc', grpcUrl)];
  g = await startTestGateway(backEnd.url, changes, { httpsPort: 0, tls: { cert: server.cert, key: server.private } });
});
afterAll(async () => {
  await g.stop();
  await backEnd.close();
  grpcServer.close();
});

const sessions: ClientHttp2Session[] = [];
afterEach(() => sessions.splice(0).forEach((session) => session.destroy()));

function open(scheme: 'http' | 'https' = 'http', at = g): ClientHttp2Session {
  const session = connect(`${scheme}://localhost:${at.gateway.ports[scheme]}`, {
    rejectUnauthorized: false,
    lookup: (_host, _options, callback) =>
      (callback as never as (e: null, a: object[]) => void)(null, [{ address: '127.0.0.1', family: 4 }]),
  });
  session.on('error', () => undefined);
  sessions.push(session);
  return session;
}

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders;
  readonly text: string;
}

function ask(session: ClientHttp2Session, headers: OutgoingHttpHeaders, body?: Buffer | string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':path': '/open/1/a', ...headers }, { endStream: body === undefined });
    let head: IncomingHttpHeaders = {};
    let trailers: IncomingHttpHeaders = {};
    let text = '';
    stream.on('response', (fields) => (head = fields));
    stream.on('trailers', (fields) => (trailers = fields));
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    stream.on('error', reject);
    stream.on('close', () => resolve({ status: Number(head[':status']), headers: head, trailers, text }));
    if (body !== undefined) stream.end(body);
  });
}

describe('HTTP/2 (P2)', () => {
  it.each(['http', 'https'] as const)(
    'is spoken over %s, a hundred requests on one connection at once',
    async (scheme) => {
      const session = open(scheme);
      const replies = await Promise.all(
        Array.from({ length: 100 }, (_, i) => ask(session, { ':path': `/open/1/a?n=${i}` })),
      );
      expect(replies.map(({ status }) => status)).toEqual(Array.from({ length: 100 }, () => 200));
      expect(replies.map(({ text }) => (JSON.parse(text) as { url: string }).url)).toEqual(
        Array.from({ length: 100 }, (_, i) => `/a?n=${i}`),
      );
      expect(replies[0]?.headers['set-cookie']).toEqual(['a=1', 'b=2']);
      expect(session.alpnProtocol).toBe(scheme === 'http' ? 'h2c' : 'h2');
    },
  );

  it('passes bodies through, of known length or not, with backpressure', async () => {
    const session = open();
    const body = Buffer.alloc(3_000_000, 'x');
    const [counted, uncounted] = await Promise.all([
      ask(session, { ':method': 'POST', 'content-length': body.length }, body),
      ask(session, { ':method': 'POST' }, body),
    ]);
    expect(JSON.parse(counted.text)).toMatchObject({ bytes: body.length });
    const seen = JSON.parse(uncounted.text) as { bytes: number; headers: string[] };
    expect(seen.bytes).toBe(body.length);
    expect(seen.headers).toContain('Transfer-Encoding');
  });

  it('makes one Host of the authority and one Cookie of its crumbs, and adds no field of HTTP/2', async () => {
    const reply = await ask(open(), { cookie: ['a=1', 'b=2'], 'x-forwarded-for': '6.6.6.6' });
    const { headers } = JSON.parse(reply.text) as { headers: string[] };
    const cookies = headers.filter((_, i) => headers[i - 1]?.toLowerCase() === 'cookie' && i % 2 === 1);
    expect(cookies).toEqual(['a=1; b=2']);
    expect(headers.some((name) => name.startsWith(':'))).toBe(false);
    expect(headers[headers.indexOf('X-Forwarded-Host') + 1]).toBe(`localhost:${g.port}`);
    expect(headers).not.toContain('6.6.6.6');
  });

  it('refuses as HTTP/1.1 does: unknown paths, ways out of the base path, two hosts, methods, long bodies', async () => {
    const session = open();
    expect((await ask(session, { ':path': '/nothing' })).status).toBe(404);
    expect((await ask(session, { ':path': '/open/1/%2f' })).status).toBe(400);
    expect((await ask(session, { ':authority': 'localhost', host: 'other.example' })).status).toBe(400);
    expect((await ask(session, { ':method': 'TRACE' })).status).toBe(405);
    expect((await ask(session, { ':path': '/pizzashack/1.0.0/menu' })).status).toBe(401);
    const small = await startTestGateway(backEnd.url, [], { limits: { maxBodyBytes: 10 } });
    const reply = await ask(
      open('http', small),
      { ':method': 'POST', ':path': '/pizzashack/1.0.0/a', 'content-length': 11 },
      'x'.repeat(11),
    );
    expect(reply.status).toBe(413);
    await small.stop();
  });

  it('ends the call to the back end when its client resets the stream (F-49)', async () => {
    const stream = open().request({ ':path': '/open/1/never' });
    stream.on('error', () => undefined);
    await expect.poll(() => g.gateway.status().activeRequests).toBe(1);
    stream.close(8);
    await expect.poll(() => g.gateway.status().activeRequests, { timeout: 1_000 }).toBe(0);
  });

  it.each(['http', 'https'] as const)('drains over %s: tells clients to go, and finishes what runs', async (scheme) => {
    const tls = await generate([{ name: 'commonName', value: 'localhost' }], { keySize: 2048 });
    const changes = [
      change.api(apiRecord({ uuid: 'open', context: '/open', basePath: '/open/1' })),
      change.deployment(
        deploymentRecord({
          apiUuid: 'open',
          operations: [operation({ authType: 'None' })],
          productionEndpoints: [{ url: backEnd.url }],
        }),
      ),
    ];
    const options = { httpsPort: 0, tls: { cert: tls.cert, key: tls.private } };
    const other = await startTestGateway(backEnd.url, changes, options);
    const session = open(scheme, other);
    const goaway = once(session, 'goaway');
    const slow = ask(session, { ':path': '/open/1/slow' });
    await expect.poll(() => other.gateway.status().activeRequests).toBe(1);
    const stopped = other.gateway.stop({ timeoutMs: 5_000 });
    await goaway;
    expect((await slow).text).toBe('slow');
    await stopped;
  });
});

/** A connection with the preface and an empty SETTINGS frame sent. */
async function rawSession() {
  const socket = connectTcp(g.port, '127.0.0.1');
  socket.on('error', () => undefined);
  let isClosed = false;
  let got = Buffer.alloc(0);
  socket.on('data', (chunk) => (got = Buffer.concat([got, chunk])));
  socket.on('close', () => (isClosed = true));
  await once(socket, 'connect');
  socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  socket.write(frame(4, 0, 0));
  return { socket, isClosed: () => isClosed, got: () => got };
}

function frame(type: number, flags: number, stream: number, payload = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** HPACK: GET, http, `/open/1/never`, and the authority, all from the static table or as plain literals. */
const requestBlock = Buffer.concat([
  Buffer.from([0x82, 0x86, 0x04, 13]),
  Buffer.from('/open/1/never'),
  Buffer.from([0x01, 9]),
  Buffer.from('localhost'),
]);

describe('floods over HTTP/2 (Q24, V-50)', () => {
  it('of streams that are opened and reset end the connection, and the gateway goes on', async () => {
    const { socket, isClosed } = await rawSession();
    const cancel = Buffer.from([0, 0, 0, 8]);
    for (let i = 0; i < 300 && !isClosed(); i++) {
      const id = 2 * i + 1;
      socket.write(Buffer.concat([frame(1, 0x5, id, requestBlock), frame(3, 0, id, cancel)]));
      if (i % 50 === 0) await new Promise(setImmediate);
    }
    await expect.poll(isClosed, { timeout: 3_000 }).toBe(true);
    await expect.poll(() => g.gateway.status().activeRequests).toBe(0);
    expect((await ask(open(), {})).status).toBe(200);
  });

  it('of CONTINUATION frames end the connection before they fill memory', async () => {
    const { socket, isClosed } = await rawSession();
    const before = process.memoryUsage().rss;
    socket.write(frame(1, 0x1, 1, requestBlock)); // without END_HEADERS
    const filler = frame(
      9,
      0,
      1,
      Buffer.concat([
        Buffer.from([0x00, 1]),
        Buffer.from('a'),
        Buffer.from([127, 0x81, 0x7e]),
        Buffer.alloc(16_256, 'v'),
      ]),
    );
    let sent = 0;
    for (; sent < 5_000 && !isClosed(); sent++) {
      socket.write(filler);
      if (sent % 20 === 0) await new Promise(setImmediate);
    }
    await expect.poll(isClosed, { timeout: 3_000 }).toBe(true);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
    expect((await ask(open(), {})).status).toBe(200);
  });

  it('does not take a request of HTTP/1.1 whose method begins like the preface for one', async () => {
    const socket = connectTcp(g.port, '127.0.0.1');
    socket.write('PRI * HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    expect(chunk.toString()).toMatch(/^HTTP\/1\.1 501 /);
    socket.destroy();
  });
});

describe('gRPC (P15)', () => {
  const grpc = { ':method': 'POST', 'content-type': 'application/grpc', te: 'trailers' };

  it('goes end to end with its trailers', async () => {
    const reply = await ask(open(), { ...grpc, ':path': '/grpc/1/Echo' }, Buffer.from([0, 0, 0, 0, 2, 104, 105]));
    expect(reply.status).toBe(200);
    expect(reply.headers['x-te']).toBe('trailers');
    expect(reply.trailers).toMatchObject({ 'grpc-status': '0', 'grpc-message': 'fine' });
    expect(Buffer.from(reply.text).toString()).toContain('hi');
  });

  it('streams both ways at once', async () => {
    const stream = open('https').request({ ...grpc, ':path': '/grpc/1/Chat' });
    stream.on('error', () => undefined);
    for (const word of ['one', 'two', 'three']) {
      stream.write(word);
      const [chunk] = (await once(stream, 'data')) as [Buffer];
      expect(chunk.toString()).toBe(word);
    }
    const trailers = once(stream, 'trailers');
    stream.end();
    expect((await trailers)[0]).toMatchObject({ 'grpc-status': '0' });
  });

  it('that is under way ends when its caller is denied', async () => {
    const stream = open().request({ ...grpc, ':path': '/grpc/1/Chat' });
    stream.on('error', () => undefined);
    stream.write('one');
    await once(stream, 'data');
    const denial = { id: 1, uuid: 'no', organization, type: 'API', value: '/grpc/1' };
    g.gateway.applyChanges([{ kind: 'deny-condition', id: 'no', value: denial }]);
    await expect.poll(() => stream.closed, { timeout: 3_000 }).toBe(true);
    expect(stream.rstCode).not.toBe(0);
    g.gateway.applyChanges([change.gone('deny-condition', 'no')]);
  });

  it('passes on an answer that has nothing but its status', async () => {
    const reply = await ask(open(), { ...grpc, ':path': '/grpc/1/Refused' }, 'x');
    expect(reply.headers['grpc-status']).toBe('5');
  });

  it('is refused in its own words, by the gateway and for a back end that is away', async () => {
    const unknown = await ask(open(), { ...grpc, ':path': '/nothing' }, 'x');
    expect([unknown.status, unknown.headers['grpc-status']]).toEqual([200, '12']);
    const nobody = await ask(open(), { ...grpc, ':path': '/pizzashack/1.0.0/a' }, 'x');
    expect(nobody.headers).toMatchObject({ 'grpc-status': '16', 'grpc-message': expect.stringContaining('900902') });
    const plain = await ask(open(), { ...grpc, ':path': '/open/1/a' }, 'x'); // speaks HTTP/1.1 only
    expect(plain.headers['grpc-status']).toBe('14');
  });
});
