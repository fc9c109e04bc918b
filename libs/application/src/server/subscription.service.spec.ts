import { ApiService, LifecycleService } from '@tollgate/api/server';
import { ThrottlePolicy } from '@tollgate/throttling/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { as, publishApi, startWorld, type World } from '../../test/world.js';
import { ApplicationService, SubscriptionReader, SubscriptionService } from './index.js';

let world: World;
let service: SubscriptionService;
let api: string;
const ann = as('ann');
const bob = as('bob');
const publisher = as('admin', ['admin']);

beforeAll(async () => {
  world = await startWorld();
  service = world.app.get(SubscriptionService);
  api = await publishApi(world.app, 'Pizza');
});
afterAll(() => world.stop());

let number = 0;
async function application(ctx = ann): Promise<string> {
  const input = {
    name: `App ${++number}`,
    tier: 'Unlimited',
    description: '',
    tokenType: 'JWT' as const,
    attributes: {},
    groups: [],
  };
  return (await world.app.get(ApplicationService).create(ctx, input)).uuid;
}

describe('subscribing', () => {
  it('tells the gateways in the same step', async () => {
    const applicationUuid = await application();
    const made = await service.create(ann, { apiUuid: api, applicationUuid, plan: 'Gold' });
    expect(made).toMatchObject({ state: 'UNBLOCKED', tier: 'Gold', application: { uuid: applicationUuid } });
    expect(await world.record('subscription', made.uuid)).toEqual({
      id: made.id,
      uuid: made.uuid,
      apiUuid: api,
      applicationUuid,
      tier: 'Gold',
      state: 'UNBLOCKED',
    });
    expect((await world.events()).at(-1)).toBe('SUBSCRIPTIONS_CREATE');
  });

  it('works once for an API and an application', async () => {
    const input = { apiUuid: api, applicationUuid: await application(), plan: 'Gold' };
    await service.create(ann, input);
    await expect(service.create(ann, { ...input, plan: 'Unlimited' })).rejects.toMatchObject({
      code: 'SUBSCRIPTION_EXISTS',
      status: 409,
    });
  });

  it('takes plans that the API offers and the roles allow', async () => {
    const applicationUuid = await application();
    await expect(service.create(ann, { apiUuid: api, applicationUuid, plan: 'Silver' })).rejects.toMatchObject({
      status: 400,
      fields: [{ field: 'throttlingPolicy' }],
    });
    const gold = { level: 'subscription', name: 'Gold' } as const;
    await world.db.manager.update(ThrottlePolicy, gold, {
      permissions: { permissionType: 'DENY', roles: ['Internal/subscriber'] },
    });
    await expect(service.create(ann, { apiUuid: api, applicationUuid, plan: 'Gold' })).rejects.toMatchObject({
      status: 403,
      code: 'PLAN_NOT_ALLOWED',
    });
    await world.db.manager.update(ThrottlePolicy, gold, { permissions: null });
    await expect(service.create(ann, { apiUuid: api, applicationUuid, plan: 'Gold' })).resolves.toBeDefined();
  });

  it.each([
    ['CREATED', [], 404],
    ['PUBLISHED', ['Publish'], 201],
    ['PROTOTYPED', ['Deploy as a Prototype'], 201],
    ['BLOCKED', ['Publish', 'Block'], 400],
    ['DEPRECATED', ['Publish', 'Deprecate'], 400],
    ['RETIRED', ['Publish', 'Deprecate', 'Retire'], 404],
  ] as const)('to a %s API after %j gives %i', async (state, actions, status) => {
    const apiUuid = await publishApi(world.app, `In${state}`, { actions: [...actions] });
    const attempt = service.create(ann, { apiUuid, applicationUuid: await application(), plan: 'Gold' });
    if (status === 201) await expect(attempt).resolves.toMatchObject({ apiUuid });
    else await expect(attempt).rejects.toMatchObject({ status });
  });

  it('asks for an own application and an API of the organization', async () => {
    const input = { apiUuid: api, applicationUuid: await application(bob), plan: 'Gold' };
    await expect(service.create(ann, input)).rejects.toMatchObject({ status: 404 });
    await expect(service.create(as('bob', [], 'other.com'), input)).rejects.toMatchObject({ status: 404 });
    await expect(service.create(bob, { ...input, apiUuid: input.applicationUuid })).rejects.toMatchObject({
      status: 404,
    });
  });

  it('to several APIs happens whole or not at all', async () => {
    const applicationUuid = await application();
    const one = { apiUuid: api, applicationUuid, plan: 'Gold' };
    await expect(service.createAll(ann, [one, { ...one, apiUuid: 'none' }])).rejects.toMatchObject({ status: 404 });
    expect((await service.listOwn(ann, { applicationUuid, limit: 5, offset: 0 })).total).toBe(0);
    const other = await publishApi(world.app, 'Other');
    await expect(service.createAll(ann, [one, { ...one, apiUuid: other }])).resolves.toHaveLength(2);
  });
});

describe('a subscription', () => {
  it('moves to an offered plan alone, and says so', async () => {
    const applicationUuid = await application();
    const { uuid } = await service.create(ann, { apiUuid: api, applicationUuid, plan: 'Gold' });
    const change = { apiUuid: undefined, applicationUuid, plan: 'Unlimited' };
    await expect(service.changeOwnPlan(ann, uuid, { ...change, plan: 'Bronze' })).rejects.toMatchObject({
      status: 400,
    });
    expect(await world.record('subscription', uuid)).toMatchObject({ tier: 'Gold' });
    await service.changeOwnPlan(ann, uuid, change);
    expect(await world.record('subscription', uuid)).toMatchObject({ tier: 'Unlimited' });
    await expect(service.changeOwnPlan(bob, uuid, change)).rejects.toMatchObject({ status: 404 });
    await expect(service.changePlan(publisher, uuid, 'Bronze')).rejects.toMatchObject({
      status: 400,
      fields: [{ field: 'businessPlan' }],
    });
  });

  it('is blocked and unblocked by a publisher of its organization', async () => {
    const { uuid } = await service.create(ann, { apiUuid: api, applicationUuid: await application(), plan: 'Gold' });
    await service.block(publisher, uuid, 'PROD_ONLY_BLOCKED');
    expect(await world.record('subscription', uuid)).toMatchObject({ state: 'PROD_ONLY_BLOCKED' });
    await service.unblock(publisher, uuid);
    expect(await world.record('subscription', uuid)).toMatchObject({ state: 'UNBLOCKED' });
    expect((await world.events()).at(-1)).toBe('SUBSCRIPTIONS_UPDATE');
    await expect(service.block(as('admin', ['admin'], 'other.com'), uuid, 'BLOCKED')).rejects.toMatchObject({
      status: 404,
    });
  });

  it('is taken back by its owner alone', async () => {
    const { uuid } = await service.create(ann, { apiUuid: api, applicationUuid: await application(), plan: 'Gold' });
    await expect(service.delete(bob, uuid)).rejects.toMatchObject({ status: 404 });
    await service.delete(ann, uuid);
    expect(await world.record('subscription', uuid)).toBeNull();
    expect((await world.events()).at(-1)).toBe('SUBSCRIPTIONS_DELETE');
    await expect(service.delete(ann, uuid)).rejects.toMatchObject({ status: 404 });
  });

  it('goes with its application', async () => {
    const applicationUuid = await application();
    const { uuid } = await service.create(ann, { apiUuid: api, applicationUuid, plan: 'Gold' });
    await world.app.get(ApplicationService).delete(ann, applicationUuid);
    expect(await world.record('subscription', uuid)).toBeNull();
    expect(await world.record('application', applicationUuid)).toBeNull();
  });

  it('keeps its API and its plan from being deleted', async () => {
    const apiUuid = await publishApi(world.app, 'Kept', { policies: ['Gold'] });
    const { uuid } = await service.create(ann, { apiUuid, applicationUuid: await application(), plan: 'Gold' });
    await expect(world.app.get(ApiService).delete(publisher, apiUuid)).rejects.toMatchObject({
      status: 409,
      code: 'API_IN_USE',
    });
    await service.delete(ann, uuid);
    await expect(world.app.get(ApiService).delete(publisher, apiUuid)).resolves.toBeUndefined();
  });

  it('stays readable and blockable after its API is retired', async () => {
    const apiUuid = await publishApi(world.app, 'Old');
    const { uuid } = await service.create(ann, { apiUuid, applicationUuid: await application(), plan: 'Gold' });
    for (const action of ['Deprecate', 'Retire'] as const)
      await world.app.get(LifecycleService).change(publisher, apiUuid, action);
    expect((await service.getOwn(ann, uuid)).apiUuid).toBe(apiUuid);
    await expect(service.block(publisher, uuid, 'BLOCKED')).resolves.toMatchObject({ state: 'BLOCKED' });
  });
});

describe('the list of a publisher', () => {
  it('shows every application of the organization, paged and searched', async () => {
    const apiUuid = await publishApi(world.app, 'Listed');
    for (const ctx of [ann, bob, ann])
      await service.create(ctx, { apiUuid, applicationUuid: await application(ctx), plan: 'Gold' });
    const reader = world.app.get(SubscriptionReader);
    const page = await reader.list(publisher, { apiUuid, limit: 2, offset: 1 });
    expect({ owners: page.rows.map((row) => row.application.owner), total: page.total }).toEqual({
      owners: ['bob', 'ann'],
      total: 3,
    });
    expect((await reader.list(publisher, { apiUuid, query: 'BOB', limit: 5, offset: 0 })).total).toBe(1);
    expect((await reader.list(as('admin', ['admin'], 'other.com'), { apiUuid, limit: 5, offset: 0 })).total).toBe(0);
  });
});
