import { WorkflowSettings, Workflows } from '@tollgate/workflow/server';
import type { WorkflowExtensions } from '@tollgate/workflow/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { as, publishApi, startWorld, type World } from '../../test/world.js';
import { ApplicationService } from './application.service.js';
import { SubscriptionService } from './subscription.service.js';

let world: World;
let api: string;
let applications: ApplicationService;
let subscriptions: SubscriptionService;
let workflows: Workflows;
const ann = as('ann');
const admin = as('admin', ['admin', 'Internal/everyone']);
let number = 0;

beforeAll(async () => {
  world = await startWorld();
  applications = world.app.get(ApplicationService);
  subscriptions = world.app.get(SubscriptionService);
  workflows = world.app.get(Workflows);
  api = await publishApi(world.app, 'Guarded');
});
afterAll(() => world.stop());

const configure = (extensions: WorkflowExtensions) =>
  world.db.transaction(admin, (tx) => world.app.get(WorkflowSettings).set(tx, extensions));
const waiting = async (ctx = admin) => (await workflows.waiting(ctx, { limit: 100, offset: 0 })).rows;

async function newApplication(): Promise<string> {
  const input = { name: `App ${++number}`, tier: 'Unlimited', description: '', tokenType: 'JWT' as const };
  return (await applications.create(ann, { ...input, attributes: {}, groups: [] })).uuid;
}

async function subscribe(applicationUuid: string): Promise<string> {
  return (await subscriptions.create(ann, { apiUuid: api, applicationUuid, plan: 'Unlimited' })).uuid;
}

describe('an application that waits for approval', () => {
  it('is unknown to gateways until it is approved, and stays so when it is rejected', async () => {
    await configure({ ApplicationCreation: { executor: 'approval' } });
    const [approved, rejected] = [await newApplication(), await newApplication()];
    expect(await world.record('application', approved)).toBeNull();
    const [first, second] = await waiting();
    await workflows.decide(admin, first?.uuid ?? '', { status: 'APPROVED' });
    await workflows.decide(admin, second?.uuid ?? '', { status: 'REJECTED' });
    expect(await world.record('application', approved)).toMatchObject({ uuid: approved, owner: 'ann' });
    expect(await world.record('application', rejected)).toBeNull();
    await expect(subscribe(rejected)).rejects.toMatchObject({ status: 403, code: 'APPLICATION_NOT_APPROVED' });
    expect(await applications.delete(ann, rejected)).toBe('APPROVED'); // nobody has to approve that
  });

  it('is decided once, however many decide at the same time', async () => {
    await newApplication();
    const [task] = await waiting();
    const decide = (i: number) =>
      workflows.decide(admin, task?.uuid ?? '', { status: i % 2 === 0 ? 'APPROVED' : 'REJECTED' }).then(
        () => 'decided',
        (error: { status?: number }) => String(error.status),
      );
    const results = await Promise.all(Array.from({ length: 10 }, (_, i) => decide(i)));
    expect(results.filter((result) => result === 'decided')).toHaveLength(1);
    expect(results.filter((result) => result === '404')).toHaveLength(9);
  });

  it('takes its requests along when its owner deletes it', async () => {
    const application = await newApplication();
    expect(await waiting()).toHaveLength(1);
    await applications.delete(ann, application);
    expect(await waiting()).toEqual([]);
  });

  it('R-73 is neither seen nor decided by administrators of other organizations', async () => {
    await newApplication();
    const [task] = await waiting();
    const stranger = as('admin', ['admin'], 'tenant1.example');
    expect(await waiting(stranger)).toEqual([]);
    await expect(workflows.get(stranger, task?.uuid ?? '')).rejects.toMatchObject({ status: 404 });
    const decision = workflows.decide(stranger, task?.uuid ?? '', { status: 'APPROVED' });
    await expect(decision).rejects.toMatchObject({ status: 404 });
    expect(await waiting()).toHaveLength(1);
    await configure({});
  });
});

describe('a blocked subscription', () => {
  it('stays blocked while its removal or another plan waits, and after a rejection', async () => {
    const subscription = await subscribe(await newApplication());
    await configure({ SubscriptionDeletion: { executor: 'approval' } });
    await subscriptions.block(admin, subscription, 'BLOCKED');
    expect(await subscriptions.delete(ann, subscription)).toBe('CREATED');
    expect(await world.record('subscription', subscription)).toMatchObject({ state: 'BLOCKED' });
    await expect(subscriptions.delete(ann, subscription)).rejects.toMatchObject({ status: 409 });
    const task = (await waiting()).find((row) => row.type === 'AM_SUBSCRIPTION_DELETION');
    await workflows.decide(admin, task?.uuid ?? '', { status: 'REJECTED' });
    expect(await world.record('subscription', subscription)).toMatchObject({ state: 'BLOCKED' });
  });
});
