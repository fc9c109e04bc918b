import 'reflect-metadata';
import { createLogger, systemClock } from '@tollgate/base';
import { connect, createDataSource, Database, systemContext } from '@tollgate/database';
import { freshMysqlDatabase, type FreshDatabase } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deploymentEntities } from './entities.js';
import { EnvironmentReader } from './environment.reader.js';
import { EnvironmentService, type EnvironmentInput } from './environment.service.js';
import { GatewayRecord } from './hub.entities.js';
import { RecordWriter } from './record-writer.js';

const log = createLogger({ level: 'silent', node: 'test' });
const ctx = systemContext('tenant1.com');
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function input(name: string): EnvironmentInput {
  return {
    name,
    displayName: name,
    description: '',
    gatewayType: 'Regular',
    vhosts: [{ host: 'eu.example', httpContext: '', httpPort: 80, httpsPort: 443, wsPort: 9099, wssPort: 8099 }],
    details: {
      provider: 'wso2',
      serviceUrl: '',
      showInApiConsole: true,
      endpointURIs: [],
      additionalProperties: [],
      permissions: { permissionType: 'PUBLIC', roles: [] },
      apiDiscoveryScheduledWindowMinutes: 60,
    },
  };
}

describe('environments on MariaDB', () => {
  let fresh: FreshDatabase;
  let db: Database;
  let reader: EnvironmentReader;
  let service: EnvironmentService;
  let records: RecordWriter;

  beforeAll(async () => {
    fresh = await freshMysqlDatabase();
    const address = { type: 'mariadb' as const, url: fresh.url, poolSize: 8 };
    const entities = deploymentEntities;
    const dataSource = await connect(
      createDataSource(address, { entities, migrations: { sqlite: [], mysql: [] } }),
      address,
    );
    await dataSource.synchronize();
    db = new Database(dataSource, log);
    records = new RecordWriter(systemClock);
    reader = new EnvironmentReader(db);
    service = new EnvironmentService(db, reader, records, systemClock);
  });
  afterAll(async () => {
    await db.dataSource.destroy();
    await fresh.drop();
  });

  /** What a deployment does: it looks the environment up, decides, and writes. */
  async function deploy(name: string, thinkMs: number): Promise<void> {
    await db.transaction(ctx, async (tx) => {
      await reader.getOrThrow(tx, name);
      await pause(thinkMs);
      const key = { kind: 'deployment', id: `api:${name}`, organization: ctx.organization } as const;
      await records.put(tx, { ...key, eventType: 'DEPLOY_API_IN_GATEWAY' }, {});
    });
  }

  it.each([
    ['while an API is being deployed to it', 150, 50],
    ['before an API is deployed to it', 0, 0],
  ])('never leave a deployment without its environment: deleted %s', async (name, thinkMs, deleteAfterMs) => {
    const made = await service.create(ctx, input(`env-${thinkMs}`));
    const [deployed, deleted] = await Promise.allSettled([
      deploy(made.name, thinkMs),
      pause(deleteAfterMs).then(() => service.delete(ctx, made.uuid)),
    ]);
    const left = await db.manager.countBy(GatewayRecord, { kind: 'deployment', id: `api:${made.name}` });
    expect(
      [deployed.status, deleted.status].toSorted((a, b) => a.localeCompare(b)),
      name,
    ).toEqual(['fulfilled', 'rejected']);
    expect(left).toBe(deployed.status === 'fulfilled' ? 1 : 0);
    if (deleted.status === 'rejected') expect(deleted.reason).toMatchObject({ code: 'ENVIRONMENT_IN_USE' });
    if (deployed.status === 'rejected') expect(deployed.reason).toMatchObject({ status: 404 });
  });

  it('are made once by callers who ask at the same time', async () => {
    const asked = await Promise.allSettled(Array.from({ length: 6 }, () => service.create(ctx, input('once'))));
    expect(asked.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    for (const one of asked)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'ENVIRONMENT_EXISTS', status: 409 });
    expect(await db.manager.countBy(GatewayRecord, { id: 'tenant1.com:once' })).toBe(1);
  });
});
