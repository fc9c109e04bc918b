import 'reflect-metadata';
import { createLogger, superOrganization } from '@tollgate/base';
import { configSchema } from '@tollgate/config';
import { connect, createDataSource, Database, systemContext, type DatabaseAddress } from '@tollgate/database';
import { deploymentEntities, GatewayRecord, HubSequence, RecordWriter } from '@tollgate/deployment/server';
import { freshMysqlDatabase } from '@tollgate/testing';
import { expect, it } from 'vitest';
import { throttlePolicyRecordSchema } from '../contract/index.js';
import {
  DefaultPolicies,
  DenyConditionService,
  PolicyExistsError,
  PolicyUsage,
  StrictPolicies,
  plainPlanDetails,
  ThrottlePolicyService,
  throttlingEntities,
} from './index.js';

const clock = { nowMs: () => 1_000 };
const ctx = systemContext(superOrganization);

it('keeps policies and deny conditions on MariaDB: of many that make the same at once, one succeeds', async () => {
  const fresh = await freshMysqlDatabase();
  const address: DatabaseAddress = { type: 'mariadb', url: fresh.url, poolSize: 6 };
  const entities = [...deploymentEntities, ...throttlingEntities];
  const dataSource = await connect(
    createDataSource(address, { entities, migrations: { sqlite: [], mysql: [] } }),
    address,
  );
  await dataSource.synchronize();
  const db = new Database(dataSource, createLogger({ level: 'silent', node: 'spec' }));
  const records = new RecordWriter(clock);
  const policies = new ThrottlePolicyService(
    db,
    records,
    new PolicyUsage(),
    new StrictPolicies(configSchema.parse({})),
    clock,
  );
  const denied = new DenyConditionService(db, records, clock);
  await db.transaction(ctx, (tx) => new DefaultPolicies(policies).seed(tx, superOrganization));

  const quota = { type: 'REQUESTCOUNTLIMIT', requestCount: 3, unitTime: 1, timeUnit: 'min' } as const;
  const groups = { conditionGroups: [], degradedMode: 'local-share', strict: false } as const;
  const plan = { ...groups, burst: null, stopOnQuotaReach: true, permissions: null, details: plainPlanDetails };
  const input = {
    name: 'Same',
    displayName: 'Same',
    description: '',
    quota,
    applicableLevel: 'apiLevel' as const,
    ...plan,
  };
  const made = await Promise.allSettled(Array.from({ length: 6 }, () => policies.create(ctx, 'application', input)));
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const one of made) if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(PolicyExistsError);

  const strict = await policies.create(ctx, 'application', { ...input, name: 'Strict', strict: true });
  const held = (await db.manager.findBy(GatewayRecord, { kind: 'throttle-policy' })).find(({ value }) =>
    value.includes(strict.uuid),
  );
  expect(throttlePolicyRecordSchema.parse(JSON.parse(held?.value ?? '{}'))).toMatchObject({ strict: true });

  const bob = { type: 'USER', value: 'bob', status: true } as const;
  const blocked = await Promise.allSettled(Array.from({ length: 6 }, () => denied.create(ctx, bob)));
  expect(blocked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const one of blocked) if (one.status === 'rejected') expect(one.reason).toMatchObject({ status: 409 });

  const counted = await db.manager.countBy(GatewayRecord, {});
  expect(counted).toBe(17 + 2 + 1);
  expect((await db.manager.findOneByOrFail(HubSequence, { id: 1 })).value).toBe(counted);
  await dataSource.destroy();
  await fresh.drop();
});
