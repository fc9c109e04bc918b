import type { DeploymentRecord } from '@tollgate/api/contract';
import { messageSchemasOf, sharedSchemasOf } from '@tollgate/api/domain';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Reply } from '../../../test/call.js';
import { startMediated, use, type Mediated } from '../../../test/mediated.js';
import { change, deploymentRecord, operation } from '../../../test/records.js';

const pizza = {
  type: 'object',
  required: ['id', 'name', 'size'],
  additionalProperties: false,
  properties: {
    id: { type: 'integer', readOnly: true },
    name: { type: 'string', pattern: '^[A-Z]' },
    size: { $ref: '#/components/schemas/Size' },
    price: { type: 'number', minimum: 0, exclusiveMinimum: true, nullable: true },
    tags: { type: 'array', items: { type: 'object' }, uniqueItems: true },
  },
};
const json = (schema: object) => ({ 'application/json': { schema } });
const one = { $ref: '#/components/schemas/Pizza' };
const parameters = [
  { name: 'id', in: 'path', required: true, schema: { type: 'integer' } },
  { name: 'dry', in: 'query', required: true, schema: { type: 'boolean' } },
  { name: 'only', in: 'query', schema: { type: 'array', items: { enum: ['a', 'b'] } } },
  { $ref: '#/components/parameters/Trace' },
];
const definition = {
  openapi: '3.0.3',
  paths: {
    '/pizzas/{id}': {
      parameters,
      post: {
        requestBody: { required: true, content: json(one) },
        responses: {
          200: { description: 'ok', content: json(one) },
          '4XX': { description: 'no', content: json({ type: 'object', required: ['reason'] }) },
        },
      },
    },
  },
  components: {
    schemas: { Pizza: pizza, Size: { enum: ['small', 'large'] } },
    parameters: { Trace: { name: 'X-Trace', in: 'header', schema: { type: 'string', minLength: 3 } } },
  },
};

let m: Mediated;
let answer: { status: number; type: string; text: string };
let backEnd: Server;
const place = { target: '/pizzas/{id}', verb: 'POST' as const };
beforeAll(async () => {
  m = await startMediated();
  backEnd = createServer((request, response) => {
    request
      .resume()
      .on('end', () => response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.text));
  });
  backEnd.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => backEnd.listen(0, '127.0.0.1', resolve));
  deploy();
});
afterAll(async () => {
  backEnd.closeAllConnections();
  backEnd.close();
  await m.stop();
});
beforeEach(
  () =>
    void (answer = {
      status: 200,
      type: 'application/json',
      text: JSON.stringify({ id: 1, name: 'Ham', size: 'large' }),
    }),
);

function deploy(document: Record<string, unknown> = definition, more: Partial<DeploymentRecord> = {}): void {
  const policyFlows = {
    request: [use('patchJson', { patch: '[{"op":"add","path":"/id","value":"text"}]' })],
    response: [],
    fault: [],
  };
  const record = operation({
    ...place,
    authType: 'None',
    messageSchemas: messageSchemasOf(document, place),
    policyFlows,
  });
  const url = `http://127.0.0.1:${(backEnd.address() as AddressInfo).port}`;
  m.deployAll([record], { sharedSchemas: sharedSchemasOf(document), productionEndpoints: [{ url }], ...more });
}

const good = { name: 'Ham', size: 'small', price: null, tags: [{ a: 1, b: 2 }] };
const order = (
  body: unknown = good,
  path = '/pizzas/7?dry=true',
  headers: Record<string, string> = {},
): Promise<Reply> =>
  m.get(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

describe('requests', () => {
  it('that fit the definition pass, before policies change them; read-only properties are not asked for', async () => {
    expect((await order()).status).toBe(200);
    expect((await order(good, '/pizzas/7?dry=false&only=a&only=b', { 'x-trace': 'abc' })).status).toBe(200);
  });

  it.each([
    [
      'a value outside its list',
      { ...good, size: 'huge' },
      '/size must be equal to one of the allowed values: ["small","large"]',
    ],
    ['a property that is missing', { size: 'small' }, "must have required property 'name'"],
    ['a property too many', { ...good, more: 1 }, 'must NOT have additional properties'],
    ['a limit that it touches', { ...good, price: 0 }, '/price must be > 0'],
    ['a pattern that it breaks', { ...good, name: 'ham' }, '/name must match pattern'],
    [
      'an item twice',
      {
        ...good,
        tags: [
          { a: 1, b: 2 },
          { b: 2, a: 1 },
        ],
      },
      '/tags must pass "uniqueItems"',
    ],
    ['a body that is no JSON', '{', 'The body is no JSON that can be read'],
  ])('with %s get 400 and its JSON pointer', async (_, body, problem) => {
    const reply = await order(body);
    expect([reply.status, reply.json()['description']]).toEqual([400, expect.stringContaining(problem)]);
  });

  it.each([
    ['/pizzas/x?dry=true', 'The path parameter "id" must be integer.'],
    ['/pizzas/%FF?dry=true', 'The path parameter "id" must be integer.'],
    ['/pizzas/7', 'The query parameter "dry" is needed.'],
    ['/pizzas/7?dry=maybe', 'The query parameter "dry" must be boolean.'],
    ['/pizzas/7?dry=true&dry=false', 'The query parameter "dry" must be boolean.'],
    [
      '/pizzas/7?dry=true&only=c',
      'The query parameter "only"/0 must be equal to one of the allowed values: ["a","b"].',
    ],
  ])('to %s get 400', async (path, problem) => {
    const reply = await order(good, path);
    expect([reply.status, reply.json()['description']]).toEqual([400, problem]);
  });

  it('with a bad header, another media type or no body are refused', async () => {
    expect((await order(good, '/pizzas/7?dry=true', { 'x-trace': 'a' })).status).toBe(400);
    expect((await order('<a/>', '/pizzas/7?dry=true', { 'content-type': 'text/xml' })).status).toBe(415);
    expect((await order('', '/pizzas/7?dry=true')).status).toBe(400);
  });
});

describe('answers', () => {
  it.each([
    [200, 'application/json', { id: 1, name: 'Ham', size: 'large' }, 200],
    [200, 'application/json', { name: 'Ham', size: 'large' }, 502],
    [200, 'text/plain', 'Ham', 502],
    [404, 'application/json', { reason: 'none' }, 404],
    [404, 'application/problem+json', { reason: 'none' }, 502],
    [404, 'application/json', {}, 502],
    [503, 'text/plain', 'later', 503],
  ])('of status %i, %s %j: %i', async (status, type, body, expected) => {
    answer = { status, type, text: typeof body === 'string' ? body : JSON.stringify(body) };
    const reply = await order();
    expect(reply.status, reply.text).toBe(expected);
    if (expected === 502) expect(reply.json()['code']).toBe('101506');
  });
});

describe('definitions', () => {
  const withSchema = (schema: object, more: object = {}): Record<string, unknown> => ({
    openapi: '3.1.0',
    paths: { '/pizzas/{id}': { post: { requestBody: { content: json(schema) }, responses: {} } } },
    ...more,
  });

  it('of 3.1 and 2.0 mean what those say', async () => {
    deploy(withSchema({ type: ['object', 'null'], properties: { n: { exclusiveMinimum: 3, type: 'integer' } } }));
    expect((await order({ n: 3 })).status).toBe(400);
    expect((await order({ n: 4 })).status).toBe(200);
    deploy({
      swagger: '2.0',
      consumes: ['application/json'],
      paths: {
        '/pizzas/{id}': {
          post: {
            parameters: [
              { name: 'id', in: 'path', required: true, type: 'integer' },
              { name: 'b', in: 'body', required: true, schema: { $ref: '#/definitions/N' } },
            ],
            responses: {},
          },
        },
      },
      definitions: { N: { type: 'object', required: ['n'] } },
    });
    expect([
      (await order({})).status,
      (await order({ n: 1 })).status,
      (await order({ n: 1 }, '/pizzas/x')).status,
    ]).toEqual([400, 200, 400]);
  });

  it.each([
    ['a reference that leads nowhere', { $ref: '#/components/schemas/None' }, /can't resolve reference/],
    ['a reference out of it', { $ref: 'http://127.0.0.1/x.json' }, /leads to no schema/],
    ['an expression that takes more than linear time', { pattern: '(?=a)a' }, /invalid or unsupported|regexp/i],
    ['a schema that is none', { maxLength: '1);process.exit(1' }, /is none: data\/maxLength must be integer/],
    ['another base', { $id: 'http://x.example' }, /uses \$id/],
  ])('with %s are not deployed', (name, schema, reason) => {
    const document = withSchema(schema);
    const record = operation({ ...place, messageSchemas: messageSchemasOf(document, place) });
    const sharedSchemas = sharedSchemasOf(document);
    const deployed = change.deployment(
      deploymentRecord({ revisionId: `bad: ${name}`, operations: [record], sharedSchemas }),
    );
    expect(m.g.gateway.applyChanges([deployed])).toMatchObject([
      { deploymentStatus: 'FAILURE', errorMessage: expect.stringMatching(reason) },
    ]);
  });

  it('cannot make a check slow or reach its code', async () => {
    const hostile = {
      properties: { "a'];process.exit(1);//": { type: 'string', pattern: '^(a+)+$' } },
      required: ['`${1}'],
    };
    deploy(withSchema(hostile));
    const begun = performance.now();
    expect((await order({ "a'];process.exit(1);//": `${'a'.repeat(20_000)}!`, '`${1}': 1 })).status).toBe(400);
    const tags = Array.from({ length: 100_000 }, (_, i) => ({ i }));
    deploy(withSchema({ properties: { tags: { type: 'array', uniqueItems: true } } }));
    const many = await order({ tags: tags.slice(0, 60_000) });
    expect(many.status, many.text).toBe(200);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});
