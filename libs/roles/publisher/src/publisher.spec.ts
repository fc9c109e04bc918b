import { ApplicationService, SubscriptionService } from '@tollgate/application/server';
import { ApiScopeSources } from '@tollgate/oauth/server';
import { ThrottlePolicyReader, ThrottlePolicyService } from '@tollgate/throttling/server';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi, endpointConfig, listOf } from '../test/requests.js';
import { as, contract, startSurface, type Send, type Surface } from '../test/surface.js';

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

describe('revisions', () => {
  it('are deployed, undeployed, restored and deleted with the codes of the product', async () => {
    const id = await createApi(ann);
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
    const id = await createApi(ann, { policies: [] });
    const change = (action: string) => ann('POST', `/apis/change-lifecycle?apiId=${id}&action=${action}`);
    expect(await change('Publish')).toMatchObject({ status: 400, body: { code: 903224 } });
    expect((await change('Explode')).status).toBe(400);
    expect((await change('Retire')).status).toBe(400);
    expect((await ann('GET', `/apis/${id}/lifecycle-state`)).body['state']).toBe('Created');
  });
});

describe('subscriptions', () => {
  it('are listed with their applications, blocked and opened again', async () => {
    const id = await createApi(ann);
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
    await createApi(ann, {
      policies: ['Gold'],
      operations: [{ target: '/a', verb: 'GET', throttlingPolicy: '10KPerMin' }],
    });
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
    await createApi(ann, { scopes: [{ scope: { name: 'menu:read', bindings: ['Internal/subscriber'] } }] });
    expect(await surface.get(ApiScopeSources).find('carbon.super', ['menu:read', 'unknown'])).toEqual(
      new Map([['menu:read', ['Internal/subscriber']]]),
    );
  });
});

describe('what portals ask first', () => {
  it('are plans and policies by level', async () => {
    const plans = await ann('GET', '/throttling-policies/subscription');
    expect(listOf(plans.body).map((policy) => policy['name'])).toEqual(['Bronze', 'Silver', 'Gold', 'Unlimited']);
    const streaming = await ann('GET', '/throttling-policies/streaming/subscription');
    expect(listOf(streaming.body).map((plan) => plan['policyName'])).toEqual([
      'AsyncBronze',
      'AsyncSilver',
      'AsyncGold',
      'AsyncUnlimited',
    ]);
    expect(listOf(streaming.body)[2]).toMatchObject({
      defaultLimit: { type: 'EVENTCOUNTLIMIT', eventCount: { eventCount: 50_000, unitTime: 1, timeUnit: 'day' } },
      billingPlan: 'FREE',
      stopOnQuotaReach: true,
    });
    const second = await ann('GET', '/throttling-policies/streaming/subscription?limit=1&offset=1');
    expect(second.body).toMatchObject({ list: [{ policyName: 'AsyncSilver' }], pagination: { total: 4 } });
    expect((await ann('GET', '/throttling-policies/subscription/AsyncGold')).body).toMatchObject({
      requestCount: 50_000,
    });
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
