import { describe, expect, it } from 'vitest';
import { apiBodySchema } from '../api-body.js';
import { completeBody } from '../api-rules.js';
import type { InvalidDefinitionError } from './definition-problem.js';
import { contentOf, followDefinition } from './import-definition.js';
import { readDefinition } from './validate-definition.js';
import { alignDefinition, generateDefinition } from './write-definition.js';

const yaml31 = `openapi: 3.1.0
info: { title: Pizza Shack, version: 1.2.0, description: Pizza }
servers:
  - url: https://{host}/api/
    variables: { host: { default: back.example } }
paths:
  /menu:
    get:
      security: [{ oauth: [menu:read] }]
      responses: { '200': { description: ok } }
    trace:
      responses: { '200': { description: ok } }
  /order/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    delete:
      x-auth-type: None
      x-throttling-tier: 10KPerMin
      responses: { '204': { description: gone } }
components:
  securitySchemes:
    oauth:
      type: oauth2
      flows:
        clientCredentials:
          tokenUrl: https://x.example/token
          scopes: { 'menu:read': Read the menu }
          x-scopes-bindings: { 'menu:read': 'admin,Internal/subscriber' }
`;
const json30 = JSON.stringify(
  {
    openapi: '3.0.3',
    info: { title: 'A', version: '1' },
    paths: { '/a': { post: { responses: { 200: { description: 'ok' } } } } },
  },
  null,
  2,
);
const json20 = JSON.stringify({
  swagger: '2.0',
  info: { title: 'Old', version: '0.9' },
  host: 'old.example',
  basePath: '/v0',
  schemes: ['http'],
  paths: { '/a': { get: { responses: { 200: { description: 'ok' } } } } },
});

async function problemsOf(text: string): Promise<InvalidDefinitionError['problems']> {
  const error: unknown = await readDefinition(text).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ status: 400, code: 'INVALID_OPENAPI_DEFINITION' });
  return (error as InvalidDefinitionError).problems;
}

describe('a definition', () => {
  it('in YAML and version 3.1 gives operations, scopes and proposals', async () => {
    const content = contentOf(await readDefinition(yaml31));
    expect(content).toEqual({
      name: 'Pizza Shack',
      version: '1.2.0',
      description: 'Pizza',
      context: '/api',
      endpoints: ['https://back.example/api/'],
      operations: [
        { target: '/menu', verb: 'GET', authType: 'Any', throttlingPolicy: 'Unlimited', scopes: ['menu:read'] },
        { target: '/order/{id}', verb: 'DELETE', authType: 'None', throttlingPolicy: '10KPerMin', scopes: [] },
      ],
      scopes: [
        {
          scope: {
            name: 'menu:read',
            displayName: 'menu:read',
            description: 'Read the menu',
            bindings: ['admin', 'Internal/subscriber'],
          },
          shared: false,
        },
      ],
    });
  });

  it('in JSON and version 3.0 or 2.0 does too', async () => {
    expect(contentOf(await readDefinition(json30))).toMatchObject({
      context: '/a',
      operations: [{ verb: 'POST', target: '/a' }],
    });
    expect(contentOf(await readDefinition(json20))).toMatchObject({
      name: 'Old',
      context: '/v0',
      endpoints: ['http://old.example/v0'],
    });
  });
});

describe('a definition is refused with its place when', () => {
  it.each([
    ['its YAML is broken', 'openapi: 3.0.0\ninfo:\n  title: [a\npaths: {}\n', 4, /flow/i],
    ['its JSON is broken', '{\n  "openapi": "3.0.0",\n  "info": }', 3, /Malformed JSON/],
    ['a name is repeated', 'openapi: 3.0.0\ninfo: {title: a, version: "1"}\npaths: {}\npaths: {}\n', 4, /repeated/],
    ['a needed value is absent', 'openapi: 3.0.0\ninfo:\n  title: a\npaths: {}\n', 2, /'version'/],
    ['a JSON value has the wrong type', json30.replace('"post": {', '"post": 5, "x-y": {'), 9, /must be object/],
    ['its version is unknown', 'swagger: "1.2"\n', 1, /Version "1.2" is not known/],
    ['its version is a number', 'info: {}\nswagger: 2.0\n', 2, /as text/],
    ['it says no version', 'a: 1\n', 1, /Neither "openapi" nor "swagger"/],
    ['it is a list', '[1]', 1, /is an object/],
    ['it is empty', ' \n', 1, /empty/],
    ['a tag asks for code', 'openapi: !!js/function "x"\n', 1, /tag/i],
    ['it names __proto__', 'openapi: 3.0.0\n__proto__: {a: 1}\n', 2, /__proto__/],
    [
      'a reference leads out of it',
      yaml31.replace("{ '204': { description: gone } }", "{ '204': { $ref: 'file:///etc/passwd#/a' } }"),
      18,
      /Can't resolve/,
    ],
    ['a path climbs', yaml31.replace('/menu:', '/../menu:'), 7, /cannot be served/],
  ])('%s', async (_, text, line, reason) => {
    const problems = await readDefinition(text).then(
      (definition) => {
        try {
          contentOf(definition);
          return [];
        } catch (error) {
          return (error as InvalidDefinitionError).problems;
        }
      },
      () => problemsOf(text),
    );
    expect(problems[0]).toMatchObject({ line, reason: expect.stringMatching(reason) });
  });

  it('it has 65 levels', async () => {
    expect((await problemsOf(`openapi: 3.0.0\nx-deep: ${'['.repeat(70)}${']'.repeat(70)}\n`))[0]?.reason).toMatch(
      /deeper than 64/,
    );
  });

  it('R-77 V-15 its aliases multiply (billion laughs)', async () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 10; i++)
      lines.push(`a${i}: &a${i} [${Array.from({ length: 9 }, () => `*a${i - 1}`).join(', ')}]`);
    const started = performance.now();
    expect((await problemsOf(`openapi: 3.0.0\n${lines.join('\n')}\n`))[0]?.reason).toMatch(/alias/i);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('it is too large', async () => {
    expect((await problemsOf(`a: ${'x'.repeat(2_000_001)}`))[0]?.reason).toMatch(/at most 2000000/);
  });
});

describe('the definition of an API', () => {
  const body = completeBody(
    apiBodySchema.parse({
      operations: [{ target: '/a/{id}', verb: 'get', scopes: ['s'], throttlingPolicy: 'P' }],
      scopes: [{ scope: { name: 's', bindings: ['admin'] } }],
    }),
  );

  it.each(['v2', 'v3'] as const)('is made in version %s when there is none, and is valid', async (version) => {
    const definition = await readDefinition(generateDefinition({ name: 'A', version: '1', body }, version));
    expect(contentOf(definition)).toMatchObject({
      name: 'A',
      operations: [{ target: '/a/{id}', verb: 'GET', authType: 'Any', throttlingPolicy: 'P', scopes: ['s'] }],
      scopes: [{ scope: { name: 's', bindings: ['admin'] } }],
    });
  });

  it('follows the operations of the API and keeps everything else', async () => {
    const definition = await readDefinition(yaml31);
    const aligned = JSON.parse(
      alignDefinition(JSON.stringify(definition.document), {
        name: 'A',
        version: '1',
        body: {
          ...body,
          scopes: [],
          operations: [
            { target: '/menu', verb: 'GET', authType: 'Any', throttlingPolicy: 'Unlimited', scopes: [] },
            { target: '/new', verb: 'PUT', authType: 'Any', throttlingPolicy: 'Unlimited', scopes: [] },
          ],
        },
      }),
    ) as { info: object; paths: Record<string, Record<string, unknown>> };
    expect(Object.keys(aligned.paths)).toEqual(['/menu', '/new']);
    expect(Object.keys(aligned.paths['/menu'] ?? {})).toEqual(['get', 'trace']);
    expect(aligned.info).toMatchObject({ title: 'Pizza Shack', description: 'Pizza' });
    await readDefinition(JSON.stringify(aligned));
  });

  it('changes the operations and keeps what it does not speak of', async () => {
    const definition = await readDefinition(yaml31);
    const present = [
      { target: '/menu', verb: 'GET' as const, authType: 'None' as const, throttlingPolicy: 'Gold', scopes: [] },
    ];
    expect(followDefinition(present, definition, contentOf(definition))).toMatchObject([
      { target: '/menu', authType: 'None', throttlingPolicy: 'Gold', scopes: ['menu:read'] },
      { target: '/order/{id}', authType: 'None', throttlingPolicy: '10KPerMin' },
    ]);
  });
});
