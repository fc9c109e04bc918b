import 'reflect-metadata';
import {
  createLogger,
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
  StaleVersionError,
  superOrganization,
} from '@tollgate/base';
import { configSchema } from '@tollgate/config';
import { createDataSource, Database, systemContext, type RequestContext } from '@tollgate/database';
import { deploymentEntities, GatewayRecord, OutboxEntry, RecordWriter } from '@tollgate/deployment/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { denyConditionRecordSchema, throttlePolicyRecordSchema, unlimitedCount } from '../contract/index.js';
import {
  DefaultPolicies,
  DenyConditionService,
  plainPlanDetails,
  PolicyExistsError,
  PolicyUsage,
  StrictPolicies,
  ThrottlePolicyReader,
  ThrottlePolicyService,
  throttlingEntities,
  type ThrottlePolicyInput,
} from './index.js';

const clock = { nowMs: () => 1_000 };
const ctx = systemContext(superOrganization);
const tenant = systemContext('tenant1.com');

let db: Database;
let policies: ThrottlePolicyService;
let reader: ThrottlePolicyReader;
let usage: PolicyUsage;
let denied: DenyConditionService;

beforeEach(async () => {
  const entities = [...deploymentEntities, ...throttlingEntities];
  const dataSource = createDataSource(
    { type: 'sqlite', file: ':memory:' },
    { entities, migrations: { sqlite: [], mysql: [] } },
  );
  await dataSource.initialize();
  await dataSource.synchronize();
  db = new Database(dataSource, createLogger({ level: 'silent', node: 'test' }));
  const records = new RecordWriter(clock);
  usage = new PolicyUsage();
  policies = new ThrottlePolicyService(db, records, usage, new StrictPolicies(configSchema.parse({})), clock);
  reader = new ThrottlePolicyReader(db);
  denied = new DenyConditionService(db, records, clock);
});
afterEach(() => db.dataSource.destroy());

function input(name: string, requestCount = 10): ThrottlePolicyInput {
  const quota = { type: 'REQUESTCOUNTLIMIT', requestCount, unitTime: 1, timeUnit: 'min' } as const;
  const groups = { conditionGroups: [], degradedMode: 'local-share', strict: false } as const;
  const plan = { ...groups, burst: null, stopOnQuotaReach: true, permissions: null, details: plainPlanDetails };
  return { name, displayName: name, description: '', quota, applicableLevel: 'apiLevel', ...plan };
}

async function recordValues(kind: string): Promise<unknown[]> {
  return (await db.manager.findBy(GatewayRecord, { kind })).map((row) => JSON.parse(row.value) as unknown);
}

describe('policies', () => {
  it('reach gateways as a record, written with the policy and gone with it', async () => {
    const made = await policies.create(ctx, 'application', input('Ten'));
    const changed = await policies.update(ctx, 'application', made.uuid, input('Ten', 20));
    expect(changed.rowVersion).toBe(2);
    const [record] = await recordValues('throttle-policy');
    expect(throttlePolicyRecordSchema.parse(record)).toMatchObject({ name: 'Ten', limit: { requestCount: 20 } });
    await policies.delete(ctx, 'application', made.uuid);
    expect(await recordValues('throttle-policy')).toEqual([]);
    const events = await db.manager.find(OutboxEntry, { order: { at: 'ASC', seq: 'ASC' } });
    expect(events.map(({ topic, type }) => `${topic} ${type}`)).toEqual([
      'notification POLICY_CREATE',
      'notification POLICY_UPDATE',
      'notification POLICY_DELETE',
    ]);
  });

  it('are strict only where one place counts for all gateways', async () => {
    const strict = { ...input('Strict'), strict: true };
    await policies.create(ctx, 'application', strict);
    const [record] = await recordValues('throttle-policy');
    expect(throttlePolicyRecordSchema.parse(record)).toMatchObject({ name: 'Strict', strict: true });
    const brokers = { event_hub: { event_listening_endpoints: ['tcp://localhost:5672'] } };
    const store = { distributed_throttling: { enable: true, keyvalue_store: { host: 'localhost' } } };
    const check = (apim: object) => new StrictPolicies(configSchema.parse({ apim })).check('application', strict);
    const message = expect.stringContaining('[apim.distributed_throttling]') as string;
    expect(() => check(brokers)).toThrow(expect.objectContaining({ fields: [{ field: 'strict', message }] }));
    expect(() => check({ ...brokers, ...store })).not.toThrow();
  });

  it('have names that are unique per organization and level', async () => {
    await policies.create(ctx, 'application', input('Ten'));
    await expect(policies.create(ctx, 'application', input('Ten'))).rejects.toBeInstanceOf(PolicyExistsError);
    await policies.create(ctx, 'subscription', input('Ten'));
    await policies.create(tenant, 'application', input('Ten'));
  });

  it('of another organization or level are not found', async () => {
    const made = await policies.create(ctx, 'application', input('Ten'));
    await expect(policies.get(tenant, 'application', made.uuid)).rejects.toBeInstanceOf(NotFoundError);
    await expect(policies.delete(ctx, 'advanced', made.uuid)).rejects.toBeInstanceOf(NotFoundError);
  });

  it('keep their name, and refuse a change based on an older version', async () => {
    const made = await policies.create(ctx, 'application', input('Ten'));
    await expect(policies.update(ctx, 'application', made.uuid, input('Eleven'))).rejects.toBeInstanceOf(
      InvalidInputError,
    );
    await policies.update(ctx, 'application', made.uuid, input('Ten', 20));
    await expect(policies.update(ctx, 'application', made.uuid, input('Ten'), 1)).rejects.toBeInstanceOf(
      StaleVersionError,
    );
    await expect(policies.delete(ctx, 'application', made.uuid, 1)).rejects.toBeInstanceOf(StaleVersionError);
  });

  it('in use stay, with the reason, and nothing is changed', async () => {
    const made = await policies.create(ctx, 'subscription', input('Ten'));
    usage.register('subscription', 'subscriptions', async (_, name) => (name === 'Ten' ? 3 : 0));
    usage.register('application', 'applications', async () => 7);
    await expect(policies.delete(ctx, 'subscription', made.uuid)).rejects.toMatchObject({
      status: 403,
      code: 'THROTTLE_POLICY_IN_USE',
      message: 'Policy "Ten" is used by 3 subscriptions.',
    });
    expect(await policies.get(ctx, 'subscription', made.uuid)).toMatchObject({ rowVersion: 1 });
  });

  it('limit who may use them by role', async () => {
    const gold = { ...input('Gold'), permissions: { permissionType: 'ALLOW' as const, roles: ['vip'] } };
    await policies.create(ctx, 'subscription', gold);
    await policies.create(ctx, 'subscription', {
      ...gold,
      name: 'NoVip',
      permissions: { permissionType: 'DENY', roles: ['vip'] },
    });
    const as = (...roles: string[]): RequestContext => ({ ...ctx, principal: { userName: 'ann', roles, scopes: [] } });
    const allowed = (roles: string[], name: string) => reader.isAllowed(as(...roles), 'subscription', name);
    expect([await allowed(['vip'], 'Gold'), await allowed(['x'], 'Gold')]).toEqual([true, false]);
    expect([await allowed(['vip'], 'NoVip'), await allowed([], 'NoVip')]).toEqual([false, true]);
    expect(await allowed(['vip'], 'Missing')).toBe(false);
    await expect(reader.assertExists(ctx, 'subscription', 'Missing', 'policies[0]')).rejects.toMatchObject({
      fields: [{ field: 'policies[0]', message: 'There is no subscription policy "Missing" in this organization.' }],
    });
  });
});

describe('default policies', () => {
  it('are those of the field, per organization, and one that was deleted stays deleted', async () => {
    const defaults = new DefaultPolicies(policies);
    const seed = () => db.transaction(ctx, (tx) => defaults.seed(tx, 'tenant1.com'));
    await seed();
    const names = async () => (await reader.list(tenant, 'application')).map((one) => one.name);
    expect(await names()).toEqual(['10PerMin', '20PerMin', '50PerMin', 'Unlimited']);
    expect(await reader.list(ctx, 'application')).toEqual([]);
    const ten = await reader.find(tenant, 'application', '10PerMin');
    await policies.delete(tenant, 'application', ten?.uuid ?? '');
    await seed();
    expect(await names()).toEqual(['20PerMin', '50PerMin', 'Unlimited']);
    expect((await reader.find(tenant, 'subscription', 'Gold'))?.quota?.requestCount).toBe(5_000);
    const unlimited = await reader.find(tenant, 'advanced', 'Unlimited');
    expect(unlimited?.quota).toBeNull();
    await expect(policies.delete(tenant, 'advanced', unlimited?.uuid ?? '')).rejects.toBeInstanceOf(ForbiddenError);
  });

  it('of streams reach every organization of an older database once; own plans of their names and deletions stay', async () => {
    const defaults = new DefaultPolicies(policies);
    await policies.create(tenant, 'subscription', input('AsyncGold', 7)); // of somebody who came before them
    const seedAll = () => db.transaction(ctx, (tx) => defaults.seedAll(tx));
    await seedAll();
    const plans = async (of: RequestContext): Promise<object> =>
      Object.fromEntries(
        (await reader.list(of, 'subscription'))
          .filter(({ name }) => name.startsWith('Async'))
          .map(({ name, quota }) => [name, quota?.type === 'EVENTCOUNTLIMIT' ? quota.eventCount : quota?.type]),
      );
    const given = { AsyncBronze: 5_000, AsyncSilver: 25_000, AsyncUnlimited: unlimitedCount };
    expect(await plans(ctx)).toEqual({ ...given, AsyncGold: 50_000 });
    expect(await plans(tenant)).toEqual({ ...given, AsyncGold: 'REQUESTCOUNTLIMIT' });
    const records = (await recordValues('throttle-policy')).map((record) => throttlePolicyRecordSchema.parse(record));
    expect(records.find(({ name }) => name === 'AsyncUnlimited')?.limit).toBeNull();
    expect(records.find(({ name }) => name === 'AsyncSilver')?.limit).toMatchObject({ eventCount: 25_000 });
    const silver = await reader.find(tenant, 'subscription', 'AsyncSilver');
    await policies.delete(tenant, 'subscription', silver?.uuid ?? '');
    await seedAll();
    expect(Object.keys(await plans(tenant)).toSorted()).toEqual(['AsyncBronze', 'AsyncGold', 'AsyncUnlimited']);
    expect(await plans(ctx)).toMatchObject({ AsyncSilver: 25_000 });
  });
});

describe('deny conditions', () => {
  it('are known to gateways while they are switched on', async () => {
    const made = await denied.create(ctx, { type: 'IP', value: { fixedIp: '10.0.0.0/8' }, status: true });
    const [record] = await recordValues('deny-condition');
    expect(denyConditionRecordSchema.parse(record)).toMatchObject({
      id: made.id,
      uuid: made.uuid,
      type: 'IP',
      value: { fixedIp: '10.0.0.0/8', invert: false },
    });
    await denied.setStatus(ctx, made.uuid, false);
    expect(await recordValues('deny-condition')).toEqual([]);
    await denied.setStatus(ctx, made.uuid, true);
    expect(await recordValues('deny-condition')).toHaveLength(1);
    await denied.delete(ctx, made.uuid);
    expect(await recordValues('deny-condition')).toEqual([]);
    expect((await db.manager.find(OutboxEntry)).every((entry) => entry.topic === 'throttleData')).toBe(true);
  });

  it('exist once per value and organization', async () => {
    const bob = { type: 'USER', value: 'bob', status: true } as const;
    expect((await denied.create(ctx, bob)).value).toBe('bob@carbon.super');
    await expect(denied.create(ctx, { ...bob, value: 'bob@carbon.super' })).rejects.toMatchObject({ status: 409 });
    expect((await denied.create(tenant, bob)).value).toBe('bob@tenant1.com');
  });

  it.each([
    ['IP', '10.0.0.1', 'conditionValue.fixedIp'],
    ['IP', { fixedIp: '10.0.0.300' }, 'conditionValue.fixedIp'],
    ['IP', { fixedIp: '10.0.0.1', invert: 'no' }, 'conditionValue.invert'],
    ['IPRANGE', { startingIp: '10.0.0.1' }, 'conditionValue.endingIp'],
    ['IPRANGE', { startingIp: '10.0.0.9', endingIp: '10.0.0.1' }, 'conditionValue.endingIp'],
    ['API', 'pizza', 'conditionValue'],
    ['API', {}, 'conditionValue'],
    ['APPLICATION', 'DefaultApplication', 'conditionValue'],
    ['USER', '', 'conditionValue'],
    ['USER', null, 'conditionValue'],
    ['SUBSCRIPTION', 'x', 'conditionValue'],
  ] as const)('refuse %s %j with the field %s', async (type, value, field) => {
    const made = denied.create(ctx, { type, value, status: true });
    await expect(made).rejects.toMatchObject({ status: 400, fields: [expect.objectContaining({ field })] });
    expect(await denied.list(ctx)).toEqual([]);
  });
});
