import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi, definition, endpointConfig, fieldsOf, form } from '../test/requests.js';
import { contract, startSurface, type Send, type Surface } from '../test/surface.js';

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

describe('creating an API', () => {
  it('answers 400 naming every bad field, and 409 for what is taken', async () => {
    const bad = await ann('POST', '/apis', {
      name: 7,
      context: '/x',
      policies: 'Gold',
      operations: [{ target: 'menu', verb: 'FETCH' }],
      type: 'WEBSUB',
    });
    expect(bad).toMatchObject({ status: 400, body: { code: 900300 } });
    expect(fieldsOf(bad.body).toSorted((a, b) => a.localeCompare(b))).toEqual([
      'name',
      'operations[0].target',
      'operations[0].verb',
      'policies',
      'type',
      'version',
    ]);
    expect(fieldsOf((await ann('POST', '/apis', { name: ' ', context: '', version: '1 0' })).body)).toEqual([
      'name',
      'context',
      'version',
    ]);
    const id = await createApi(ann);
    const { name, context } = (await ann('GET', `/apis/${id}`)).body;
    expect((await ann('POST', '/apis', { name, context, version: '1.0.0' })).status).toBe(409);
    expect((await ann('POST', '/apis', { name: 'Unique', context, version: '1.0.0' })).status).toBe(409);
  });

  it('answers 400 for values that no gateway knows, names them and what may stand there, and keeps nothing', async () => {
    const unknown = { securityScheme: ['oauth2', 'basic_auth'], gatewayType: 'wso2/apk' };
    const fields = [
      { code: 'securityScheme[1]', message: expect.stringContaining('"oauth2", "api_key"') },
      { code: 'gatewayType', message: 'Available here: "wso2/synapse", "Regular".' },
    ];
    const identity = { name: 'Strange', context: '/strange', version: '1.0.0' };
    const made = await ann('POST', '/apis', { ...identity, ...unknown });
    expect(made).toMatchObject({ status: 400, body: { error: fields.map((field) => expect.objectContaining(field)) } });
    expect(await ann('POST', '/apis', { ...identity, keyManagers: ['Okta'] })).toMatchObject({
      status: 400,
      body: { error: [{ code: 'keyManagers[0]', message: 'Available here: "all", "Resident Key Manager".' }] },
    });
    const known = { securityScheme: ['api_key'], keyManagers: ['Resident Key Manager'], gatewayType: 'Regular' };
    const good = await ann('POST', '/apis', { ...identity, ...known });
    expect(good).toMatchObject({ status: 201, body: known });
    const path = `/apis/${String(good.body['id'])}`;
    expect((await ann('PUT', path, { ...good.body, ...unknown })).status).toBe(400);
    expect((await ann('GET', path)).body).toMatchObject(known);
    // As other clients send it back: an object, which names none.
    expect((await ann('PUT', path, { ...good.body, keyManagers: {} })).status).toBe(200);
  });

  it('never applies privileged or unknown fields', async () => {
    const id = await createApi(ann, {
      id: 'mine',
      provider: 'root',
      lifeCycleStatus: 'PUBLISHED',
      createdTime: '1',
      isRevision: true,
      organization: 'acme.com',
      rowVersion: 9,
      evil: true,
    });
    const { body, headers } = await ann('GET', `/apis/${id}`);
    expect(body).toMatchObject({ id, provider: 'ann', lifeCycleStatus: 'CREATED', isRevision: false });
    expect(id).not.toBe('mine');
    expect(headers.get('etag')).toBe('"1"');
    for (const name of ['evil', 'organization', 'rowVersion']) expect(body).not.toHaveProperty(name);
  });

  it('answers 401 without a token or scope, 413 and 415 for bodies it does not take', async () => {
    const body = { name: 'N', context: '/n', version: '1' };
    const observer = await surface.user('oscar', ['Internal/observer']);
    for (const send of [surface.visitor, observer]) expect((await send('POST', '/apis', body)).status).toBe(401);
    expect((await ann('POST', '/apis', { ...body, description: 'x'.repeat(200_000) })).status).toBe(413);
    expect((await ann('POST', '/apis', '<api/>', { 'content-type': 'application/xml' })).status).toBe(415);
    expect((await ann('POST', '/apis', '{"name":')).status).toBe(400);
    expect((await observer('GET', '/apis')).status).toBe(200);
  });
});

describe('one API', () => {
  it('is 304 for who has it, 412 for who changes an older one', async () => {
    const id = await createApi(ann);
    expect((await ann('GET', `/apis/${id}`, undefined, { 'if-none-match': '"1"' })).status).toBe(304);
    expect((await ann('PUT', `/apis/${id}`, { description: 'a' }, { 'if-match': '"1"' })).status).toBe(200);
    expect((await ann('PUT', `/apis/${id}`, { description: 'b' }, { 'if-match': '"1"' })).status).toBe(412);
    expect((await ann('GET', `/apis/${id}`)).body['description']).toBe('a');
  });

  it('takes back what it answered, nulls included', async () => {
    const id = await createApi(ann, { maxTps: { production: 5 } });
    const { body } = await ann('GET', `/apis/${id}`);
    const again = await ann('PUT', `/apis/${id}`, {
      ...body,
      apiThrottlingPolicy: null,
      monetization: null,
      wsdlUrl: null,
      maxTps: null,
    });
    expect(again.status).toBe(200);
    expect(again.body).not.toHaveProperty('maxTps');
    expect(again.body['operations']).toEqual(body['operations']);
  });

  it('changes only in how it is offered when the token has no more than the publish scope', async () => {
    const id = await createApi(ann, { description: 'mine', maxTps: { production: 5 } });
    const paul = await surface.user('paul', ['Internal/publisher']);
    const changed = await paul('PUT', `/apis/${id}`, {
      description: 'his',
      policies: ['Gold'],
      tags: ['new'],
      isDefaultVersion: true,
      endpointConfig: null,
    });
    expect(changed).toMatchObject({
      status: 200,
      body: {
        description: 'mine',
        policies: ['Gold'],
        tags: ['new'],
        isDefaultVersion: false,
        maxTps: { production: 5 },
        endpointConfig,
      },
    });
    expect((await paul('PUT', `/apis/${id}/swagger`, form({ apiDefinition: definition('his') }))).status).toBe(401);
  });

  it('is copied as a new version and deleted', async () => {
    const id = await createApi(ann);
    const copy = await ann('POST', `/apis/copy-api?apiId=${id}&newVersion=2.0.0&defaultVersion=true`);
    expect(copy).toMatchObject({
      status: 201,
      body: { version: '2.0.0', isDefaultVersion: true, lifeCycleStatus: 'CREATED' },
    });
    expect((await ann('POST', `/apis/copy-api?apiId=${id}&newVersion=2.0.0`)).status).toBe(409);
    expect((await ann('DELETE', `/apis/${id}`)).status).toBe(200);
    expect((await ann('GET', `/apis/${id}`)).status).toBe(404);
  });

  it('of another organization is 404, whatever is asked', async () => {
    const id = await createApi(ann);
    const rid = (await ann('POST', `/apis/${id}/revisions`, {})).body['id'] as string;
    const attempts: [string, string, unknown?][] = [
      ['GET', `/apis/${id}`],
      ['PUT', `/apis/${id}`, {}],
      ['DELETE', `/apis/${id}`],
      ['GET', `/apis/${id}/swagger`],
      ['PUT', `/apis/${id}/swagger`, form({ apiDefinition: definition('x') })],
      ['POST', `/apis/copy-api?apiId=${id}&newVersion=3`],
      ['GET', `/apis/${id}/revisions`],
      ['POST', `/apis/${id}/revisions`, {}],
      ['GET', `/apis/${id}/revisions/${rid}`],
      ['DELETE', `/apis/${id}/revisions/${rid}`],
      ['POST', `/apis/${id}/deploy-revision?revisionId=${rid}`, [{ name: 'Default' }]],
      ['POST', `/apis/${id}/undeploy-revision?revisionId=${rid}&allEnvironments=true`],
      ['POST', `/apis/${id}/restore-revision?revisionId=${rid}`],
      ['GET', `/apis/${id}/deployments`],
      ['POST', `/apis/change-lifecycle?apiId=${id}&action=Publish`],
      ['GET', `/apis/${id}/lifecycle-state`],
      ['GET', `/apis/${id}/lifecycle-history`],
      ['POST', `/apis/${id}/generate-key`],
      ['GET', `/subscriptions?apiId=${id}`],
    ];
    for (const [method, path, body] of attempts)
      expect([path, (await eve(method, path, body)).status]).toEqual([path, 404]);
    expect((await eve('GET', '/apis')).body['count']).toBe(0);
  });
});

describe('the list of APIs', () => {
  it('is paged, sorted and searched, with links that keep the search', async () => {
    for (const name of ['Quince', 'Quail', 'Quark']) await createApi(ann, { name });
    const page = await ann('GET', '/apis/?query=name:qu&limit=2&sortBy=apiName&sortOrder=asc');
    expect(page.body).toMatchObject({
      count: 2,
      list: [{ name: 'Quail' }, { name: 'Quark' }],
      pagination: { total: 3, offset: 0, limit: 2 },
    });
    const next = (page.body['pagination'] as { next: string }).next;
    expect((await ann('GET', next)).body).toMatchObject({ count: 1, list: [{ name: 'Quince' }] });
    expect((await ann('GET', '/api/am/publisher/apis?query=name:"Quark"')).body).toMatchObject({
      count: 1,
      list: [{ name: 'Quark' }],
    });
    for (const bad of ['sortBy=password', 'sortOrder=up', 'limit=0', 'query=owner:x'])
      expect((await ann('GET', `/apis?${bad}`)).status).toBe(400);
  });

  it('says whether a name or context is taken', async () => {
    await createApi(ann, { name: 'Taken', context: '/taken' });
    for (const [query, status] of [
      ['name:Taken', 200],
      ['name:Take', 404],
      ['context:/taken', 200],
      ['context:taken', 200],
      ['context:/free', 404],
      ['status:x', 400],
    ] as const)
      expect([query, (await ann('POST', `/apis/validate?query=${query}`)).status]).toEqual([query, status]);
  });
});

it.skipIf(contract === null)("answers in the contract's shapes", () => {
  expect(surface.differences).toEqual([]);
});
