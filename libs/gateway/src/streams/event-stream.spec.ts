import { request, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startBackEnd, type BackEnd } from '../../test/back-end.js';
import { call, raw } from '../../test/call.js';
import { startTestGateway, type TestGateway } from '../../test/fixture.js';
import {
  apiRecord,
  change,
  deploymentRecord,
  operation,
  policyRecord,
  subscriptionRecord,
} from '../../test/records.js';

const api = apiRecord({ uuid: 'news', id: 9, name: 'News', context: '/news', basePath: '/news/1' });
const topics = (over = {}) => [operation({ target: '/*', verb: 'SUBSCRIBE', ...over })];

let backEnd: BackEnd;
let seen: IncomingMessage | null = null;
let source: ServerResponse | null = null;
let answer: (res: ServerResponse) => void;
const asStream = (res: ServerResponse): void => void res.writeHead(200, { 'Content-Type': 'text/event-stream' });
let g: TestGateway;
const deployment = (over = {}) =>
  deploymentRecord({
    apiUuid: 'news',
    revisionId: 'news-1',
    type: 'SSE',
    operations: topics(),
    productionEndpoints: [{ url: `${backEnd.url}/base` }],
    ...over,
  });
const subscription = (over = {}) =>
  change.subscription(subscriptionRecord({ id: 5, uuid: 'sub-news', apiUuid: 'news', ...over }));
const put = (over = {}) =>
  g.gateway.applyChanges([change.api(api), change.deployment(deployment(over)), subscription()]);

beforeAll(async () => {
  backEnd = await startBackEnd((req, res) => {
    seen = req;
    source = res;
    answer(res);
    res.flushHeaders();
  });
  g = await startTestGateway(backEnd.url);
});
afterAll(async () => {
  await g.stop();
  await backEnd.close();
});

interface Client {
  readonly res: IncomingMessage;
  readonly text: () => string;
  /** How it ended. */
  readonly ended: Promise<'complete' | 'cut off'>;
  leave(): void;
}
const clients: Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.leave();
  await expect.poll(() => g.gateway.status().streams.open).toBe(0);
  answer = asStream;
  put();
});

async function listen(path = '/news/1/topic/7', claims = {}, headers: Record<string, string> = {}): Promise<Client> {
  const all = { ...(await g.bearer(claims)), ...headers };
  return new Promise((resolve, reject) => {
    const req = request({ host: '127.0.0.1', port: g.port, path, headers: all, agent: false }, (res) => {
      let text = '';
      const ended = new Promise<'complete' | 'cut off'>((over) =>
        res.on('close', () => over(res.complete ? 'complete' : 'cut off')),
      );
      res.setEncoding('utf8').on('data', (part: string) => (text += part));
      res.on('error', () => undefined);
      const client = { res, text: () => text, ended, leave: () => req.destroy() };
      clients.push(client);
      resolve(client);
    });
    req.on('error', reject);
    req.end();
  });
}

answer = asStream;

describe('an API of type SSE', () => {
  beforeAll(() => put());

  it('passes each event at once, from the topic below the endpoint', async () => {
    const client = await listen('/news/1/topic/7?since=3', {}, { 'accept-encoding': 'gzip' });
    expect(client.res.statusCode).toBe(200);
    expect(seen?.url).toBe('/base/topic/7?since=3');
    expect(seen?.headers).toMatchObject({ 'x-forwarded-for': '127.0.0.1' });
    expect(seen?.headers['authorization']).toBeUndefined();
    expect(seen?.headers['accept-encoding']).toBeUndefined();
    for (const event of ['data: a\n\n', ': still here\n\n', 'id: 1\ndata: ü\n\n']) {
      const before = client.text();
      source?.write(event);
      await expect.poll(client.text, { interval: 5 }).toBe(before + event);
    }
    source?.end();
    expect(await client.ended).toBe('complete');
  });

  it('takes the token of a browser from the query, which the back end does not see', async () => {
    const token = (await g.bearer())['authorization']?.slice(7) ?? '';
    const socket = raw(g.port, `GET /news/1/a?x=1&access_token=${token} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 300);
    expect(await socket).toMatch(/^HTTP\/1.1 200 /);
    expect(seen?.url).toBe('/base/a?x=1');
  });

  it.each<[string, string, string, number, RegExp]>([
    ['POST', 'POST', '/news/1/a', 405, /read by GET/],
    ['an unknown topic', 'GET', '/news/1/other', 404, /No matching resource/],
  ])('refuses %s', async (_, method, path, status, text) => {
    put({ operations: topics({ target: '/a' }) });
    const reply = await call(g.port, path, { method, headers: await g.bearer() });
    expect(reply).toMatchObject({ status, text: expect.stringMatching(text) });
    if (status === 405) expect(reply.headers['allow']).toBe('GET');
  });

  it('lets pages of other origins read it', async () => {
    put({ cors: { ...deployment().cors, corsConfigurationEnabled: true } });
    const headers = { origin: 'https://shop.test', 'access-control-request-method': 'GET' };
    const reply = await call(g.port, '/news/1/a', { method: 'OPTIONS', headers });
    expect(reply).toMatchObject({ status: 200, headers: { 'access-control-allow-methods': 'GET' } });
  });

  it.each<[string, (res: ServerResponse) => void]>([
    ['something else', (res) => void res.writeHead(200, { 'Content-Type': 'application/json' })],
    [
      'a compressed stream',
      (res) => void res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Content-Encoding': 'gzip' }),
    ],
  ])('answers 502 when the back end sends %s, whose events nobody could count', async (_, odd) => {
    answer = odd;
    const reply = await call(g.port, '/news/1/a', { headers: await g.bearer() });
    expect(reply).toMatchObject({ status: 502, text: expect.stringMatching(/101506.*text\/event-stream/) });
  });

  it('passes other answers of the back end as they are', async () => {
    answer = (res) => void res.writeHead(204).end();
    expect(await call(g.port, '/news/1/a', { headers: await g.bearer() })).toMatchObject({ status: 204 });
  });
});

const revoked = (over = {}) => ({
  kind: 'revocation' as const,
  id: 'consumerKey:client-1',
  value: {
    type: 'consumerKey',
    value: 'client-1',
    revokedAtMs: Date.now() + 60_000,
    expiresAtMs: Date.now() + 120_000,
    ...over,
  },
});
const forgive = () => void g.gateway.applyChanges([change.gone('revocation', 'consumerKey:client-1')]);

describe('an open stream', () => {
  it.each<[string, () => void, RegExp]>([
    ['the subscription is blocked', () => void g.gateway.applyChanges([subscription({ state: 'BLOCKED' })]), /900907/],
    ['the token is revoked', () => void g.gateway.applyChanges([revoked()]), /900901/],
    [
      'the API is blocked',
      () => void g.gateway.applyChanges([change.api({ ...api, lifecycleState: 'BLOCKED' })]),
      /700700/,
    ],
    ['the API is gone', () => void g.gateway.applyChanges([change.gone('deployment', 'news:Default')]), /"404"/],
  ])('that is silent ends within a second and a half when %s, and says so', async (_, act, reason) => {
    const client = await listen();
    source?.write('data: a\n\n');
    await expect.poll(client.text).toBe('data: a\n\n');
    const before = g.gateway.status().streams.stopped;
    const at = performance.now();
    act();
    expect(await client.ended).toBe('complete');
    expect(performance.now() - at).toBeLessThan(1_500);
    expect(client.text()).toMatch(/^data: a\n\nevent: error\ndata: \{[^\n]*\}\n\n$/);
    expect(client.text()).toMatch(reason);
    expect(g.gateway.status().streams.stopped).toBe(before + 1);
    forgive();
  });

  it('ends with its token', async () => {
    const client = await listen('/news/1/a', { exp: Math.floor(Date.now() / 1000) + 60 });
    g.advance(120_000);
    source?.write('data: late\n\n');
    expect(await client.ended).toBe('complete');
    expect(client.text()).toMatch(/^event: error\ndata: .*900901/);
    g.advance(-120_000);
  });

  it('is visibly cut off in the middle of an event', async () => {
    const client = await listen();
    source?.write('id: 7\ndata: ha');
    await expect.poll(client.text).toBe('id: 7\ndata: ha');
    g.gateway.applyChanges([subscription({ state: 'BLOCKED' })]);
    expect(await client.ended).toBe('cut off');
    expect(client.text()).toBe('id: 7\ndata: ha');
  });

  it('survives a new revision, a change of the API and of other APIs', async () => {
    const client = await listen();
    put({ revisionId: 'news-2', revisionNumber: 2 });
    g.gateway.applyChanges([
      change.api({ ...api, provider: 'someone' }),
      change.api(apiRecord({ provider: 'another' })),
      change.gone('deployment', 'api-1:Default'),
    ]);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    source?.write('data: still here\n\n');
    await expect.poll(client.text).toBe('data: still here\n\n');
  });

  it('takes the call at the back end with it', async () => {
    await listen();
    const closed = new Promise<void>((resolve) => source?.once('close', resolve));
    g.gateway.applyChanges([subscription({ state: 'BLOCKED' })]);
    await closed;
    expect(g.gateway.status().activeRequests).toBe(0);
  });
});

describe('limits of events', () => {
  const plan = (limit: Parameters<typeof policyRecord>[0]['limit']) => {
    put({ policies: ['AsyncFew'] });
    g.gateway.applyChanges([
      change.policy(policyRecord({ level: 'subscription', name: 'AsyncFew', ...(limit ? { limit } : {}) })),
      subscription({ tier: 'AsyncFew' }),
    ]);
  };

  it('count what the subscriber gets; the first event beyond them ends the stream and says until when', async () => {
    plan({ type: 'EVENTCOUNTLIMIT', eventCount: 4, unitTime: 1, timeUnit: 'day' });
    const client = await listen();
    source?.write('data: 1\n\n: no event\n\ndata: 2\n\nda');
    source?.write('ta: 3\r\n\r\n');
    await expect.poll(client.text).toMatch(/3\r\n\r\n$/);
    source?.write('data: 4\n\nid: 5\ndata: 5\n\ndata: 6\n\n');
    expect(await client.ended).toBe('complete');
    const [passed, end] = client.text().split('event: error\n');
    expect(passed).toBe('data: 1\n\n: no event\n\ndata: 2\n\ndata: 3\r\n\r\ndata: 4\n\n');
    expect(end).toMatch(
      /^data: \{"code":"900808","message":"Message throttled out",.*"nextAccessTime":"20[^\n]*\}\n\n$/,
    );
    const again = await call(g.port, '/news/1/a', { headers: await g.bearer() });
    expect(again).toMatchObject({ status: 429, text: expect.stringContaining('900808') });
    const told = () =>
      g.batches.flatMap(({ batch }) => batch.events).filter(({ subscriptionTier }) => subscriptionTier === 'AsyncFew');
    await expect.poll(() => told().reduce((sum, event) => sum + event.events, 0)).toBe(4);
    expect(told().reduce((sum, event) => sum + event.count, 0)).toBe(1); // the request itself
    expect(told().reduce((sum, event) => sum + event.bytes, 0)).toBe(Buffer.byteLength(passed ?? ''));
  });

  it('do the same with bytes, while they pass', async () => {
    plan({ type: 'BANDWIDTHLIMIT', dataAmount: 1, dataUnit: 'KB', unitTime: 1, timeUnit: 'day' });
    const client = await listen();
    for (let i = 0; i < 2; i++) source?.write(`data: ${'x'.repeat(600)}\n\n`);
    await expect.poll(() => client.text().length).toBe(1_216);
    source?.write('data: more\n\n');
    expect(await client.ended).toBe('complete');
    expect(client.text()).toMatch(/event: error\ndata: .*900804/);
  });
});

describe('any answer under way', () => {
  const begin = (res: ServerResponse): void => void res.writeHead(200, { 'Content-Type': 'text/plain' }).write('begun');
  const pizza = '/pizzashack/1.0.0/slow';
  beforeAll(() => {
    g.gateway.applyChanges([change.deployment(deploymentRecord({ productionEndpoints: [{ url: backEnd.url }] }))]);
  });

  it('is cut off within a second and a half when its token is revoked', async () => {
    answer = begin;
    const client = await listen(pizza);
    await expect.poll(client.text).toBe('begun');
    g.gateway.applyChanges([revoked()]);
    expect(await client.ended).toBe('cut off');
    forgive();
  });

  it('goes on when its token expires, and when its API is gone', async () => {
    answer = begin;
    const client = await listen(pizza, { exp: Math.floor(Date.now() / 1000) + 60 });
    g.advance(120_000);
    g.gateway.applyChanges([change.gone('deployment', 'api-1:Default')]);
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    source?.end(' and over');
    expect(await client.ended).toBe('complete');
    expect(client.text()).toBe('begun and over');
    g.advance(-120_000);
  });
});

it('a gateway that stops ends its streams, spread over the time it has', async () => {
  const own = await startTestGateway('http://127.0.0.1:1');
  own.gateway.applyChanges([change.api(api), change.deployment(deployment()), subscription()]);
  const headers = await own.bearer();
  const ends: number[] = [];
  const opened = Array.from(
    { length: 6 },
    () =>
      new Promise<void>((resolve, reject) => {
        const req = request({ host: '127.0.0.1', port: own.port, path: '/news/1/a', headers, agent: false }, (res) => {
          res.resume().on('close', () => ends.push(res.complete ? performance.now() : Number.NaN));
          resolve();
        });
        req.on('error', reject).end();
      }),
  );
  await Promise.all(opened);
  const begun = performance.now();
  await own.gateway.stop({ timeoutMs: 1_000 });
  await expect.poll(() => ends.length).toBe(6);
  expect(Math.max(...ends) - begun).toBeLessThan(900);
  expect(Math.max(...ends) - Math.min(...ends)).toBeGreaterThan(200);
});
