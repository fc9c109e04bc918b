import { expect, it } from 'vitest';
import { callOf, curlOf, missing } from './call';
import { operationNames, readOperation } from './operations';

const openApi3 = {
  openapi: '3.0.3',
  paths: {
    '/orders/{id}': {
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string', example: '17' } }],
      get: {
        summary: 'Read an order',
        parameters: [
          { name: 'view', in: 'query', schema: { enum: ['short', 'long'] } },
          { $ref: '#/components/parameters/Trace' },
        ],
      },
      put: { requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Order' } } } } },
    },
    '/files/*': { get: {} },
  },
  components: {
    parameters: { Trace: { name: 'X-Trace', in: 'header', required: true, schema: { type: 'string' } } },
    schemas: {
      Order: {
        type: 'object',
        properties: {
          id: { type: 'string', readOnly: true },
          amount: { type: 'integer', minimum: 1 },
          lines: { type: 'array', items: { type: 'string', example: 'tea' } },
          parent: { $ref: '#/components/schemas/Order' },
        },
      },
    },
  },
};

it('reads the parameters of a path and an operation, with what may be chosen', () => {
  expect(operationNames(openApi3)).toEqual(['GET /orders/{id}', 'PUT /orders/{id}', 'GET /files/*']);
  const read = readOperation(openApi3, 'GET /orders/{id}');
  expect(read).toMatchObject({
    summary: 'Read an order',
    parameters: [
      { name: 'id', in: 'path', required: true, example: '17', choices: [] },
      { name: 'view', in: 'query', required: false, example: '', choices: ['short', 'long'] },
      { name: 'X-Trace', in: 'header', required: true },
    ],
    bodies: [],
  });
});

it('makes an example of a body, also of a schema that holds itself', () => {
  const [body] = readOperation(openApi3, 'PUT /orders/{id}')?.bodies ?? [];
  expect(body?.mediaType).toBe('application/json');
  expect(JSON.parse(body?.example ?? '')).toMatchObject({ amount: 1, lines: ['tea'], parent: { amount: 1 } });
  expect(body?.example).not.toContain('"id"');
});

it('reads bodies and forms of Swagger 2', () => {
  const parameters = (list: object[]): object => ({ swagger: '2.0', paths: { '/a': { post: { parameters: list } } } });
  const inBody = parameters([
    { name: 'b', in: 'body', schema: { type: 'object', properties: { n: { type: 'number' } } } },
  ]);
  expect(readOperation({ ...inBody }, 'POST /a')?.bodies).toEqual([
    { mediaType: 'application/json', example: '{\n  "n": 0\n}' },
  ]);
  const form = parameters([{ name: 'a', in: 'formData', type: 'string', default: 'x y' }]);
  expect(readOperation({ ...form }, 'POST /a')?.bodies).toEqual([
    { mediaType: 'application/x-www-form-urlencoded', example: 'a=x+y' },
  ]);
});

it('puts values into path, query and headers, and names what is missing', () => {
  const operation = readOperation(openApi3, 'GET /orders/{id}');
  if (operation === null) throw new Error('not read');
  expect(missing(operation, { 'path id': '17' })).toEqual(['X-Trace']);
  expect(callOf(operation, { 'path id': 'a/b?', 'query view': 'very long', 'header X-Trace': 't' }, null)).toEqual({
    method: 'GET',
    path: '/orders/a%2Fb%3F?view=very%20long',
    headers: [{ name: 'X-Trace', value: 't' }],
  });
});

it('writes a line for the shell, with the token masked and quotes kept', () => {
  const call = { method: 'POST', path: '/a', headers: [{ name: 'Authorization', value: 'Bearer abc' }], body: "it's" };
  expect(curlOf('https://gw/x', call, 'abc')).toBe(
    String.raw`curl -k -X POST -H 'Authorization: Bearer …' --data-binary 'it'\''s' 'https://gw/x/a'`,
  );
  expect(curlOf('https://gw/x', call)).toContain('Bearer abc');
});
