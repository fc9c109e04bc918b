import { afterAll, beforeAll, expect, it } from 'vitest';
import { as, startWorld, type World } from '../../test/world.js';
import type { ApplicationRecord } from '../contract/index.js';
import { ApplicationService, QuotaResetService, type ApplicationInput } from './index.js';

let world: World;
let applications: ApplicationService;
let resets: QuotaResetService;
const ann = as('ann');
const input: ApplicationInput = {
  name: 'Shop',
  tier: '10PerMin',
  description: '',
  tokenType: 'JWT',
  attributes: {},
  groups: [],
};

beforeAll(async () => {
  world = await startWorld();
  applications = world.app.get(ApplicationService);
  resets = world.app.get(QuotaResetService);
});
afterAll(() => world.stop());

const resetsOf = async (uuid: string) => ((await world.record('application', uuid)) as ApplicationRecord).quotaResets;

it('numbers the resets of a window, tells gateways until when they hold, and forgets those that are over', async () => {
  const { uuid, rowVersion } = await applications.create(ann, input);
  const start = Math.ceil(world.clock.now / 60_000) * 60_000;
  world.clock.now = start + 1_000;
  await resets.reset(ann, uuid, 'bob');
  await resets.reset(ann, uuid, 'carol@other.com');
  const untilMs = start + 60_000;
  const first = { user: 'bob@carbon.super', number: 1, untilMs };
  const second = { user: 'carol@other.com', number: 2, untilMs };
  expect(await resetsOf(uuid)).toEqual([first, second]);
  await resets.reset(ann, uuid, 'bob@carbon.super');
  expect(await resetsOf(uuid)).toEqual([second, { ...first, number: 3 }]);
  expect((await applications.update(ann, uuid, { ...input, description: 'x' }, rowVersion)).description).toBe('x');
  expect(await resetsOf(uuid)).toHaveLength(2);
  world.clock.now += 60_000;
  await resets.reset(ann, uuid, 'bob');
  expect(await resetsOf(uuid)).toEqual([{ ...first, untilMs: untilMs + 60_000 }]);
});

it('is for the owner alone, and changes nothing where nothing is limited', async () => {
  const { uuid } = await applications.create(ann, { ...input, name: 'Free', tier: 'Unlimited' });
  await expect(resets.reset(as('bob'), uuid, 'bob')).rejects.toMatchObject({ status: 404 });
  await resets.reset(ann, uuid, 'bob');
  expect(await resetsOf(uuid)).toEqual([]);
});
