import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ann, createApi, openBench, tenantOrganization, user, visitor, type Bench } from '../../test/bench.js';
import type { ApiListRequest } from './api-query.js';

let bench: Bench;
const uuids: Record<string, string> = {};
const publish = async (name: string, more: object = {}): Promise<void> => {
  const api = await createApi(bench, { name, context: `/${name.toLowerCase()}` }, more);
  await bench.lifecycle.change(ann, api.uuid, 'Publish');
  uuids[name] = api.uuid;
};

beforeAll(async () => {
  bench = await openBench();
  await publish('Alpha', { description: 'Ünder the SEA', tags: ['Sea', 'first'] });
  await publish('Beta', { visibility: 'PRIVATE' });
  await publish('Gamma', { visibility: 'RESTRICTED', visibleRoles: ['divers'] });
  await publish('Delta');
  await bench.lifecycle.change(ann, uuids['Delta'] ?? '', 'Block');
  await createApi(bench, { name: 'Draft_1', context: '/draft', version: '0.1' });
  await createApi(bench, { name: 'Alpha', context: '/alpha' }, {}, user('bob', [], tenantOrganization));
});
afterAll(() => bench.close());

const names = async (request: Partial<ApiListRequest>, ctx = ann): Promise<string[]> =>
  (await bench.catalog.list(ctx, { limit: 25, offset: 0, sortBy: 'name', sortOrder: 'asc', ...request })).list.map(
    (api) => api.name,
  );

describe('the list of the publisher', () => {
  it('has every API of the organization, whatever its state', async () => {
    expect(await names({})).toEqual(['Alpha', 'Beta', 'Delta', 'Draft_1', 'Gamma']);
  });

  it('is paged and sorted', async () => {
    expect(await bench.catalog.list(ann, { limit: 2, offset: 4, sortBy: 'name', sortOrder: 'asc' })).toMatchObject({
      total: 5,
      list: [{ name: 'Gamma' }],
    });
    expect(await names({ sortBy: 'createdTime', sortOrder: 'desc' })).toEqual([
      'Draft_1',
      'Delta',
      'Gamma',
      'Beta',
      'Alpha',
    ]);
    expect((await names({ sortBy: 'version', sortOrder: 'asc' }))[0]).toBe('Draft_1');
    expect((await names({ sortBy: 'status', sortOrder: 'asc' }))[0]).toBe('Delta');
  });

  it.each([
    ['ALPH', ['Alpha']],
    ['name:"alpha"', []],
    ['name:"Alpha"', ['Alpha']],
    ['context:/bet', ['Beta']],
    ['version:0.1', ['Draft_1']],
    ['status:published', ['Alpha', 'Beta', 'Gamma']],
    ['status:"blocked"', ['Delta']],
    ['provider:ann name:a version:"1.0.0"', ['Alpha', 'Beta', 'Delta', 'Gamma']],
    ['description:ünder', ['Alpha']],
    ['tags:sea', ['Alpha']],
    ['tag:"sea"', []],
    ['%', []],
    ['_', ['Draft_1']],
    ["_' OR 1=1 --", []],
  ])('is searched by %s', async (search, expected) => {
    expect(await names({ search })).toEqual(expected);
  });
});

describe('what subscribers see', () => {
  const visible = async (ctx: typeof ann): Promise<string[]> =>
    (await bench.reader.listVisible(ctx, { limit: 25, offset: 0, sortBy: 'name', sortOrder: 'asc' })).list.map(
      (api) => api.name,
    );

  it('depends on who they are', async () => {
    expect(await visible(visitor)).toEqual(['Alpha', 'Delta']);
    expect(await visible(user('sue'))).toEqual(['Alpha', 'Beta', 'Delta']);
    expect(await visible(user('dan', ['divers']))).toEqual(['Alpha', 'Beta', 'Delta', 'Gamma']);
    expect(await visible(user('root', ['admin']))).toEqual(['Alpha', 'Beta', 'Delta', 'Gamma']);
    expect(await visible(user('bob', ['admin'], tenantOrganization))).toEqual([]);
  });

  it('is the same for one API, its body and its definition', async () => {
    const gamma = uuids['Gamma'] ?? '';
    expect(await bench.reader.findVisible(user('sue'), gamma)).toBeNull();
    for (const ctx of [visitor, user('sue'), user('eve', ['admin'], tenantOrganization)]) {
      await expect(bench.reader.getVisibleBody(ctx, gamma)).rejects.toMatchObject({ status: 404 });
      await expect(bench.reader.getVisibleDefinition(ctx, gamma)).rejects.toMatchObject({ status: 404 });
    }
    const dan = user('dan', ['divers']);
    expect((await bench.reader.getVisibleBody(dan, gamma)).body.operations).toHaveLength(5);
    expect(await bench.reader.getVisible(dan, gamma)).toMatchObject({
      name: 'Gamma',
      lifecycleState: 'PUBLISHED',
      policies: ['Unlimited'],
    });
  });

  it('is found by many ids in one query, in any state', async () => {
    const found = await bench.reader.findAll(visitor, [uuids['Gamma'] ?? '', 'unknown']);
    expect([...found.values()].map((api) => api.name)).toEqual(['Gamma']);
  });
});
