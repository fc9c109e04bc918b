import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApplicationService, SubscriptionService } from '@tollgate/application/server';
import { ApiScopeSources } from '@tollgate/oauth/server';
import { ThrottlePolicyReader, ThrottlePolicyService } from '@tollgate/throttling/server';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { as, contract, startSurface, type Send, type Surface } from '../test/surface.js';

let surface: Surface;
let ann: Send; // creator and publisher
let eve: Send; // the same in another organization
beforeAll(async () => {
  surface = await startSurface();
  ann = await surface.user('ann', ['Internal/creator', 'Internal/publisher']);
  await surface.tenant('acme.com');
  eve = await surface.user('eve', ['admin'], { organization: 'acme.com' });
});
afterAll(() => surface.close());

const endpointConfig = { endpoint_type: 'http', production_endpoints: { url: 'http://back.example/' } };
let number = 0;
/** Creates an API and gives its id. */
async function api(more: object = {}, send = ann): Promise<string> {
  number++;
  const created = await send('POST', '/apis', {
    name: `Api${number}`,
    context: `/api${number}`,
    version: '1.0.0',
    policies: ['Unlimited'],
    endpointConfig,
    ...more,
  });
  expect(created).toMatchObject({ status: 201 });
  return created.body['id'] as string;
}
const fieldsOf = (body: Record<string, unknown>): string[] =>
  (body['error'] as { code: string }[]).map((problem) => problem.code);
const listOf = (body: Record<string, unknown>): Record<string, unknown>[] => body['list'] as Record<string, unknown>[];
const form = (parts: Record<string, string | Blob>): FormData => {
  const data = new FormData();
  for (const [name, part] of Object.entries(parts)) data.append(name, part);
  return data;
};
const definition = (title: string) =>
  JSON.stringify({
    openapi: '3.0.3',
    info: { title, version: '2.1' },
    paths: { '/menu': { get: { responses: { 200: { description: 'ok' } } } } },
  });

describe('the quick start', () => {
  it('creates, changes, revises, deploys and publishes an API', async () => {
    const created = await ann('POST', '/apis?openAPIVersion=v3', {
      name: 'PizzaShack',
      context: '/pizzashack',
      version: '1.0.0',
      policies: ['Unlimited'],
      endpointConfig,
      operations: [
        { target: '/*', verb: 'GET', authType: 'Application & Application User', throttlingPolicy: 'Unlimited' },
      ],
    });
    const id = created.body['id'] as string;
    expect(created).toMatchObject({
      status: 201,
      body: { lifeCycleStatus: 'CREATED', provider: 'ann', operations: [{ target: '/*', verb: 'GET' }] },
    });
    expect(created.headers.get('location')).toBe(`/api/am/publisher/v4/apis/${id}`);
    expect(created.headers.get('etag')).toBe('"1"');

    const changed = await ann(
      'PUT',
      `/apis/${id}`,
      { ...created.body, description: 'Pizza', tags: ['food'] },
      { 'if-match': '"1"' },
    );
    expect(changed).toMatchObject({
      status: 200,
      body: { id, description: 'Pizza', tags: ['food'], name: 'PizzaShack' },
    });

    const revision = await ann('POST', `/apis/${id}/revisions`, { description: 'r1' });
    expect(revision).toMatchObject({
      status: 201,
      body: { displayName: 'Revision 1', description: 'r1', apiInfo: { id }, deploymentInfo: [] },
    });
    const rid = revision.body['id'] as string;
    const deployed = await ann('POST', `/apis/${id}/deploy-revision?revisionId=${rid}`, [
      { name: 'Default', vhost: 'localhost', displayOnDevportal: true },
    ]);
    expect(deployed).toMatchObject({
      status: 201,
      body: [{ name: 'Default', vhost: 'localhost', revisionUuid: rid, status: 'APPROVED', liveGatewayCount: 0 }],
    });

    const published = await ann('POST', `/apis/change-lifecycle?apiId=${id}&action=Publish`);
    expect(published).toMatchObject({
      status: 200,
      body: { workflowStatus: 'APPROVED', lifecycleState: { state: 'Published' } },
    });
    expect((await ann('GET', `/apis/${id}/lifecycle-state`)).body).toMatchObject({
      state: 'Published',
      availableTransitions: [
        { event: 'Block' },
        { event: 'Deploy as a Prototype' },
        { event: 'Demote to Created' },
        { event: 'Deprecate', targetState: 'Deprecated' },
      ],
    });
    expect((await ann('GET', `/apis/${id}/lifecycle-history`)).body).toMatchObject({
      count: 2,
      list: [{ postState: 'CREATED' }, { previousState: 'CREATED', postState: 'PUBLISHED', user: 'ann' }],
    });

    const key = await ann('POST', `/apis/${id}/generate-key`);
    expect(key).toMatchObject({ status: 200, body: { validityTime: 3600 } });
    expect(decodeJwt(key.body['apikey'] as string)).toMatchObject({
      token_type: 'InternalKey',
      subscribedAPIs: [{ uuid: id }],
    });
  });
});

describe('creating an API', () => {
  it('answers 400 naming every bad field, and 409 for what is taken', async () => {
    const bad = await ann('POST', '/apis', {
      name: 7,
      context: '/x',
      policies: 'Gold',
      operations: [{ target: 'menu', verb: 'FETCH' }],
      type: 'WS',
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
    const id = await api();
    const { name, context } = (await ann('GET', `/apis/${id}`)).body;
    expect((await ann('POST', '/apis', { name, context, version: '1.0.0' })).status).toBe(409);
    expect((await ann('POST', '/apis', { name: 'Unique', context, version: '1.0.0' })).status).toBe(409);
  });

  it('never applies privileged or unknown fields', async () => {
    const id = await api({
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
    const id = await api();
    expect((await ann('GET', `/apis/${id}`, undefined, { 'if-none-match': '"1"' })).status).toBe(304);
    expect((await ann('PUT', `/apis/${id}`, { description: 'a' }, { 'if-match': '"1"' })).status).toBe(200);
    expect((await ann('PUT', `/apis/${id}`, { description: 'b' }, { 'if-match': '"1"' })).status).toBe(412);
    expect((await ann('GET', `/apis/${id}`)).body['description']).toBe('a');
  });

  it('takes back what it answered, nulls included', async () => {
    const id = await api({ maxTps: { production: 5 } });
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
    const id = await api({ description: 'mine', maxTps: { production: 5 } });
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
    const id = await api();
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
    const id = await api();
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
    for (const name of ['Quince', 'Quail', 'Quark']) await api({ name });
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
    await api({ name: 'Taken', context: '/taken' });
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

describe('an OpenAPI definition', () => {
  it('becomes an API: as a file, inline, or behind an address', async () => {
    const properties = (name: string) =>
      JSON.stringify({ name, context: `/${name}`, version: '1', policies: ['Gold'], endpointConfig });
    const file = new Blob([definition('Title')], { type: 'application/json' });
    const imported = await ann(
      'POST',
      '/apis/import-openapi',
      form({ file, additionalProperties: properties('filed') }),
    );
    expect(imported).toMatchObject({
      status: 201,
      body: { name: 'filed', policies: ['Gold'], operations: [{ target: '/menu', verb: 'GET' }] },
    });
    const inline = await ann('POST', '/apis/import-openapi', form({ inlineAPIDefinition: definition('Inline') }));
    expect(inline).toMatchObject({ status: 201, body: { name: 'Inline', version: '2.1', context: '/inline' } });
    const { server, url } = await serve(definition('Remote'));
    expect(await ann('POST', '/apis/import-openapi', form({ url }))).toMatchObject({
      status: 201,
      body: { name: 'Remote' },
    });
    server.close();
  });

  it('behind an address that must not be called is refused without being asked for', async () => {
    for (const url of ['http://169.254.169.254/latest/meta-data', 'http://10.0.0.1/', 'file:///etc/passwd'])
      expect(await ann('POST', '/apis/import-openapi', form({ url }))).toMatchObject({
        status: 400,
        body: { error: [{ code: 'url' }] },
      });
  });

  it('that is malformed is refused with line and reason, and nothing is stored', async () => {
    const before = (await ann('GET', '/apis')).body['pagination'] as { total: number };
    const bad = await ann(
      'POST',
      '/apis/import-openapi',
      form({ inlineAPIDefinition: 'openapi: 3.0.0\ninfo:\n  title: a\n   version: 1\n' }),
    );
    expect(bad).toMatchObject({
      status: 400,
      body: { code: 900754, description: expect.stringMatching(/line \d, column \d/) },
    });
    for (const parts of [
      {},
      { file: 'x', url: 'y' },
      { inlineAPIDefinition: definition('A'), additionalProperties: '{' },
      { inlineAPIDefinition: definition('A'), additionalProperties: '{"policies":["None such"]}' },
    ])
      expect((await ann('POST', '/apis/import-openapi', form(parts as Record<string, string>))).status).toBe(400);
    expect((await ann('POST', '/apis/import-openapi', { url: 'x' })).status).toBe(415);
    for (const part of ['file', 'inlineAPIDefinition']) {
      const large = part === 'file' ? new Blob(['x'.repeat(5_000_001)]) : 'x'.repeat(5_000_001);
      expect((await ann('POST', '/apis/import-openapi', form({ [part]: large }))).status).toBe(413);
    }
    expect(((await ann('GET', '/apis')).body['pagination'] as { total: number }).total).toBe(before.total);
  });

  it('is checked without storing it', async () => {
    const good = await ann(
      'POST',
      '/apis/validate-openapi?returnContent=true',
      form({ inlineAPIDefinition: definition('Checked') }),
    );
    expect(good).toMatchObject({
      status: 200,
      body: {
        isValid: true,
        info: { name: 'Checked', version: '2.1', openAPIVersion: '3.0.3' },
        content: definition('Checked'),
      },
    });
    const bad = await ann('POST', '/apis/validate-openapi', form({ inlineAPIDefinition: '{\n"openapi": }' }));
    expect(bad).toMatchObject({
      status: 200,
      body: { isValid: false, errors: [{ code: '900754', description: expect.stringContaining('line 2') }] },
    });
  });

  it('is read and replaced; the operations follow', async () => {
    const id = await api();
    expect((await ann('GET', `/apis/${id}/swagger`)).body).toMatchObject({
      openapi: '3.0.1',
      paths: { '/*': { get: {} } },
    });
    expect(
      (await ann('PUT', `/apis/${id}/swagger`, form({ apiDefinition: definition('Ignored') }))).body,
    ).toMatchObject({ paths: { '/menu': {} } });
    expect((await ann('GET', `/apis/${id}`)).body).toMatchObject({ operations: [{ target: '/menu', verb: 'GET' }] });
    expect((await ann('PUT', `/apis/${id}/swagger`, form({ apiDefinition: 'nonsense' }))).status).toBe(400);
  });
});

describe('revisions', () => {
  it('are deployed, undeployed, restored and deleted with the codes of the product', async () => {
    const id = await api();
    const rid = (await ann('POST', `/apis/${id}/revisions`, {})).body['id'] as string;
    const deploy = (body: unknown) => ann('POST', `/apis/${id}/deploy-revision?revisionId=${rid}`, body);
    expect((await deploy([{ name: 'Default', vhost: 'evil.example' }])).status).toBe(400);
    expect((await deploy([{ name: 'Mars' }])).body).toMatchObject({ error: [{ code: '[0].name' }] });
    expect((await deploy([])).status).toBe(400);
    expect((await deploy({ name: 'Default' })).status).toBe(400);
    expect((await deploy([{ name: 'Default', vhost: 'localhost' }])).status).toBe(201);
    expect((await ann('GET', `/apis/${id}/deployments`)).body).toMatchObject({
      count: 1,
      list: [{ revisionUuid: rid }],
    });
    expect((await ann('GET', `/apis/${id}/revisions?query=deployed:true`)).body).toMatchObject({
      count: 1,
      list: [{ deploymentInfo: [{ name: 'Default' }] }],
    });
    expect((await ann('DELETE', `/apis/${id}/revisions/${rid}`)).status).toBe(400);
    expect((await ann('POST', `/apis/${id}/undeploy-revision?revisionNumber=1`, [{ name: 'Default' }])).status).toBe(
      201,
    );
    expect((await ann('POST', `/apis/${id}/undeploy-revision`, [])).status).toBe(400);
    expect((await ann('POST', `/apis/${id}/restore-revision?revisionId=${rid}`)).status).toBe(201);
    expect(await ann('DELETE', `/apis/${id}/revisions/${rid}`)).toMatchObject({ status: 200, body: { count: 0 } });
    expect((await ann('GET', `/apis/${id}/revisions/${rid}`)).status).toBe(404);
  });
});

describe('the lifecycle', () => {
  it('is not left without a business plan, by unknown actions or impossible ones', async () => {
    const id = await api({ policies: [] });
    const change = (action: string) => ann('POST', `/apis/change-lifecycle?apiId=${id}&action=${action}`);
    expect(await change('Publish')).toMatchObject({ status: 400, body: { code: 903224 } });
    expect((await change('Explode')).status).toBe(400);
    expect((await change('Retire')).status).toBe(400);
    expect((await ann('GET', `/apis/${id}/lifecycle-state`)).body['state']).toBe('Created');
  });
});

describe('subscriptions', () => {
  it('are listed with their applications, blocked and opened again', async () => {
    const id = await api();
    await ann('POST', `/apis/change-lifecycle?apiId=${id}&action=Publish`);
    const sue = as('sue', ['Internal/subscriber']);
    const application = await surface
      .get(ApplicationService)
      .create(sue, { name: 'Shop', tier: 'Unlimited', description: 'd', attributes: {}, tokenType: 'JWT', groups: [] });
    await surface
      .get(SubscriptionService)
      .create(sue, { apiUuid: id, applicationUuid: application.uuid, plan: 'Unlimited' });
    const listed = await ann('GET', `/subscriptions?apiId=${id}`);
    expect(listed.body).toMatchObject({
      count: 1,
      list: [
        {
          subscriptionStatus: 'UNBLOCKED',
          throttlingPolicy: 'Unlimited',
          applicationInfo: { name: 'Shop', subscriber: 'sue' },
        },
      ],
    });
    const sid = listOf(listed.body)[0]?.['subscriptionId'] as string;
    expect(
      await ann('POST', `/subscriptions/block-subscription?subscriptionId=${sid}&blockState=PROD_ONLY_BLOCKED`),
    ).toMatchObject({ status: 200, body: { subscriptionStatus: 'PROD_ONLY_BLOCKED' } });
    expect(await ann('POST', `/subscriptions/unblock-subscription?subscriptionId=${sid}`)).toMatchObject({
      status: 200,
      body: { subscriptionStatus: 'UNBLOCKED' },
    });
    expect((await ann('POST', `/subscriptions/block-subscription?subscriptionId=${sid}&blockState=GONE`)).status).toBe(
      400,
    );
    expect(
      (await eve('POST', `/subscriptions/block-subscription?subscriptionId=${sid}&blockState=BLOCKED`)).status,
    ).toBe(404);
    expect((await ann('DELETE', `/apis/${id}`)).status).toBe(409);
  });
});

describe('what an API names', () => {
  it('policies cannot be deleted while it does', async () => {
    const policies = surface.get(ThrottlePolicyService);
    const admin = as('admin', ['admin']);
    const gold = await surface.get(ThrottlePolicyReader).find(admin, 'subscription', 'Gold');
    const tenK = await surface.get(ThrottlePolicyReader).find(admin, 'advanced', '10KPerMin');
    await api({ policies: ['Gold'], operations: [{ target: '/a', verb: 'GET', throttlingPolicy: '10KPerMin' }] });
    for (const [level, policy] of [
      ['subscription', gold],
      ['advanced', tenK],
    ] as const)
      await expect(policies.delete(admin, level, policy?.uuid ?? '')).rejects.toMatchObject({
        code: 'THROTTLE_POLICY_IN_USE',
        message: expect.stringMatching(/APIs/),
      });
  });

  it('scopes are given to the roles it binds', async () => {
    await api({ scopes: [{ scope: { name: 'menu:read', bindings: ['Internal/subscriber'] } }] });
    expect(await surface.get(ApiScopeSources).find('carbon.super', ['menu:read', 'unknown'])).toEqual(
      new Map([['menu:read', ['Internal/subscriber']]]),
    );
  });
});

describe('what portals ask first', () => {
  it('are plans and policies by level', async () => {
    const plans = await ann('GET', '/throttling-policies/subscription');
    expect(listOf(plans.body).map((policy) => policy['name'])).toEqual(['Bronze', 'Silver', 'Gold', 'Unlimited']);
    expect((await ann('GET', '/throttling-policies/subcription/Gold')).body).toMatchObject({
      requestCount: 5000,
      unitTime: 60_000,
      timeUnit: 'min',
      policyLevel: 'subscription',
    });
    expect((await ann('GET', '/throttling-policies/api?limit=1')).body).toMatchObject({
      count: 1,
      pagination: { total: 4 },
    });
    expect((await ann('GET', '/throttling-policies/api/None')).status).toBe(404);
    expect((await ann('GET', '/throttling-policies/galaxy')).status).toBe(400);
  });

  it('are settings and this description', async () => {
    expect((await ann('GET', '/settings')).body).toMatchObject({
      environment: [{ name: 'Default', vhosts: [{ host: 'localhost' }] }],
      scopes: expect.arrayContaining(['apim:api_create']),
    });
    const document = (await surface.visitor('GET', '/openapi.json')).body as { paths: object };
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(['/apis', '/apis/{apiId}/deploy-revision', '/settings']),
    );
  });
});

it.skipIf(contract === null)("answers in the contract's shapes", () => {
  expect(surface.differences).toEqual([]);
});

async function serve(text: string): Promise<{ server: Server; url: string }> {
  const server = createServer((_, response) => response.end(text));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/openapi.json` };
}
