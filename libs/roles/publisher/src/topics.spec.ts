import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi, form } from '../test/requests.js';
import { startSurface, type Send, type Surface } from '../test/surface.js';

let surface: Surface;
let ann: Send; // creator and publisher
beforeAll(async () => {
  surface = await startSurface();
  ann = await surface.user('ann', ['Internal/creator', 'Internal/publisher']);
});
afterAll(() => surface.close());

const endpointConfig = { endpoint_type: 'http', production_endpoints: { url: 'ws://chat.test/base' } };
const rooms = `asyncapi: 2.6.0
info: { title: Rooms, version: '1.2' }
servers: { production: { url: 'chat.test/base', protocol: wss } }
channels:
  room/{id}:
    parameters: { id: { schema: { type: string } } }
    subscribe: { message: { payload: { type: string } }, x-scopes: ['rooms:read'] }
    publish: { x-auth-type: Application }
components:
  securitySchemes:
    oauth2: { type: oauth2, flows: { implicit: { authorizationUrl: 'https://x.test', scopes: { 'rooms:read': Listen } } } }
`;

describe('an API of topics', () => {
  it('is made with topics and an AsyncAPI definition that says them', async () => {
    const made = await ann('POST', '/apis', {
      name: 'Chat',
      context: '/chat',
      version: '1',
      type: 'WS',
      endpointConfig,
    });
    expect(made).toMatchObject({ status: 201, body: { type: 'WS' } });
    const verbs = (made.body['operations'] as { target: string; verb: string }[]).map(
      ({ verb, target }) => verb + target,
    );
    expect(verbs).toEqual(['SUBSCRIBE/*', 'PUBLISH/*']);
    const path = `/apis/${String(made.body['id'])}`;
    expect((await ann('GET', `${path}/asyncapi`)).body).toMatchObject({
      asyncapi: '2.6.0',
      info: { title: 'Chat', version: '1' },
      channels: { '/*': { subscribe: { 'x-throttling-tier': 'Unlimited' }, publish: {} } },
    });
    expect((await ann('GET', `${path}/swagger`)).status).toBe(404);
    expect(await ann('PUT', path, { ...made.body, type: 'HTTP' })).toMatchObject({
      status: 400,
      body: { error: expect.arrayContaining([expect.objectContaining({ code: 'type' })]) },
    });
  });

  it.each([
    ['verbs of requests', { operations: [{ target: '/a', verb: 'GET' }] }, 'operations[0].verb'],
    [
      'endpoints of requests',
      { endpointConfig: { endpoint_type: 'http', production_endpoints: { url: 'http://a.test' } } },
      'endpointConfig.production_endpoints.url',
    ],
  ])('has no %s', async (_, over, field) => {
    const body = { name: 'Bad', context: '/bad', version: '1', type: 'WS', endpointConfig, ...over };
    expect(await ann('POST', '/apis', body)).toMatchObject({ status: 400, body: { error: [{ code: field }] } });
  });

  it('is imported of an AsyncAPI definition, whose topics, callers and scopes it takes over', async () => {
    const properties = JSON.stringify({ context: '/rooms', endpointConfig });
    const parts = { file: new Blob([rooms]), additionalProperties: properties };
    const made = await ann('POST', '/apis/import-asyncapi', form(parts));
    expect(made).toMatchObject({
      status: 201,
      body: {
        name: 'Rooms',
        version: '1.2',
        type: 'WS',
        operations: [
          { target: '/room/{id}', verb: 'SUBSCRIBE', scopes: ['rooms:read'] },
          { target: '/room/{id}', verb: 'PUBLISH', authType: 'Application', scopes: [] },
        ],
      },
    });
    const path = `/apis/${String(made.body['id'])}/asyncapi`;
    const kept = (await ann('GET', path)).body as { channels: Record<string, object> };
    expect(kept.channels['room/{id}']).toMatchObject({ subscribe: { message: { payload: { type: 'string' } } } });
    const less = rooms.replace(/ {4}publish:.*\n/, '');
    const put = await ann('PUT', path, form({ apiDefinition: less }));
    expect(put).toMatchObject({ status: 200, body: { channels: { 'room/{id}': { subscribe: {} } } } });
    const now = (await ann('GET', `/apis/${String(made.body['id'])}`)).body['operations'] as { verb: string }[];
    expect(now.map(({ verb }) => verb)).toEqual(['SUBSCRIBE']);
  });

  it('gets new topics by a list; those that stay keep what they have', async () => {
    const parts = {
      file: new Blob([
        rooms
          .replace('room/{id}', 'lobby')
          .replace(/ {4}parameters.*\n/, '')
          .replaceAll('rooms:read', 'lobby:read'),
      ]),
      additionalProperties: JSON.stringify({ name: 'Lobby', context: '/lobby', endpointConfig }),
    };
    const made = await ann('POST', '/apis/import-asyncapi', form(parts));
    expect(made).toMatchObject({ status: 201 });
    const path = `/apis/${String(made.body['id'])}`;
    const list = [
      { name: 'lobby', mode: 'SUBSCRIBE', description: 'Who comes' },
      { name: 'bar', mode: 'publish', description: 'Orders' },
    ];
    const put = await ann('PUT', `${path}/topics`, { count: 2, list }, { 'if-match': made.headers.get('etag') ?? '' });
    expect(put).toMatchObject({
      status: 200,
      body: {
        operations: [
          { target: '/lobby', verb: 'SUBSCRIBE', scopes: ['lobby:read'], authType: 'Any' },
          { target: '/bar', verb: 'PUBLISH', scopes: [] },
        ],
      },
    });
    expect((await ann('GET', `${path}/asyncapi`)).body).toMatchObject({
      channels: {
        lobby: { subscribe: { description: 'Who comes', message: { payload: { type: 'string' } } } },
        '/bar': { publish: { description: 'Orders' } },
      },
    });
    const stale = await ann('PUT', `${path}/topics`, { list }, { 'if-match': made.headers.get('etag') ?? '' });
    expect(stale.status).toBe(412);
  });

  it.each<[string, object, string]>([
    ['a mode that nobody knows', { name: 'a', mode: 'LISTEN', description: '' }, 'list[0].mode'],
    ['a name with a slash', { name: 'a/b', mode: 'SUBSCRIBE', description: '' }, 'list[0].name'],
    ['a name that is missing', { mode: 'SUBSCRIBE', description: '' }, 'list[0].name'],
  ])('takes no list with %s', async (_, topic, field) => {
    const path = `/apis/${await createApi(ann, { type: 'WS', endpointConfig })}/topics`;
    expect(await ann('PUT', path, { list: [topic] })).toMatchObject({
      status: 400,
      body: { error: [{ code: field }] },
    });
  });

  it('is checked without storing it, and malformed definitions say line and reason', async () => {
    expect(await ann('POST', '/apis/validate-asyncapi', form({ file: new Blob([rooms]) }))).toMatchObject({
      status: 200,
      body: {
        isValid: true,
        info: {
          name: 'Rooms',
          version: '1.2',
          asyncAPIVersion: '2.6.0',
          protocol: 'WS',
          endpoints: ['wss://chat.test/base'],
        },
      },
    });
    for (const [bad, reason] of [
      [rooms.replace('2.6.0', '3.0.0'), /2\.0\.0 to 2\.6\.0/],
      [rooms.replace('title: Rooms, ', ''), /title/],
      ['{', /JSON|expected/i],
    ] as const) {
      const answer = await ann('POST', '/apis/validate-asyncapi', form({ file: new Blob([bad]) }));
      expect(answer).toMatchObject({ status: 200, body: { isValid: false } });
      expect(JSON.stringify(answer.body['errors'])).toMatch(reason);
      expect((await ann('POST', '/apis/import-asyncapi', form({ file: new Blob([bad]) }))).status).toBe(400);
    }
  });
});

const events = { endpoint_type: 'http', production_endpoints: { url: 'http://news.test/base' } };

describe('an API of type SSE', () => {
  it('has topics that are read only, over http', async () => {
    const body = { name: 'News', context: '/news', version: '1', type: 'SSE', endpointConfig: events };
    const made = await ann('POST', '/apis', body);
    expect(made).toMatchObject({
      status: 201,
      body: { type: 'SSE', operations: [{ target: '/*', verb: 'SUBSCRIBE' }] },
    });
    const path = `/apis/${String(made.body['id'])}`;
    expect((await ann('GET', `${path}/asyncapi`)).body).toMatchObject({ channels: { '/*': { subscribe: {} } } });
    const list = [{ name: 'a', mode: 'PUBLISH', description: '' }];
    expect(await ann('PUT', `${path}/topics`, { list })).toMatchObject({
      status: 400,
      body: { error: [{ code: 'operations[0].verb', message: 'An API of type SSE has SUBSCRIBE.' }] },
    });
    expect(await ann('POST', '/apis', { ...body, name: 'Bad', context: '/badnews', endpointConfig })).toMatchObject({
      status: 400,
      body: { error: [{ code: 'endpointConfig.production_endpoints.url' }] },
    });
  });

  it.each(['sse', 'https'])('is what a definition with servers of protocol %s makes', async (protocol) => {
    const file = new Blob([
      JSON.stringify({
        asyncapi: '2.6.0',
        info: { title: `News ${protocol}`, version: '1' },
        servers: { production: { url: 'news.test/base', protocol } },
        channels: { world: { subscribe: {} } },
      }),
    ]);
    expect(await ann('POST', '/apis/validate-asyncapi', form({ file }))).toMatchObject({
      status: 200,
      body: { isValid: true, info: { protocol: 'SSE', endpoints: ['https://news.test/base'] } },
    });
    const properties = { name: `News${protocol}`, context: `/news-${protocol}`, endpointConfig: events };
    const made = await ann(
      'POST',
      '/apis/import-asyncapi',
      form({ file, additionalProperties: JSON.stringify(properties) }),
    );
    expect(made).toMatchObject({ status: 201, body: { type: 'SSE', operations: [{ target: '/world' }] } });
  });
});
