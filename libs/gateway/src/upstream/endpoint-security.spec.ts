import type { DeploymentRecord } from '@tollgate/api/contract';
import { SecretBox } from '@tollgate/base';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startBackEnd, type BackEnd } from '../../test/back-end.js';
import { call } from '../../test/call.js';
import { startTestGateway, type TestGateway } from '../../test/fixture.js';
import { apiRecord, change, deploymentRecord, operation } from '../../test/records.js';

const running: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of running.splice(0).toReversed()) await each.close();
});

const box = new SecretBox('cd'.repeat(32));
const sealed = (secret: string) => ({ sealed: box.seal(secret, 'endpoint-security') });
const openSecret = (text: string): string => box.open(text, 'endpoint-security');
type Security = NonNullable<NonNullable<DeploymentRecord['endpointSecurity']>['production']>;

async function gatewayWith(
  security: Security,
  options: Parameters<typeof startTestGateway>[2] = { openSecret },
): Promise<[TestGateway, BackEnd]> {
  const backEnd = await startBackEnd();
  running.push(backEnd);
  const operations = [operation({ authType: 'None' }), operation({ verb: 'POST', authType: 'None' })];
  const productionEndpoints = [{ url: backEnd.url }];
  const endpointSecurity = { production: security, sandbox: null };
  const g = await startTestGateway(
    'http://127.0.0.1:9',
    [
      change.api(apiRecord({ uuid: 'open', context: '/open', basePath: '/open/1' })),
      change.deployment(deploymentRecord({ apiUuid: 'open', operations, productionEndpoints, endpointSecurity })),
    ],
    options,
  );
  running.push({ close: () => g.stop() });
  return [g, backEnd];
}

function valuesOf(backEnd: BackEnd, name: string): string[] {
  const raw = backEnd.seen.at(-1)?.rawHeaders ?? [];
  return raw.filter((_, i) => i % 2 === 1 && raw[i - 1]?.toLowerCase() === name);
}

describe('a back end that asks the gateway who it is', () => {
  it('gets a user name and password instead of whatever the caller sent', async () => {
    const [g, backEnd] = await gatewayWith(
      { type: 'basic', username: 'ann', password: sealed('pä:ss') },
      { openSecret, passesAuthorization: true },
    );
    await call(g.port, '/open/1/a', { headers: { authorization: 'Bearer of the caller' } });
    expect(valuesOf(backEnd, 'authorization')).toEqual([`Basic ${Buffer.from('ann:pä:ss').toString('base64')}`]);
  });

  it('gets a key in a header or a parameter, which a caller cannot set', async () => {
    const [g, backEnd] = await gatewayWith({
      type: 'api_key',
      place: 'header',
      name: 'X-Back-Key',
      value: sealed('k1'),
    });
    await call(g.port, '/open/1/a', { headers: { 'x-back-key': 'forged', x_back_key: 'forged too' } });
    expect([...valuesOf(backEnd, 'x-back-key'), ...valuesOf(backEnd, 'x_back_key')]).toEqual(['k1']);
    const [other, second] = await gatewayWith({ type: 'api_key', place: 'query', name: 'key', value: sealed('k&2') });
    await call(other.port, '/open/1/a?a=1&key=forged&%6bey=forged&b=%20');
    expect(second.seen.at(-1)?.url).toBe('/a?a=1&b=%20&key=k%262');
    await call(other.port, '/open/1/a');
    expect(second.seen.at(-1)?.url).toBe('/a?key=k%262');
  });

  it('is not served at all where its secret cannot be opened, and the publisher learns why', async () => {
    const [g] = await gatewayWith({ type: 'basic', username: 'ann', password: sealed('x') }, {});
    expect((await call(g.port, '/open/1/a')).status).toBe(404);
    const productionEndpoints = [{ url: 'http://127.0.0.1:9' }];
    const endpointSecurity = {
      production: { type: 'basic' as const, username: 'a', password: { sealed: 'v1.a.b.c' } },
      sandbox: null,
    };
    const outcomes = g.gateway.applyChanges([
      change.deployment(deploymentRecord({ revisionId: 'next', productionEndpoints, endpointSecurity })),
    ]);
    expect(outcomes).toMatchObject([{ deploymentStatus: 'FAILURE', errorMessage: expect.stringContaining('secrets') }]);
  });
});

interface TokenServer {
  readonly url: string;
  readonly asked: { readonly authorization: string | undefined; readonly body: string }[];
  answer(res: ServerResponse, count: number): void;
}

async function tokenServer(seconds: number): Promise<TokenServer> {
  const asked: TokenServer['asked'] = [];
  const tokens: TokenServer = {
    get url() {
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
    },
    asked,
    answer: (res, count) =>
      void res.end(JSON.stringify({ access_token: `t${count}`, token_type: 'Bearer', expires_in: seconds })),
  };
  const server = createServer((req: IncomingMessage, res) => {
    let body = '';
    req.on('data', (chunk: Buffer) => (body += chunk.toString()));
    req.on('end', () => {
      asked.push({ authorization: req.headers.authorization, body });
      setTimeout(() => tokens.answer(res, asked.length), 30);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  running.push({ close: () => new Promise((resolve) => server.close(resolve)) });
  return tokens;
}

const oauth = (tokenUrl: string, over: Partial<Security & { type: 'oauth' }> = {}): Security => ({
  type: 'oauth',
  tokenUrl,
  clientId: 'c:1',
  clientSecret: sealed('s/2'),
  user: null,
  parameters: { scope: 'read' },
  ...over,
});

describe('a back end that takes tokens of its own authorization server', () => {
  it('gets one that was fetched once for all requests that came at the same time', async () => {
    const tokens = await tokenServer(3600);
    const [g, backEnd] = await gatewayWith(oauth(tokens.url));
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => call(g.port, '/open/1/a', { method: 'POST', body: 'x' })),
    );
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    expect(tokens.asked).toEqual([
      {
        authorization: `Basic ${Buffer.from('c%3A1:s%2F2').toString('base64')}`,
        body: 'scope=read&grant_type=client_credentials',
      },
    ]);
    expect(valuesOf(backEnd, 'authorization')).toEqual(['Bearer t1']);
    expect(backEnd.seen.every(({ body }) => body === 'x')).toBe(true);
  });

  it('may be asked for with a user name and password', async () => {
    const tokens = await tokenServer(3600);
    const [g] = await gatewayWith(oauth(tokens.url, { user: { username: 'bob', password: sealed('p&3') } }));
    await call(g.port, '/open/1/a');
    expect(tokens.asked[0]?.body).toBe('scope=read&grant_type=password&username=bob&password=p%263');
  });

  it('is renewed before it ends, while the former one is still sent', async () => {
    const tokens = await tokenServer(100);
    const [g, backEnd] = await gatewayWith(oauth(tokens.url));
    await call(g.port, '/open/1/a');
    g.advance(85_000);
    await call(g.port, '/open/1/a');
    expect(valuesOf(backEnd, 'authorization')).toEqual(['Bearer t1']);
    await expect.poll(() => tokens.asked.length).toBe(2);
    await expect
      .poll(async () => (await call(g.port, '/open/1/a'), valuesOf(backEnd, 'authorization')))
      .toEqual(['Bearer t2']);
  });

  it('is dropped when the back end refuses it', async () => {
    const tokens = await tokenServer(3600);
    const strict = await startBackEnd((req, res) => {
      res.statusCode = req.headers.authorization === 'Bearer t2' ? 200 : 401;
      res.end();
    });
    running.push(strict);
    const [g] = await gatewayWith(oauth(tokens.url));
    g.gateway.applyChanges([
      change.deployment(
        deploymentRecord({
          apiUuid: 'open',
          operations: [operation({ authType: 'None' })],
          productionEndpoints: [{ url: strict.url }],
          endpointSecurity: { production: oauth(tokens.url), sandbox: null },
        }),
      ),
    ]);
    expect((await call(g.port, '/open/1/a')).status).toBe(401);
    expect((await call(g.port, '/open/1/a')).status).toBe(200);
  });

  it('is answered 503 while none can be had, without a storm on its server, and never called without', async () => {
    const tokens = await tokenServer(3600);
    tokens.answer = (res) => {
      res.statusCode = 500;
      res.end('no');
    };
    const [g, backEnd] = await gatewayWith(oauth(tokens.url));
    const replies = await Promise.all(Array.from({ length: 10 }, () => call(g.port, '/open/1/a')));
    replies.push(await call(g.port, '/open/1/a'));
    expect(new Set(replies.map((reply) => `${reply.status} ${String(reply.json()['code'])}`))).toEqual(
      new Set(['503 101503']),
    );
    expect(tokens.asked).toHaveLength(1);
    expect(backEnd.seen).toHaveLength(0);
    expect(g.gateway.status().activeRequests).toBe(0);
  });

  it('gets tokens only from addresses that this gateway may call (R-57)', async () => {
    const tokens = await tokenServer(3600);
    const [g] = await gatewayWith(oauth(tokens.url.replace('127.0.0.1', '169.254.169.254')));
    expect((await call(g.port, '/open/1/a')).status).toBe(503);
    expect(tokens.asked).toHaveLength(0);
  });
});
