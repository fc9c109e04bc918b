import { policyNames } from '@tollgate/api/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi, endpointConfig, listOf } from '../test/requests.js';
import { contract, startSurface, type Answer, type Send, type Surface } from '../test/surface.js';

let surface: Surface;
let ann: Send; // creator and publisher
let eve: Send; // administrator of another organization
beforeAll(async () => {
  surface = await startSurface();
  ann = await surface.user('ann', ['Internal/creator', 'Internal/publisher']);
  await surface.tenant('acme.com');
  eve = await surface.user('eve', ['admin'], { organization: 'acme.com' });
});
afterAll(() => surface.close());

const use = (policyName: string, parameters: object = {}): object => ({ policyName, parameters });

describe('the catalogue of policies', () => {
  it('has those that gateways carry out and no others, by pages and by search', async () => {
    const all = listOf((await ann('GET', '/operation-policies?limit=100')).body);
    expect(all.map(({ name }) => name)).toEqual(policyNames);
    const page = (await ann('GET', '/operation-policies?limit=2&offset=1')).body;
    expect(listOf(page).map(({ name }) => name)).toEqual(policyNames.slice(1, 3));
    expect(page['pagination']).toMatchObject({ total: policyNames.length });
    const named = (await ann('GET', '/operation-policies?query=name:addheader%26version:%22v1%22')).body;
    expect(listOf(named)).toMatchObject([
      { name: 'addHeader', version: 'v1', applicableFlows: ['request', 'response', 'fault'] },
    ]);
    expect(listOf((await ann('GET', '/operation-policies?query=version:v2')).body)).toEqual([]);
    expect((await ann('GET', '/operation-policies?query=provider:me')).status).toBe(400);
    const { id } = listOf(named)[0] ?? {};
    expect((await ann('GET', `/operation-policies/${String(id)}`)).body).toEqual(listOf(named)[0]);
    expect((await ann('GET', '/operation-policies/none')).status).toBe(404);
  });

  it('of an API is empty where its type has no such policies, and hidden from strangers', async () => {
    const id = await createApi(ann);
    expect(listOf((await ann('GET', `/apis/${id}/operation-policies?limit=100`)).body)).toHaveLength(
      policyNames.length,
    );
    const streams = await createApi(ann, {
      type: 'WS',
      endpointConfig: { endpoint_type: 'ws', production_endpoints: { url: 'ws://back.example/' } },
    });
    expect(listOf((await ann('GET', `/apis/${streams}/operation-policies`)).body)).toEqual([]);
    expect((await eve('GET', `/apis/${id}/operation-policies`)).status).toBe(404);
  });
});

describe('policies of an API', () => {
  let number = 0;
  const create = (more: object): Promise<Answer> =>
    ann('POST', '/apis', { name: `P${++number}`, context: `/p${number}`, version: '1', endpointConfig, ...more });
  const operations = (operationPolicies: object): object[] => [
    { target: '/menu/{id}', verb: 'GET', operationPolicies },
  ];

  it.each([
    [
      'unknown',
      { request: [use('runScript')] },
      'policyName',
      /^GET \/menu\/\{id\}, request flow, runScript: There is no such policy/,
    ],
    [
      'in a flow that is not its own',
      { response: [use('redirect', { location: 'https://x.example' })] },
      'policyName',
      /for request flows/,
    ],
    [
      'of another version',
      { request: [{ ...use('removeHeader', { headerName: 'x' }), policyVersion: 'v9' }] },
      'policyVersion',
      /version v1 only/,
    ],
    [
      'with another id',
      { request: [{ ...use('removeHeader', { headerName: 'x' }), policyId: 'y' }] },
      'policyId',
      /another policy/,
    ],
    [
      'without what it needs',
      { request: [use('setHeader', { headerName: 'x' })] },
      'parameters.headerValue',
      /Header value is needed/,
    ],
    [
      'with what it has not',
      { request: [use('removeHeader', { headerName: 'x', colour: 'red' })] },
      'parameters.colour',
      /no such attribute; it has headerName/,
    ],
    [
      'with a line break in a header',
      { request: [use('setHeader', { headerName: 'x', headerValue: 'a\r\nSet-Cookie: b' })] },
      'parameters.headerValue',
      /one line/,
    ],
    [
      'with a header name that is none',
      { request: [use('removeHeader', { headerName: 'a: b' })] },
      'parameters.headerName',
      /cannot be used/,
    ],
    [
      'with a header of identity',
      { request: [use('setHeader', { headerName: 'x_forwarded-For', headerValue: '1' })] },
      'parameters.headerName',
      /gateway alone/,
    ],
    [
      'with a header of the connection',
      { fault: [use('setHeader', { headerName: 'Transfer-Encoding', headerValue: 'x' })] },
      'parameters.headerName',
      /gateway alone/,
    ],
    [
      'with a header of CORS',
      { response: [use('renameHeader', { headerName: 'x', newHeaderName: 'Access-Control-Allow-Origin' })] },
      'parameters.newHeaderName',
      /gateway alone/,
    ],
    [
      'with a path that climbs',
      { request: [use('rewriteResourcePath', { newResourcePath: '/a/../b' })] },
      'parameters.newResourcePath',
      /does not climb/,
    ],
    [
      'with a path with a query',
      { request: [use('rewriteResourcePath', { newResourcePath: '/a?b=1' })] },
      'parameters.newResourcePath',
      /cannot be used/,
    ],
    [
      'with a parameter that its operation lacks',
      { request: [use('rewriteResourcePath', { newResourcePath: '/{item}' })] },
      'parameters.newResourcePath',
      /no whole segment/,
    ],
    [
      'with a rest that its operation lacks',
      { request: [use('rewriteResourcePath', { newResourcePath: '/a/*' })] },
      'parameters.newResourcePath',
      /ends in/,
    ],
    [
      'with another method',
      { request: [use('changeHTTPMethod', { updatedMethod: 'TRACE' })] },
      'parameters.updatedMethod',
      /One of GET/,
    ],
    [
      'with an address of another kind',
      { request: [use('redirect', { location: 'javascript:alert(1)' })] },
      'parameters.location',
      /cannot be used/,
    ],
    [
      'with credentials in an address',
      { request: [use('redirect', { location: 'https://a:b@x.example' })] },
      'parameters.location',
      /password/,
    ],
    [
      'with a status that is none',
      { request: [use('respond', { statusCode: 700 })] },
      'parameters.statusCode',
      /cannot be used/,
    ],
    [
      'with a body that its status lacks',
      { request: [use('respond', { statusCode: 204, body: 'x' })] },
      'parameters.body',
      /no body/,
    ],
    [
      'without an example in the definition',
      { request: [use('respondWithExample', { statusCode: '404' })] },
      'parameters.statusCode',
      /no answer 404 for GET/,
    ],
    [
      'with an address that is none',
      { request: [use('restrictIpAddress', { addresses: '10.0.0.1, 10.0.0.0/33' })] },
      'parameters.addresses',
      /"10.0.0.0\/33" is no IP address/,
    ],
    [
      'with a media type that is none',
      { request: [use('restrictContentType', { contentTypes: 'application/json, json' })] },
      'parameters.contentTypes',
      /no media type/,
    ],
    [
      'with a length that is none',
      { request: [use('limitBodySize', { maxBytes: -1 })] },
      'parameters.maxBytes',
      /cannot be used/,
    ],
    [
      'with a patch that is none',
      { request: [use('patchJson', { patch: '[{"op":"move","from":"/a","path":"/a/b"}]' })] },
      'parameters.patch',
      /RFC 6902/,
    ],
    [
      'with a template that is no JSON',
      { response: [use('templateJson', { template: '{a}' })] },
      'parameters.template',
      /no JSON/,
    ],
    [
      'with a placeholder that is none',
      { response: [use('templateJson', { template: '["${a}"]' })] },
      'parameters.template',
      /no JSON pointer/,
    ],
    [
      'with an expression that needs more than linear time',
      { response: [use('maskFields', { fieldPattern: '(a)\\1' })] },
      'parameters.fieldPattern',
      /RE2/,
    ],
    [
      'with an expression that is too large',
      { response: [use('maskFields', { fieldPattern: 'a', valuePattern: 'a{900}b{900}c{900}' })] },
      'parameters.valuePattern',
      /too large/,
    ],
  ])('are refused when one is %s, by attribute and operation', async (_, flows, field, message) => {
    const flow = Object.keys(flows)[0] ?? '';
    const refused = await create({ operations: operations(flows) });
    expect(refused.body['error'], JSON.stringify(refused.body)).toEqual([
      { code: `operations[0].operationPolicies.${flow}[0].${field}`, message: expect.stringMatching(message) },
    ]);
    expect(refused.status).toBe(400);
  });

  it('are refused behind one that always answers, and on an API of topics', async () => {
    const request = [use('respond'), use('removeHeader', { headerName: 'x' })];
    expect((await create({ apiPolicies: { request } })).body['error']).toEqual([
      {
        code: 'apiPolicies.request[1]',
        message: 'It never runs: respond before it answers every request of all operations.',
      },
    ]);
    const ofTopics = await create({
      type: 'WS',
      endpointConfig: { endpoint_type: 'ws', production_endpoints: { url: 'ws://back.example/' } },
      apiPolicies: { request: [use('respond')] },
    });
    expect(ofTopics.body['error']).toEqual([
      { code: 'apiPolicies', message: 'Policies are for APIs of type HTTP, not WS.' },
    ]);
  });

  it('stay as they were sent, through a copy, a new definition and a revision', async () => {
    const attached = { request: [use('setHeader', { headerName: 'X-A', headerValue: 'b' })], response: [], fault: [] };
    const { body } = await create({ operations: operations(attached), apiPolicies: attached });
    const shown = [
      { policyName: 'setHeader', policyVersion: 'v1', policyType: 'common', parameters: { headerName: 'X-A' } },
    ];
    const expected = {
      apiPolicies: { request: shown },
      operations: [{ operationPolicies: { request: shown, fault: [] } }],
    };
    expect(body).toMatchObject(expected);
    expect((await ann('PUT', `/apis/${String(body['id'])}`, body)).body).toMatchObject(expected);
    const copy = await ann('POST', `/apis/copy-api?newVersion=2&apiId=${String(body['id'])}`);
    expect(copy.body).toMatchObject(expected);
    const none = await ann('PUT', `/apis/${String(body['id'])}`, {
      ...body,
      apiPolicies: { request: [], response: [], fault: [] },
    });
    expect(none.body['apiPolicies']).toBeUndefined();
  });
});

it.skipIf(!contract)('keeps the contract (left out without CONTRACTS_DIR)', () => {
  expect(surface.differences).toEqual([]);
});
