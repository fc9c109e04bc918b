import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startBackEnd, type BackEnd } from './support/back-end.js';
import { Caller, publisher } from './support/caller.js';
import { keepsContracts } from './support/contracts.js';
import { deployRevision } from './support/product.js';
import { eventually, send, type Answer, type Sending } from './support/rest.js';
import { embedded, type SingleInstallation } from './support/settings.js';

let installation: SingleInstallation;
let caller: Caller;
let backEnd: BackEnd;
beforeAll(async () => {
  [installation, backEnd] = await Promise.all([embedded(), startBackEnd('orders')]);
  caller = await Caller.signIn(installation);
}, 60_000);
afterAll(async () => {
  await installation?.stop();
  await backEnd?.close();
}, 60_000);
beforeEach(() => void (backEnd.seen.length = 0));

let made = 0;
interface Deployed {
  readonly id: string;
  readonly body: Record<string, unknown>;
  call(method: string, path: string, sending?: Sending): Promise<Answer>;
}

const open = { authType: 'None', throttlingPolicy: 'Unlimited' };
const use = (policyName: string, parameters: object): object => ({ policyName, parameters });

/** Makes an API with these properties, deploys it and waits until the gateway serves it. */
async function deployed(more: object): Promise<Deployed> {
  const name = `mediated${++made}`;
  const endpointConfig = { endpoint_type: 'http', production_endpoints: { url: `${backEnd.url}/base` } };
  const json = { name, context: `/${name}`, version: '1.0.0', policies: ['Unlimited'], endpointConfig, ...more };
  const { status, body, text } = await caller.call('POST', `${publisher}/apis`, { json });
  expect(status, text).toBe(201);
  const id = String(body['id']);
  await deployRevision(caller, id);
  await caller.call('POST', `${publisher}/apis/change-lifecycle?apiId=${id}&action=Publish`);
  const base = `${installation.gateways[0]}/${name}/1.0.0`;
  const ready = await eventually(
    () => send('GET', `${base}/no-such-path`),
    (answer) => answer.body['description'] === 'No matching resource found for given API Request',
  );
  expect(ready.status).toBe(404);
  return { id, body, call: (method, path, sending) => send(method, base + path, sending) };
}

it('policies of the API stand around those of the operation, on the way there and back', async () => {
  const api = await deployed({
    apiPolicies: {
      request: [use('setHeader', { headerName: 'X-Order', headerValue: 'api' })],
      response: [use('setHeader', { headerName: 'X-Order', headerValue: 'api' })],
    },
    operations: [
      {
        target: '/orders/{id}',
        verb: 'GET',
        ...open,
        operationPolicies: {
          request: [
            use('addHeader', { headerName: 'X-Order', headerValue: 'operation' }),
            use('rewriteResourcePath', { newResourcePath: '/v2/items/{id}' }),
            use('setQueryParam', { paramKey: 'from', paramValue: 'gateway' }),
          ],
          response: [use('addHeader', { headerName: 'X-Order', headerValue: 'operation' })],
          fault: [use('respond', { statusCode: 503, contentType: 'text/plain', body: 'Closed for tonight' })],
        },
      },
      { target: '/plain', verb: 'GET', ...open },
    ],
  });
  expect(api.body['apiPolicies']).toMatchObject({
    request: [{ policyName: 'setHeader', policyVersion: 'v1' }],
    fault: [],
  });
  const answer = await api.call('GET', '/orders/7?size=2');
  expect(answer).toMatchObject({ status: 200, body: { method: 'GET', path: '/base/v2/items/7?size=2&from=gateway' } });
  expect(answer.body['headers']).toMatchObject({ 'x-order': 'api, operation' });
  expect(answer.headers.get('x-order')).toBe('api'); // the API's own, last on the way back, replaced the other
  const plain = await api.call('GET', '/plain');
  expect(plain.body['headers']).toMatchObject({ 'x-order': 'api' });

  const whole = (await caller.call('GET', `${publisher}/apis/${api.id}`)).body;
  const endpointConfig = { endpoint_type: 'http', production_endpoints: { url: 'http://127.0.0.1:1' } };
  const changed = await caller.call('PUT', `${publisher}/apis/${api.id}`, { json: { ...whole, endpointConfig } });
  expect(changed.body['operations']).toEqual(whole['operations']);
  await deployRevision(caller, api.id);
  const fault = await eventually(
    () => api.call('GET', '/orders/7'),
    ({ status }) => status === 503,
  );
  expect([fault.status, fault.text]).toEqual([503, 'Closed for tonight']);
}, 60_000);

it('an operation answers with the example of its OpenAPI definition, or redirects, without a call to the back end', async () => {
  const example = { statusCode: '' };
  const api = await deployed({
    operations: [
      {
        target: '/old',
        verb: 'GET',
        ...open,
        operationPolicies: { request: [use('redirect', { location: 'https://new.example/x' })] },
      },
      { target: '/menu', verb: 'GET', ...open },
    ],
  });
  const pizza = {
    type: 'object',
    properties: { name: { type: 'string', example: 'Margherita' }, price: { example: 9 } },
  };
  const responses = {
    200: { description: 'ok', content: { 'application/json': { schema: { $ref: '#/components/schemas/Pizza' } } } },
  };
  const definition = {
    openapi: '3.0.1',
    info: { title: 'Menu', version: '1.0.0' },
    paths: { '/menu': { get: { responses } }, '/old': { get: { responses: { 200: { description: 'ok' } } } } },
    components: { schemas: { Pizza: pizza } },
  };
  const put = await caller.call('PUT', `${publisher}/apis/${api.id}/swagger`, {
    multipart: { apiDefinition: JSON.stringify(definition) },
  });
  expect(put.status, put.text).toBe(200);
  const fresh = (await caller.call('GET', `${publisher}/apis/${api.id}`)).body;
  const aligned = (fresh['operations'] as Record<string, unknown>[]).map((operation) => ({
    ...operation,
    authType: 'None',
    ...(operation['target'] === '/menu'
      ? { operationPolicies: { request: [use('respondWithExample', example)] } }
      : {}),
  }));
  const saved = await caller.call('PUT', `${publisher}/apis/${api.id}`, { json: { ...fresh, operations: aligned } });
  expect(saved.status, saved.text).toBe(200);
  await deployRevision(caller, api.id);
  const mocked = await eventually(
    () => api.call('GET', '/menu'),
    ({ body }) => body['price'] === 9,
  );
  expect([mocked.status, mocked.body]).toEqual([200, { name: 'Margherita', price: 9 }]);
  const moved = await api.call('GET', '/old');
  expect([moved.status, moved.headers.get('location')]).toEqual([307, 'https://new.example/x']);
  expect(backEnd.seen.filter(({ path }) => path.endsWith('/old'))).toEqual([]);
}, 60_000);

it('with enableSchemaValidation, requests and answers are held against the OpenAPI definition', async () => {
  const order = { type: 'object', required: ['size'], properties: { size: { enum: ['small', 'large'] } } };
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/Order' } } };
  const responses = {
    200: { description: 'ok', content: { 'application/json': { schema: { required: ['backEnd'] } } } },
  };
  const definition = {
    openapi: '3.0.1',
    info: { title: 'Checked', version: '1.0.0' },
    paths: { '/orders': { post: { requestBody: { required: true, content }, responses, 'x-auth-type': 'None' } } },
    components: { schemas: { Order: order } },
  };
  const api = await deployed({ operations: [{ target: '/orders', verb: 'POST', ...open }] });
  expect((await api.call('POST', '/orders', { json: { size: 'huge' } })).status).toBe(200);
  const multipart = { apiDefinition: JSON.stringify(definition) };
  expect((await caller.call('PUT', `${publisher}/apis/${api.id}/swagger`, { multipart })).status).toBe(200);
  const whole = (await caller.call('GET', `${publisher}/apis/${api.id}`)).body;
  const changed = await caller.call('PUT', `${publisher}/apis/${api.id}`, {
    json: { ...whole, enableSchemaValidation: true },
  });
  expect(changed.body['enableSchemaValidation']).toBe(true);
  await deployRevision(caller, api.id);
  const refused = await eventually(
    () => api.call('POST', '/orders', { json: { size: 'huge' } }),
    ({ status }) => status === 400,
  );
  expect(refused.body).toMatchObject({
    code: '400',
    description: expect.stringContaining('/size must be equal to one of the allowed values: ["small","large"]'),
  });
  expect(await api.call('POST', '/orders', { json: { size: 'small' } })).toMatchObject({
    status: 200,
    body: { backEnd: 'orders', body: '{"size":"small"}' },
  });
  expect((await api.call('POST', '/orders', { raw: { type: 'text/xml', body: '<a/>' } })).status).toBe(415);
}, 60_000);

keepsContracts();
