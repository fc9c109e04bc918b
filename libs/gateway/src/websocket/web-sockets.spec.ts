import { connect } from 'node:net';
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { raw } from '../../test/call.js';
import { startTestGateway, type TestGateway } from '../../test/fixture.js';
import {
  apiRecord,
  change,
  deploymentRecord,
  operation,
  policyRecord,
  subscriptionRecord,
} from '../../test/records.js';
import {
  connectSocket,
  startSocketBackEnd,
  type SocketBackEnd,
  type SocketClient,
} from '../../test/web-socket-peers.js';
import { defaultLimits } from '../gateway-options.js';
import { frameBytes, opcodes } from './frame.js';

const api = apiRecord({ uuid: 'chat', id: 9, name: 'Chat', context: '/chat', basePath: '/chat/1' });
const topics = (over = {}) => [
  operation({ target: '/*', verb: 'SUBSCRIBE', ...over }),
  operation({ target: '/*', verb: 'PUBLISH', ...over }),
];
const eventsPerDay = (eventCount: number) =>
  ({ type: 'EVENTCOUNTLIMIT', eventCount, unitTime: 1, timeUnit: 'day' }) as const;

let backEnd: SocketBackEnd;
let g: TestGateway;
const limits = {
  webSocket: {
    ...defaultLimits.webSocket,
    pingIntervalMs: 1_000,
    pingTimeoutMs: 1_000,
    maxConnectionsPerUser: 8,
    maxFrameBytes: 100_000,
    maxMessageBytes: 150_000,
  },
};
const deployment = (over = {}) =>
  deploymentRecord({
    apiUuid: 'chat',
    revisionId: 'chat-1',
    type: 'WS',
    operations: topics(),
    productionEndpoints: [{ url: `${backEnd.url}/base` }],
    ...over,
  });
const subscription = (over = {}) =>
  change.subscription(subscriptionRecord({ id: 5, uuid: 'sub-chat', apiUuid: 'chat', ...over }));
const put = (over = {}) =>
  g.gateway.applyChanges([change.api(api), change.deployment(deployment(over)), subscription()]);

beforeAll(async () => {
  backEnd = await startSocketBackEnd('chat.v2');
  g = await startTestGateway('http://127.0.0.1:1', [], { limits });
  put();
});
afterAll(async () => {
  await g.stop();
  await backEnd.close();
});

const open: SocketClient[] = [];
afterEach(async () => {
  for (const client of open.splice(0)) client.socket.terminate();
  await expect.poll(() => g.gateway.status().webSockets.open).toBe(0);
  put();
});
const at = (path = '/chat/1/room/7') => `ws://127.0.0.1:${g.port}${path}`;
async function dial(url = at(), options: Parameters<typeof connectSocket>[1] = {}, claims = {}): Promise<SocketClient> {
  const client = await connectSocket(url, { headers: await g.bearer(claims), ...options });
  open.push(client);
  return client;
}

describe('a WebSocket API', () => {
  it('passes messages in both directions, with the resource and query below the endpoint', async () => {
    const client = await dial(at('/chat/1/room/7?since=3'));
    expect(await client.echo('hello')).toBe('hello');
    expect(await client.echo('ü'.repeat(40_000))).toHaveLength(40_000);
    client.socket.send(Buffer.from([1, 2, 3]), { binary: true });
    expect(await client.next()).toBe('\u0001\u0002\u0003');
    const seen = backEnd.seen.at(-1);
    expect(seen?.url).toBe('/base/room/7?since=3');
    expect(seen?.headers).toMatchObject({ 'x-forwarded-for': '127.0.0.1', via: '1.1 tollgate' });
    expect(seen?.headers['authorization']).toBeUndefined();
    expect(seen?.headers['sec-websocket-extensions']).toBeUndefined();
  });

  it('passes fragments, pings and pongs of the two sides', async () => {
    const client = await dial();
    const pong = new Promise<string>((resolve) => client.socket.once('pong', (data) => resolve(data.toString())));
    client.socket.send('one ', { fin: false });
    client.socket.ping('are you there');
    client.socket.send('message', { fin: true });
    expect(await client.next()).toBe('one message');
    expect(await pong).toBe('are you there');
  });

  it('passes close codes and reasons in both directions', async () => {
    const first = await dial();
    first.socket.close(4321, 'enough');
    expect(await first.closed).toBe('4321 enough');
    await expect.poll(() => backEnd.closes.at(-1)).toBe('4321 enough');
    const second = await dial();
    backEnd.sockets.at(-1)?.close(3999, 'kicked');
    expect(await second.closed).toBe('3999 kicked');
  });

  it('tells each side when the other is gone', async () => {
    const first = await dial();
    first.socket.terminate();
    await expect.poll(() => backEnd.closes.at(-1)).toBe('1001 The client went away.');
    const second = await dial();
    backEnd.sockets.at(-1)?.terminate();
    expect(await second.closed).toBe('1014 The back end went away.');
  });

  it('agrees on the subprotocol that the back end chooses', async () => {
    const client = await dial(at(), { protocols: ['chat.v1', 'chat.v2'] });
    expect(client.socket.protocol).toBe('chat.v2');
  });
});

describe('the opening handshake', () => {
  const refusal = (options = {}, url = at()) =>
    connectSocket(url, options).then(
      () => 'opened',
      (error: Error) => error.message,
    );

  it.each([
    ['nothing', '', /^401 .*900902/],
    ['a bad token', '?access_token=nonsense', /^401 .*900901/],
    ['an unknown path', '', /^404 /],
  ])('with %s is refused', async (what, query, answer) => {
    expect(await refusal({}, at((what === 'an unknown path' ? '/none/1/a' : '/chat/1/a') + query))).toMatch(answer);
  });

  it('takes the token from the query, which the back end does not see', async () => {
    const token = (await g.bearer())['authorization']?.slice(7);
    const client = await connectSocket(at(`/chat/1/a?x=1&access_token=${token}&y=2`));
    open.push(client);
    expect(await client.echo('hi')).toBe('hi');
    expect(backEnd.seen.at(-1)?.url).toBe('/base/a?x=1&y=2');
  });

  it('takes the token from the subprotocols, which the back end does not see', async () => {
    const token = (await g.bearer())['authorization']?.slice(7) ?? '';
    const client = await connectSocket(at(), { protocols: ['access_token', token] });
    open.push(client);
    expect(client.socket.protocol).toBe('access_token');
    expect(backEnd.seen.at(-1)?.headers['sec-websocket-protocol']).toBeUndefined();
    const other = await connectSocket(at(), { protocols: ['access_token', token, 'chat.v2'] });
    open.push(other);
    expect(other.socket.protocol).toBe('chat.v2');
  });

  it('with two tokens is refused', async () => {
    const headers = await g.bearer();
    expect(await refusal({ headers }, at(`/chat/1/a?access_token=${headers['authorization']?.slice(7)}`))).toMatch(
      /^400 .*900901/,
    );
  });

  it('needs a scope of the topic, and a subscription', async () => {
    put({ operations: topics({ scopes: ['chat:join'] }) });
    expect(await refusal({ headers: await g.bearer() })).toMatch(/^403 .*900910/);
    await dial(at(), {}, { scope: 'chat:join' });
    g.gateway.applyChanges([subscription({ state: 'BLOCKED' })]);
    expect(await refusal({ headers: await g.bearer({ scope: 'chat:join' }) })).toMatch(/^401 .*900907/);
  });

  it('R-58 of a page elsewhere is refused where the API names its origins', async () => {
    const cors = {
      ...deployment().cors,
      corsConfigurationEnabled: true,
      accessControlAllowOrigins: ['https://shop.test'],
    };
    put({ cors });
    const headers = await g.bearer();
    expect(await refusal({ headers, origin: 'https://evil.test' })).toMatch(/^403 .*origin/);
    await dial(at(), { headers, origin: 'https://shop.test' });
  });

  const head = `GET /chat/1/a HTTP/1.1\r\nHost: localhost\r\n`;
  const fields = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    'Sec-WebSocket-Version': '13',
  };
  const asked = (over: Record<string, string | null>, first = head) =>
    raw(
      g.port,
      `${first}${Object.entries({ ...fields, ...over })
        .flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}\r\n`]))
        .join('')}\r\n`,
    );

  it.each<[string, Record<string, string | null>, RegExp]>([
    ['another version', { 'Sec-WebSocket-Version': '8' }, /^HTTP\/1.1 426 [^]*Sec-WebSocket-Version: 13/],
    ['no key', { 'Sec-WebSocket-Key': null }, /^HTTP\/1.1 400 [^]*Sec-WebSocket-Key/],
    ['a short key', { 'Sec-WebSocket-Key': 'AAAA' }, /^HTTP\/1.1 400 /],
    ['no Connection: Upgrade', { Connection: 'keep-alive' }, /^HTTP\/1.1 400 /],
    ['a body', { 'Content-Length': '3' }, /^HTTP\/1.1 400 /],
    ['a protocol twice', { 'Sec-WebSocket-Protocol': 'a, a' }, /^HTTP\/1.1 400 /],
  ])('with %s is refused', async (_, over, answer) => {
    expect(await asked(over)).toMatch(answer);
  });

  it('is what such an API asks for, and what others do not take', async () => {
    expect(
      await raw(g.port, `${head}Authorization: ${(await g.bearer())['authorization']}\r\nConnection: close\r\n\r\n`),
    ).toMatch(/^HTTP\/1.1 426 [^]*Upgrade: websocket/);
    expect(await asked({}, 'GET /pizzashack/1.0.0/menu HTTP/1.1\r\nHost: localhost\r\n')).toMatch(/^HTTP\/1.1 501 /);
  });

  it('tells of a back end that is away or that declines', async () => {
    put({ productionEndpoints: [{ url: 'ws://127.0.0.1:1' }] });
    expect(await refusal({ headers: await g.bearer() })).toMatch(/^503 .*101503/);
    put({ productionEndpoints: [{ url: `ws://127.0.0.1:${g.port}/none` }] });
    expect(await refusal({ headers: await g.bearer() })).toMatch(/^502 .*101506.*status 404/);
  });

  it('goes on to another endpoint when one is away', async () => {
    put({ productionEndpoints: [{ url: 'ws://127.0.0.1:1' }, { url: backEnd.url }] });
    for (let i = 0; i < 3; i++) expect(await (await dial()).echo('on')).toBe('on');
  });
});

/** A client that sends bytes as they are. */
async function rawSocket(): Promise<{ send(bytes: Buffer): void; all: () => Buffer; closed: Promise<void> }> {
  const { authorization } = await g.bearer();
  const socket = connect(g.port, '127.0.0.1');
  let bytes = Buffer.alloc(0);
  socket.on('data', (chunk) => (bytes = Buffer.concat([bytes, chunk])));
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.write(
    `GET /chat/1/a HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  );
  await expect.poll(() => bytes.toString('latin1')).toMatch(/^HTTP\/1.1 101 [^]*\r\n\r\n/);
  const start = bytes.indexOf('\r\n\r\n') + 4;
  return { send: (more) => void socket.write(more), all: () => bytes.subarray(start), closed };
}

describe('frames that break the rules', () => {
  const mask = Buffer.from([9, 9, 9, 9]);
  it.each<[string, Buffer, number]>([
    ['unmasked', frameBytes({ opcode: 1, isFinal: true, payload: Buffer.from('x') }, null), 1002],
    ['too large', frameBytes({ opcode: 2, isFinal: true, payload: Buffer.alloc(100_001) }, mask), 1009],
    ['no UTF-8', frameBytes({ opcode: 1, isFinal: true, payload: Buffer.from([0xff]) }, mask), 1007],
  ])('R-58 %s end the connection on both sides', async (_, bytes, code) => {
    const client = await rawSocket();
    client.send(bytes);
    await client.closed;
    expect(client.all()[0]).toBe(0x88);
    expect(client.all().readUInt16BE(2)).toBe(code);
    await expect.poll(() => backEnd.closes.at(-1)).toBe('1001 The client broke the protocol.');
  });

  it('do not count as pings without an end', async () => {
    const client = await rawSocket();
    const ping = frameBytes({ opcode: opcodes.ping, isFinal: true, payload: Buffer.from('p') }, mask);
    client.send(Buffer.concat(Array.from({ length: 500 }, () => ping)));
    await client.closed;
    expect(client.all().includes('Too many pings.')).toBe(true);
  });

  it('a client that answers no ping is gone', async () => {
    const client = await rawSocket();
    const started = performance.now();
    await client.closed; // it never answers
    expect(performance.now() - started).toBeGreaterThan(1_500);
    await expect.poll(() => backEnd.closes.at(-1)).toBe('1001 The client went away.');
  }, 10_000);
});

describe('an open connection', () => {
  it('stays open while nobody says anything, because pings are answered', async () => {
    const client = await dial();
    await new Promise((resolve) => setTimeout(resolve, 3_500));
    expect(await client.echo('still here')).toBe('still here');
  }, 10_000);

  it.each<[string, () => void, RegExp]>([
    [
      'the subscription is blocked',
      () => void g.gateway.applyChanges([subscription({ state: 'BLOCKED' })]),
      /^1008 900907/,
    ],
    [
      'the token is revoked',
      () =>
        void g.gateway.applyChanges([
          {
            kind: 'revocation',
            id: 'consumerKey:client-1',
            value: {
              type: 'consumerKey',
              value: 'client-1',
              revokedAtMs: Date.now() + 60_000,
              expiresAtMs: Date.now() + 120_000,
            },
          },
        ]),
      /^1008 900901/,
    ],
    [
      'the API is blocked',
      () => void g.gateway.applyChanges([change.api({ ...api, lifecycleState: 'BLOCKED' })]),
      /^1013 700700/,
    ],
    ['the API is gone', () => void g.gateway.applyChanges([change.gone('deployment', 'chat:Default')]), /^1001 /],
  ])('R-58 is closed within a second and a half when %s', async (_, act, reason) => {
    const client = await dial();
    expect(await client.echo('a')).toBe('a');
    const at0 = performance.now();
    act();
    expect(await client.closed).toMatch(reason);
    expect(performance.now() - at0).toBeLessThan(1_500);
    g.gateway.applyChanges([change.gone('revocation', 'consumerKey:client-1')]);
  });

  it('R-58 is closed at once when it is used after the token has expired', async () => {
    const client = await dial(at(), {}, { exp: Math.floor(Date.now() / 1000) + 60 });
    expect(await client.echo('a')).toBe('a');
    g.advance(120_000);
    client.socket.send('b');
    expect(await client.closed).toMatch(/^1008 900901/);
    g.advance(-120_000);
  });

  it('survives a new revision, a change of the API and of other APIs', async () => {
    const client = await dial();
    put({ revisionId: 'chat-2', revisionNumber: 2 });
    g.gateway.applyChanges([change.api({ ...api, provider: 'someone' })]);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(await client.echo('still here')).toBe('still here');
  });

  it('may only send where the topic takes something', async () => {
    put({ operations: [operation({ target: '/*', verb: 'SUBSCRIBE' })] });
    const client = await dial();
    backEnd.sockets.at(-1)?.send('news');
    expect(await client.next()).toBe('news');
    client.socket.send('mine');
    expect(await client.closed).toMatch(/^1008 403 .*Nothing may be sent/);
  });

  it('counts towards the bound of its user', async () => {
    for (let i = 0; i < 8; i++) await dial();
    await expect(dial()).rejects.toThrow(/^429 .*900808.*of this user/);
    open.pop()?.socket.close();
    await expect.poll(() => g.gateway.status().webSockets.open).toBe(7);
    await dial();
  });
});

describe('limits of events', () => {
  const tier = policyRecord({ level: 'subscription', name: 'AsyncFew', limit: eventsPerDay(4) });
  const plan = (over = {}) =>
    g.gateway.applyChanges([change.policy({ ...tier, ...over }), subscription({ tier: 'AsyncFew' })]);

  it('count the messages of both directions, close with 900808, and refuse the next handshake', async () => {
    put({ policies: ['AsyncFew'] });
    plan({ name: 'AsyncFew' });
    const client = await dial();
    expect([await client.echo('1'), await client.echo('2')]).toEqual(['1', '2']);
    client.socket.send('3');
    expect(await client.closed).toMatch(/^1008 900808 Message throttled out: until 20/);
    await expect(dial()).rejects.toThrow(/^429 .*"code":"900808"/);
    const told = () =>
      g.batches.flatMap(({ batch }) => batch.events).filter(({ subscriptionTier }) => subscriptionTier === 'AsyncFew');
    await expect.poll(() => told().reduce((sum, event) => sum + event.events, 0)).toBe(4);
    expect(told().reduce((sum, event) => sum + event.count, 0)).toBe(1);
  });
});
