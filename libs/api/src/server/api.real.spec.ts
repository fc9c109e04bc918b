import { freshMysqlDatabase, type FreshDatabase } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ann, createApi, openBench, type Bench } from '../../test/bench.js';
import { apiBodySchema } from '../domain/index.js';
import { Api } from './api.entity.js';

let database: FreshDatabase;
let bench: Bench;
beforeAll(async () => {
  database = await freshMysqlDatabase();
  bench = await openBench({ type: 'mariadb', url: database.url, poolSize: 10 });
});
afterAll(async () => {
  await bench?.close();
  await database?.drop();
});

const statuses = (results: PromiseSettledResult<unknown>[]): (number | string)[] =>
  results
    .map((result) =>
      result.status === 'fulfilled' ? 'ok' : ((result.reason as { status?: number }).status ?? String(result.reason)),
    )
    .toSorted((a, b) => String(a).localeCompare(String(b)));

describe('on MariaDB', () => {
  it('one of many creations of the same API at the same time wins, the others get 409', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, () => createApi(bench, { name: 'Race', context: '/race' })),
    );
    expect(statuses(results)).toEqual([...Array.from({ length: 7 }, () => 409), 'ok']);
  });

  it('names that differ in case or accent are different, and exact searches tell them apart', async () => {
    for (const [i, label] of ['cafe', 'Cafe', 'café'].entries())
      await createApi(bench, { name: label, context: `/cafe${i}` });
    const found = (search: string) =>
      bench.catalog.list(ann, { limit: 10, offset: 0, sortBy: 'name', sortOrder: 'asc', search });
    expect((await found('name:"cafe"')).list.map((api) => api.name)).toEqual(['cafe']);
    expect((await found('CAFE')).list.map((api) => api.name).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      'Cafe',
      'cafe',
    ]);
    expect((await found('CAFÉ')).list.map((api) => api.name)).toEqual(['café']);
  });

  it('a name has one default version at most, although all versions ask for it at once', async () => {
    const versions = await Promise.all(
      ['1', '2', '3', '4'].map((version) => createApi(bench, { name: 'Default', context: '/default', version })),
    );
    const input = apiBodySchema.parse({ isDefaultVersion: true });
    const results = await Promise.allSettled(versions.map((api) => bench.apis.update(ann, api.uuid, input)));
    for (const status of statuses(results)) expect(['ok', 409, 412]).toContain(status);
    expect(await bench.db.manager.countBy(Api, { defaultOf: 'Default' })).toBe(1);
  });

  it('twenty editors with the same ETag: one wins, nineteen get 412', async () => {
    const { uuid } = await createApi(bench, { name: 'Edit', context: '/edit' });
    const edit = (i: number) =>
      bench.apis.update(ann, uuid, apiBodySchema.parse({ description: `d${i}`, tags: [`t${i}`] }), 1);
    const results = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => edit(i)));
    expect(statuses(results)).toEqual([...Array.from({ length: 19 }, () => 412), 'ok']);
    const { body } = await bench.apis.get(ann, uuid);
    expect(body.tags).toEqual([`t${body.description?.slice(1)}`]);
  });

  it('revisions asked for at the same time get different numbers, five at most', async () => {
    const { uuid } = await createApi(bench, { name: 'Revised', context: '/revised' });
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => bench.revisions.create(ann, uuid, '')));
    expect(statuses(results)).toEqual([400, 400, 400, 'ok', 'ok', 'ok', 'ok', 'ok']);
    expect((await bench.revisions.list(ann, uuid)).map((view) => view.revision.number)).toEqual([1, 2, 3, 4, 5]);
  });

  it('two revisions deployed to one environment at the same time leave one there, the one that gateways hold', async () => {
    const { uuid } = await createApi(bench, { name: 'Deployed', context: '/deployed' });
    const revisions = [await bench.revisions.create(ann, uuid, ''), await bench.revisions.create(ann, uuid, '')];
    const target = [{ environment: 'Default', displayOnDevportal: true }];
    await Promise.all(revisions.map(({ revision }) => bench.deployments.deploy(ann, uuid, revision.uuid, target)));
    const [deployed, ...more] = await bench.deployments.list(ann, uuid);
    expect(more).toEqual([]);
    expect((await bench.held())[`deployment ${uuid}:Default`]).toMatchObject({ revisionId: deployed?.revisionUuid });
  });

  it('an API of 2000 operations is stored, listed and read', async () => {
    const operations = Array.from({ length: 2000 }, (_, i) => ({ target: `/r${i}/{id}`, verb: 'GET' }));
    const { uuid } = await createApi(bench, { name: 'Large', context: '/large' }, { operations });
    expect((await bench.apis.get(ann, uuid)).body.operations).toHaveLength(2000);
    expect((await bench.catalog.list(ann, { limit: 1, offset: 0, search: 'Large' })).total).toBe(1);
  });
});
