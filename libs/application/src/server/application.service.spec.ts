import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { as, startWorld, type World } from '../../test/world.js';
import { ApplicationService, type ApplicationInput } from './index.js';

let world: World;
let service: ApplicationService;
const ann = as('ann');
const bob = as('bob');
const input: ApplicationInput = {
  name: 'Shop',
  tier: 'Unlimited',
  description: 'sells',
  tokenType: 'JWT',
  attributes: { team: 'a' },
  groups: [],
};

beforeAll(async () => {
  world = await startWorld();
  service = world.app.get(ApplicationService);
});
afterAll(() => world.stop());

describe('an application', () => {
  it('is made for the caller and told to the gateways in the same step', async () => {
    const made = await service.create(ann, input);
    expect(made).toMatchObject({ owner: 'ann', status: 'APPROVED', rowVersion: 1, attributes: { team: 'a' } });
    expect(await world.record('application', made.uuid)).toEqual({
      id: made.id,
      uuid: made.uuid,
      name: 'Shop',
      owner: 'ann',
      organization: 'carbon.super',
      tier: 'Unlimited',
      quotaResets: [],
    });
    expect((await world.events()).at(-1)).toBe('APPLICATION_CREATE');
  });

  it('has a name of its own among those of its owner alone', async () => {
    await expect(service.create(ann, input)).rejects.toMatchObject({ code: 'APPLICATION_EXISTS', status: 409 });
    await expect(service.create(bob, input)).resolves.toMatchObject({ owner: 'bob' });
    const other = await service.create(ann, { ...input, name: 'Other' });
    await expect(service.update(ann, other.uuid, input)).rejects.toMatchObject({ code: 'APPLICATION_EXISTS' });
    expect((await service.get(ann, other.uuid)).name).toBe('Other');
  });

  it('needs a policy that exists', async () => {
    await expect(service.create(ann, { ...input, name: 'X', tier: 'Nonsense' })).rejects.toMatchObject({
      status: 400,
      fields: [{ field: 'throttlingPolicy' }],
    });
    expect((await service.list(ann, { name: 'X', limit: 10, offset: 0 })).total).toBe(0);
  });

  it('of somebody else, or of another organization, is not there', async () => {
    const [own] = (await service.list(bob, { limit: 10, offset: 0 })).rows;
    const id = own?.uuid ?? '';
    for (const stranger of [ann, as('bob', [], 'other.com')]) {
      await expect(service.get(stranger, id)).rejects.toMatchObject({ status: 404 });
      await expect(service.update(stranger, id, input)).rejects.toMatchObject({ status: 404 });
      await expect(service.delete(stranger, id)).rejects.toMatchObject({ status: 404 });
    }
    expect((await service.get(bob, id)).name).toBe('Shop');
  });

  it('is not changed by somebody who saw an older version', async () => {
    const made = await service.create(ann, { ...input, name: 'Edited' });
    await service.update(ann, made.uuid, { ...input, name: 'Edited', tier: '10PerMin' }, 1);
    await expect(service.update(ann, made.uuid, { ...input, name: 'Lost' }, 1)).rejects.toMatchObject({ status: 412 });
    await expect(service.delete(ann, made.uuid, 1)).rejects.toMatchObject({ status: 412 });
    expect(await world.record('application', made.uuid)).toMatchObject({ name: 'Edited', tier: '10PerMin' });
  });

  it('is listed by part of its name, sorted and paged', async () => {
    const carol = as('carol');
    for (const name of ['b_app', 'A-app', 'c app', 'zzz%']) await service.create(carol, { ...input, name });
    const page = await service.list(carol, { name: 'APP', sortBy: 'name', sortOrder: 'desc', limit: 2, offset: 0 });
    expect({ names: page.rows.map((row) => row.name), total: page.total }).toEqual({
      names: ['c app', 'b_app'],
      total: 3,
    });
    const all = await service.list(carol, { name: '%', limit: 10, offset: 0 });
    expect(all.rows.map((row) => row.name)).toEqual(['zzz%']);
  });
});
