import type { PolicyUse } from '@tollgate/api/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { raw } from '../../test/call.js';
import { startMediated, use, type Mediated } from '../../test/mediated.js';
import { change, deploymentRecord, operation } from '../../test/records.js';

let m: Mediated;
beforeAll(async () => void (m = await startMediated()));
afterAll(() => m.stop());
beforeEach(() => void (m.backEnd.seen.length = 0));

const header = (name: PolicyUse['name'], headerName: string, headerValue: string): PolicyUse =>
  use(name, { headerName, headerValue });

describe('headers of requests', () => {
  it('are added, set, renamed and removed in the order of the flow', async () => {
    m.deploy({
      request: [
        header('addHeader', 'X-Tag', 'two'),
        header('setHeader', 'x-mode', 'gateway'),
        use('renameHeader', { headerName: 'x-old', newHeaderName: 'X-New' }),
        use('removeHeader', { headerName: 'X-Secret' }),
        header('addHeader', 'X-Secret', 'behind'),
      ],
    });
    const headers = { 'x-tag': 'one', 'X-Mode': 'client', 'X-Old': 'kept', 'X-New': 'lost', 'x-secret': 'lost' };
    expect((await m.get('/menu', { headers })).status).toBe(200);
    expect([m.seen('x-tag'), m.seen('x-mode'), m.seen('x-new'), m.seen('x-old'), m.seen('x-secret')]).toEqual([
      ['one', 'two'],
      ['gateway'],
      ['kept'],
      [],
      ['behind'],
    ]);
  });

  it('that carry credentials cannot be renamed to the back end, while one of the policy itself gets there', async () => {
    m.deploy({
      request: [
        use('renameHeader', { headerName: 'authorization', newHeaderName: 'X-Stolen' }),
        use('renameHeader', { headerName: 'connection', newHeaderName: 'X-Hop' }),
        header('setHeader', 'Authorization', 'Basic YTpi'),
      ],
    });
    await m.get('/menu', { headers: { authorization: 'Bearer token', connection: 'close' } });
    expect([m.seen('x-stolen'), m.seen('x-hop'), m.seen('authorization')]).toEqual([[], [], ['Basic YTpi']]);
  });

  it('R-46 of identity stay the gateway’s own, whatever a record says', async () => {
    const names = [
      'X-Forwarded-For',
      'x_forwarded_for',
      'X-JWT-Assertion',
      'Host',
      'Content-Length',
      'Transfer-Encoding',
    ];
    m.deploy({ request: names.map((name) => header('setHeader', name, '7')) });
    expect((await m.get('/menu')).status).toBe(200);
    expect([m.seen('x-forwarded-for'), m.seen('x_forwarded_for'), m.seen('x-jwt-assertion')]).toEqual([
      ['127.0.0.1'],
      [],
      [],
    ]);
    expect([m.seen('host'), m.seen('content-length'), m.seen('transfer-encoding')]).toEqual([
      [m.backEnd.url.slice('http://'.length)],
      [],
      [],
    ]);
  });
});

describe('query parameters of requests', () => {
  it('are added, set, renamed and removed; others keep their bytes', async () => {
    m.deploy({
      request: [
        use('addQueryParam', { paramKey: 'a', paramValue: 'x&y=z #1' }),
        use('setQueryParam', { paramKey: 'b', paramValue: 'set' }),
        use('renameQueryParam', { paramKey: 'c d', newParamKey: 'e' }),
        use('removeQueryParam', { paramKey: 'secret' }),
      ],
    });
    await m.get('/menu?a=1&b=2&b=3&c+d=%7E%zz&secret=1&sec%72et=2&flag');
    expect(m.backEnd.seen[0]?.url).toBe('/menu?a=1&e=%7E%zz&flag&a=x%26y%3Dz%20%231&b=set');
  });

  it('go altogether when their last one is removed', async () => {
    m.deploy({ request: [use('removeQueryParam', { paramKey: 'a' })] });
    await m.get('/menu?a=1');
    expect(m.backEnd.seen[0]?.url).toBe('/menu');
  });
});

describe('the path of requests', () => {
  const rewrite = (newResourcePath: string, includeQueryParams = true): PolicyUse =>
    use('rewriteResourcePath', { newResourcePath, includeQueryParams });

  it.each([
    ['/orders/{id}/lines/{line}', '/v2/{line}/of/{id}', '/orders/7/lines/x%20y?q=1', '/base/v2/x%20y/of/7?q=1'],
    ['/files/*', '/store/*', '/files/a/b', '/base/store/a/b'],
    ['/files/*', '/store', '/files/a/b', '/base/store'],
  ])('%s becomes %s', async (target, path, asked, called) => {
    m.deploy({ request: [rewrite(path)] }, target, 'GET', `${m.backEnd.url}/base`);
    expect((await m.get(asked)).status).toBe(200);
    expect(m.backEnd.seen[0]?.url).toBe(called);
  });

  it('drops the query where it is told to, and never leaves the base path of the endpoint', async () => {
    m.deploy({ request: [rewrite('/a/../../{id}', false)] }, '/x/{id}', 'GET', `${m.backEnd.url}/base`);
    expect((await m.get('/x/secret?q=1')).status).toBe(400);
    m.deploy({ request: [rewrite('/a/../{id}', false)] }, '/x/{id}', 'GET', `${m.backEnd.url}/base`);
    for (const hostile of ['%2e%2e', '..', '%2e%2e%2fsecret', '%252e%252e']) await m.get(`/x/${hostile}?q=1`);
    await m.get('/x/y?q=1');
    expect(m.backEnd.seen.map(({ url }) => url)).toEqual(['/base/%252e%252e', '/base/y']);
  });
});

it('the method of a request is changed, with the framing of the new one', async () => {
  m.deploy({ request: [use('changeHTTPMethod', { updatedMethod: 'POST' })] });
  expect((await m.get('/menu')).json()).toMatchObject({ method: 'POST', url: '/menu', body: '' });
  expect(m.seen('content-length')).toEqual(['0']);
  m.deploy({ request: [use('changeHTTPMethod', { updatedMethod: 'PUT' })] }, '/*', 'POST');
  expect((await m.get('/menu', { method: 'POST', body: 'hello' })).json()).toMatchObject({
    method: 'PUT',
    body: 'hello',
  });
});

describe('answers of the gateway itself', () => {
  it('redirect without calling the back end', async () => {
    const parameters = { location: 'https://new.example/v2/', statusCode: '308', appendResource: true };
    m.deploy({ request: [use('redirect', parameters)] });
    const moved = await m.get('/menu?size=1');
    expect([moved.status, moved.headers.location, moved.text]).toEqual([308, 'https://new.example/v2/menu?size=1', '']);
    expect(m.backEnd.seen).toEqual([]);
  });

  it('respond with what the policy says, after authentication and with the API’s cross-origin fields', async () => {
    const respond = use('respond', { statusCode: 201, contentType: 'text/plain', body: 'né' });
    const policyFlows = { request: [respond], response: [header('addHeader', 'X-Never', '1')], fault: [] };
    const cors = { ...deploymentRecord().cors, corsConfigurationEnabled: true };
    m.deployAll([operation({ policyFlows })], { cors });
    expect((await m.get('/menu')).status).toBe(401);
    const reply = await m.get('/menu', { headers: { ...(await m.g.bearer()), origin: 'https://shop.example' } });
    expect([reply.status, reply.text, reply.headers['content-type']]).toEqual([201, 'né', 'text/plain']);
    expect(reply.headers).toMatchObject({ 'content-length': '3', 'access-control-allow-origin': '*' });
    expect(reply.headers['x-never']).toBeUndefined();
    expect(m.backEnd.seen).toEqual([]);
  });
});

describe('answers of the back end', () => {
  it('pass the response flow, also when they are streamed', async () => {
    m.deploy({
      response: [
        header('setHeader', 'content-type', 'application/problem+json'),
        header('addHeader', 'X-Via', 'gateway'),
        use('removeHeader', { headerName: 'Date' }),
      ],
      fault: [header('addHeader', 'X-Fault', '1')],
    });
    const reply = await m.get('/menu');
    expect(reply.headers).toMatchObject({ 'content-type': 'application/problem+json', 'x-via': 'gateway' });
    expect(reply.headers['x-fault']).toBeUndefined();
    expect(reply.json()).toMatchObject({ url: '/menu' });
  });

  it('cannot be given the framing or the connection of another message', async () => {
    m.deploy({ response: [header('setHeader', 'X-Ok', '1')] });
    const answer = await raw(
      m.g.port,
      'GET /pizzashack/1.0.0/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    );
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(answer).toMatch(/\r\nX-Ok: 1\r\n/);
  });
});

describe('faults', () => {
  it('pass the fault flow: those of the gateway’s checks and those of the back end', async () => {
    const fault = [
      header('addHeader', 'X-Help', 'https://help.example'),
      use('respond', { statusCode: 418, contentType: 'text/plain', body: 'sorry' }),
      use('removeHeader', { headerName: 'www-authenticate' }),
    ];
    const policyFlows = { request: [], response: [header('addHeader', 'X-Never', '1')], fault };
    const operations = [operation({ policyFlows }), operation({ verb: 'PUT', authType: 'None', policyFlows })];
    m.deployAll(operations, { productionEndpoints: [{ url: 'http://127.0.0.1:1' }] });
    for (const method of ['GET', 'PUT']) {
      const reply = await m.get('/menu', { method });
      expect([reply.status, reply.text, reply.headers['x-help']]).toEqual([418, 'sorry', 'https://help.example']);
      expect(reply.headers['content-type']).toBe('text/plain');
      expect(reply.headers['www-authenticate']).toBeUndefined();
      expect(reply.headers['x-never']).toBeUndefined();
    }
  });

  it('keep their body and code where a policy only adds a header', async () => {
    const policyFlows = { request: [], response: [], fault: [header('setHeader', 'X-Help', 'me')] };
    m.deployAll([operation({ policyFlows })]);
    const reply = await m.get('/menu');
    expect([reply.status, reply.json()['code'], reply.headers['x-help']]).toEqual([401, '900902', 'me']);
  });
});

it('a record that asks a flow for what its policy does not do is not deployed', () => {
  const policyFlows = {
    request: [],
    response: [use('changeHTTPMethod', { updatedMethod: 'GET' })],
    fault: [],
  };
  const record = deploymentRecord({ revisionId: 'bad', operations: [operation({ policyFlows })] });
  expect(m.g.gateway.applyChanges([change.deployment(record)])).toMatchObject([
    { deploymentStatus: 'FAILURE', errorMessage: 'Policy changeHTTPMethod does nothing in the response flow.' },
  ]);
});
