import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ann, backEnd, createApi, openBench, type Bench } from '../../test/bench.js';
import { ThrottlePolicy } from '@tollgate/throttling/server';
import { apiBodySchema } from '../domain/index.js';
import { ApiLabel } from './api-parts.entity.js';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

const here = [{ environment: 'Default', vhost: 'localhost', displayOnDevportal: true }];
const revise = async (uuid: string): Promise<string> => (await bench.revisions.create(ann, uuid, 'r')).revision.uuid;

describe('a revision', () => {
  it('is numbered from 1, at most 5 are kept, and no number is given twice', async () => {
    const { uuid } = await createApi(bench);
    const made = await Promise.allSettled(Array.from({ length: 7 }, () => revise(uuid)));
    expect(made.filter((result) => result.status === 'fulfilled')).toHaveLength(5);
    await expect(revise(uuid)).rejects.toMatchObject({ status: 400, code: 'TOO_MANY_REVISIONS' });
    const [first] = await bench.revisions.list(ann, uuid);
    await bench.revisions.delete(ann, uuid, first?.revision.uuid ?? '');
    await revise(uuid);
    expect((await bench.revisions.list(ann, uuid)).map((view) => view.revision.number)).toEqual([2, 3, 4, 5, 6]);
  });

  it('stays as it was while the working copy changes, and can be restored', async () => {
    const { uuid } = await createApi(bench, {}, { description: 'old', operations: [{ target: '/old', verb: 'GET' }] });
    const revision = await revise(uuid);
    await bench.apis.update(
      ann,
      uuid,
      apiBodySchema.parse({
        endpointConfig: backEnd,
        description: 'new',
        operations: [{ target: '/new', verb: 'GET' }],
      }),
    );
    await bench.deployments.deploy(ann, uuid, revision, here);
    expect((await bench.held())[`deployment ${uuid}:Default`]).toMatchObject({ operations: [{ target: '/old' }] });
    const restored = await bench.revisions.restore(ann, uuid, revision);
    expect(restored.body).toMatchObject({ description: 'old', operations: [{ target: '/old' }] });
    expect((await bench.definitions.get(ann, uuid)).text).toContain('/old');
  });

  it('cannot be deleted while it is deployed', async () => {
    const { uuid } = await createApi(bench);
    const revision = await revise(uuid);
    await bench.deployments.deploy(ann, uuid, revision, here);
    await expect(bench.revisions.delete(ann, uuid, revision)).rejects.toMatchObject({
      status: 400,
      code: 'REVISION_DEPLOYED',
    });
    await bench.deployments.undeploy(ann, uuid, { uuid: revision }, ['Default']);
    await bench.revisions.delete(ann, uuid, revision);
    expect(await bench.revisions.list(ann, uuid)).toEqual([]);
  });

  it('of another API is not found', async () => {
    const one = await createApi(bench);
    const other = await createApi(bench, { name: 'Other', context: '/other' });
    const revision = await revise(other.uuid);
    for (const attempt of [
      bench.revisions.get(ann, one.uuid, revision),
      bench.revisions.restore(ann, one.uuid, revision),
      bench.revisions.delete(ann, one.uuid, revision),
      bench.deployments.deploy(ann, one.uuid, revision, here),
    ])
      await expect(attempt).rejects.toMatchObject({ status: 404 });
  });
});

describe('deploying', () => {
  it('gives gateways the API and the revision; the next revision replaces it', async () => {
    const { uuid } = await createApi(bench);
    const first = await revise(uuid);
    const second = await revise(uuid);
    expect(await bench.held()).toEqual({});
    const [view] = await bench.deployments.deploy(ann, uuid, first, here);
    expect(view).toMatchObject({
      revisionUuid: first,
      deployment: { environment: 'Default', vhost: 'localhost', displayOnDevportal: true },
    });
    expect(await bench.held()).toMatchObject({
      [`api ${uuid}`]: { basePath: '/pizza/1.0.0', lifecycleState: 'CREATED', isDefaultVersion: false },
      [`deployment ${uuid}:Default`]: {
        revisionId: first,
        revisionNumber: 1,
        vhost: 'localhost',
        policies: ['Unlimited'],
      },
    });
    await bench.deployments.deploy(ann, uuid, second, here);
    expect((await bench.held())[`deployment ${uuid}:Default`]).toMatchObject({ revisionNumber: 2 });
    expect((await bench.revisions.list(ann, uuid, true)).map((row) => row.revision.number)).toEqual([2]);
  });

  it.each([
    ['an unknown environment', { environment: 'Mars' }, '[1].name'],
    ['an unknown virtual host', { environment: 'Europe', vhost: 'evil.example' }, 'vhost'],
    ['the same environment twice', { environment: 'Default' }, '[1].name'],
  ])('to %s is refused and deploys nowhere', async (_, target, field) => {
    const { uuid } = await createApi(bench);
    const revision = await revise(uuid);
    await expect(
      bench.deployments.deploy(ann, uuid, revision, [...here, { displayOnDevportal: true, ...target }]),
    ).rejects.toMatchObject({ status: 400, fields: [{ field }] });
    expect(await bench.held()).toEqual({});
  });

  it('an API without an endpoint is refused with what to do', async () => {
    const { uuid } = await createApi(bench, {}, { endpointConfig: null });
    await expect(bench.deployments.deploy(ann, uuid, await revise(uuid), here)).rejects.toMatchObject({
      status: 400,
      code: 'REVISION_NOT_DEPLOYABLE',
    });
  });
});

describe('the policies of a revision', () => {
  const bronze = async () =>
    bench.db.manager.findOneByOrFail(ThrottlePolicy, {
      organization: ann.organization,
      level: 'subscription',
      name: 'Bronze',
    });

  it('are known while it is deployed, although the working copy names others', async () => {
    const { uuid, id } = await createApi(bench, {}, { policies: ['Bronze'] });
    const revision = await revise(uuid);
    await bench.deployments.deploy(ann, uuid, revision, here);
    await bench.apis.update(ann, uuid, apiBodySchema.parse({ endpointConfig: backEnd, policies: ['Gold'] }));
    const known = async () =>
      (await bench.db.manager.findBy(ApiLabel, { apiId: id, value: 'Bronze' })).map((label) => label.kind);
    expect(await known()).toEqual(['live-subscription']);
    await bench.deployments.undeploy(ann, uuid, { uuid: revision }, 'all');
    expect(await known()).toEqual([]);
  });

  it('must still exist when it is deployed', async () => {
    const { uuid } = await createApi(bench, {}, { policies: ['Bronze'] });
    const revision = await revise(uuid);
    await bench.apis.update(ann, uuid, apiBodySchema.parse({ endpointConfig: backEnd, policies: ['Gold'] }));
    await bench.policies.delete(ann, 'subscription', (await bronze()).uuid);
    await expect(bench.deployments.deploy(ann, uuid, revision, here)).rejects.toMatchObject({
      status: 400,
      fields: [{ field: 'policies[0]' }],
    });
  });
});

describe('undeploying', () => {
  it('from one environment leaves the others; from the last one takes the API away', async () => {
    const { uuid } = await createApi(bench);
    const revision = await revise(uuid);
    await bench.deployments.deploy(ann, uuid, revision, [
      ...here,
      { environment: 'Europe', displayOnDevportal: false },
    ]);
    expect(await bench.reader.publicDeployments(ann, await bench.apis.get(ann, uuid))).toMatchObject([
      { environment: 'Default' },
    ]);
    const left = await bench.deployments.undeploy(ann, uuid, { number: 1 }, ['Default']);
    expect(left.map((view) => view.deployment.environment)).toEqual(['Europe']);
    expect(Object.keys(await bench.held())).toEqual([`api ${uuid}`, `deployment ${uuid}:Europe`]);
    await bench.deployments.undeploy(ann, uuid, { uuid: revision }, 'all');
    expect(await bench.held()).toEqual({});
  });

  it('from where it does not serve is refused', async () => {
    const { uuid } = await createApi(bench);
    const revision = await revise(uuid);
    await expect(bench.deployments.undeploy(ann, uuid, { uuid: revision }, ['Default'])).rejects.toMatchObject({
      status: 400,
    });
  });
});

describe('a lifecycle change', () => {
  it('reaches gateways and is remembered', async () => {
    const { uuid } = await createApi(bench);
    await bench.deployments.deploy(ann, uuid, await revise(uuid), here);
    for (const action of ['Publish', 'Block', 'Deprecate', 'Retire'] as const)
      await bench.lifecycle.change(ann, uuid, action);
    expect((await bench.held())[`api ${uuid}`]).toMatchObject({ lifecycleState: 'RETIRED' });
    const history = await bench.lifecycle.history(ann, uuid);
    expect(history.map((event) => [event.previousState, event.postState, event.userName])).toEqual([
      [null, 'CREATED', 'ann'],
      ['CREATED', 'PUBLISHED', 'ann'],
      ['PUBLISHED', 'BLOCKED', 'ann'],
      ['BLOCKED', 'DEPRECATED', 'ann'],
      ['DEPRECATED', 'RETIRED', 'ann'],
    ]);
    await expect(bench.deployments.deploy(ann, uuid, await revise(uuid), here)).rejects.toMatchObject({
      code: 'API_RETIRED',
    });
  });

  it('without a business plan leaves the state as it is', async () => {
    const { uuid } = await createApi(bench, {}, { policies: [] });
    await expect(bench.lifecycle.change(ann, uuid, 'Publish')).rejects.toMatchObject({ status: 400, wireCode: 903224 });
    expect((await bench.apis.get(ann, uuid)).state).toBe('CREATED');
  });

  it('deprecates older versions when asked to, and only one of two at the same time happens', async () => {
    const old = await createApi(bench);
    await bench.lifecycle.change(ann, old.uuid, 'Publish');
    const { uuid } = await createApi(bench, { version: '2' });
    const publish = () =>
      bench.lifecycle.change(ann, uuid, 'Publish', {
        checklist: 'Deprecate old versions after publishing the API:true',
      });
    const results = await Promise.allSettled([publish(), publish()]);
    expect(results.map((result) => result.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect((await bench.apis.get(ann, old.uuid)).state).toBe('DEPRECATED');
  });

  it('is told to who listens, in its transaction: a listener that fails takes it back', async () => {
    const told: string[] = [];
    bench.listeners.register(async (_, { api, previousState }) => {
      told.push(`${previousState} ${api.state}`);
      if (api.state === 'BLOCKED') throw new Error('no');
    });
    const { uuid } = await createApi(bench);
    await bench.lifecycle.change(ann, uuid, 'Publish');
    await expect(bench.lifecycle.change(ann, uuid, 'Block')).rejects.toThrow('no');
    expect(told).toEqual(['CREATED PUBLISHED', 'PUBLISHED BLOCKED']);
    expect((await bench.apis.get(ann, uuid)).state).toBe('PUBLISHED');
  });
});
