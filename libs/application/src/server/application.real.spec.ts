import { ApiService } from '@tollgate/api/server';
import { freshMysqlDatabase, type FreshDatabase } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { as, publishApi, startWorld, type World } from '../../test/world.js';
import { Subscription } from './subscription.entity.js';
import {
  ApplicationService,
  IdempotencyService,
  KeyService,
  SubscriptionReader,
  SubscriptionService,
} from './index.js';

let database: FreshDatabase;
let world: World;
const ann = as('ann');
const publisher = as('admin', ['admin']);

beforeAll(async () => {
  database = await freshMysqlDatabase();
  world = await startWorld({ type: 'mariadb', url: database.url, poolSize: 8 });
});
afterAll(async () => {
  await world.stop();
  await database.drop();
});

let number = 0;
async function application(name = `App ${++number}`): Promise<string> {
  const input = { name, tier: 'Unlimited', description: '', tokenType: 'JWT' as const, attributes: {}, groups: [] };
  return (await world.app.get(ApplicationService).create(ann, input)).uuid;
}
const statuses = (results: readonly PromiseSettledResult<unknown>[]): string[] =>
  results.map((result) =>
    result.status === 'fulfilled' ? 'done' : String((result.reason as { status?: number }).status),
  );

describe('on MariaDB', () => {
  it('names are told apart byte for byte and searched in any letter case', async () => {
    await application('Été');
    await application('été');
    await expect(application('Été')).rejects.toMatchObject({ code: 'APPLICATION_EXISTS' });
    const found = await world.app.get(ApplicationService).list(ann, { name: 'ÉTÉ', limit: 10, offset: 0 });
    expect(found.rows.map((row) => row.name).toSorted()).toEqual(['Été', 'été'].toSorted());
  });

  it('of eight attempts at once to make keys one succeeds and seven are told so', async () => {
    const app = await application();
    const input = {
      keyType: 'PRODUCTION',
      keyManager: '',
      grantTypes: ['client_credentials'],
      callbackUrl: '',
      scopes: [],
      accessTokenSeconds: null,
      refreshTokenSeconds: null,
    } as const;
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, () => world.app.get(KeyService).generate(ann, app, input)),
    );
    expect(statuses(results).toSorted()).toEqual([...Array.from({ length: 7 }, () => '409'), 'done']);
    expect(await world.app.get(KeyService).list(ann, app)).toHaveLength(1);
  });

  it('of eight requests with one Idempotency-Key at once one is done, and all get its answer', async () => {
    const app = await application();
    const input = {
      keyType: 'SANDBOX',
      keyManager: '',
      grantTypes: ['client_credentials'],
      callbackUrl: '',
      scopes: [],
      accessTokenSeconds: null,
      refreshTokenSeconds: null,
    } as const;
    const keys = world.app.get(KeyService);
    const attempt = () =>
      world.app.get(IdempotencyService).run(
        ann,
        { operation: 'generate-keys', key: 'one', asked: app },
        {
          work: async (tx) => (await keys.make(tx, app, input)).key.uuid,
          answer: async (uuid) => (await keys.withFirstToken(ann, app, uuid, [])).token,
        },
      );
    const answers = await Promise.all(Array.from({ length: 8 }, attempt));
    expect(answers[0]?.accessToken).toMatch(/^ey/);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await keys.list(ann, app)).toHaveLength(1);
    world.clock.now += 25 * 3_600_000;
    await expect(attempt()).rejects.toMatchObject({ code: 'KEYS_EXIST' });
  });

  it('a subscription and the deletion of its application or its API never leave half of it', async () => {
    for (let round = 0; round < 8; round++) {
      const apiUuid = await publishApi(world.app, `Race${round}`);
      const applicationUuid = await application();
      const results = await Promise.allSettled([
        world.app.get(SubscriptionService).create(ann, { apiUuid, applicationUuid, plan: 'Gold' }),
        round % 2 === 0
          ? world.app.get(ApplicationService).delete(ann, applicationUuid)
          : world.app.get(ApiService).delete(publisher, apiUuid),
      ]);
      expect(['done,done', 'done,409', '404,done']).toContain(statuses(results).join(','));
      const [row] = await world.db.manager.findBy(Subscription, { apiUuid });
      if (!row) continue;
      // What is left is whole: its application and its API are there, and gateways know it.
      expect((await world.app.get(SubscriptionReader).get(publisher, row.uuid)).application.uuid).toBe(applicationUuid);
      expect(await world.app.get(ApiService).get(publisher, apiUuid)).toBeDefined();
      expect(await world.record('subscription', row.uuid)).not.toBeNull();
    }
  });
});
