import 'reflect-metadata';
import { createLogger, StartupError, superOrganization } from '@tollgate/base';
import { createDataSource, Database, systemContext, type RequestContext } from '@tollgate/database';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configuredEnvironments } from './configured-environments.js';
import { deploymentEntities } from './entities.js';
import { seedEnvironments } from './environment-seed.js';
import { EnvironmentReader } from './environment.reader.js';
import { EnvironmentService, type EnvironmentInput } from './environment.service.js';
import { GatewayRecord } from './hub.entities.js';
import { RecordWriter } from './record-writer.js';

const clock = { nowMs: () => 1_000 };
const system = systemContext(superOrganization);
const tenant = systemContext('tenant1.com');
const config = {
  server: { hostname: 'localhost', offset: 3 },
  tollgate: { gateway: { http_port: 8280, https_port: 8243 } },
  apim: { gateway: { environment: [] } },
};
const vhost = { host: 'eu.example', httpContext: '', httpPort: 80, httpsPort: 443, wsPort: 9099, wssPort: 8099 };

function input(name: string, more: Partial<EnvironmentInput> = {}): EnvironmentInput {
  const permissions = { permissionType: 'PUBLIC' as const, roles: [] };
  const details = {
    provider: 'tollgate',
    serviceUrl: '',
    showInApiConsole: true,
    endpointURIs: [],
    additionalProperties: [],
    permissions,
    apiDiscoveryScheduledWindowMinutes: 60,
  };
  return { name, displayName: name, description: '', gatewayType: 'Regular', vhosts: [vhost], details, ...more };
}

let db: Database;
let records: RecordWriter;
let reader: EnvironmentReader;
let service: EnvironmentService;

const seed = (environments = configuredEnvironments(config)): Promise<void> =>
  db.transaction(system, (tx) => seedEnvironments(tx, environments, { records, clock }));
const names = async (ctx: RequestContext): Promise<string[]> => (await reader.list(ctx)).map((row) => row.name);

beforeEach(async () => {
  const dataSource = createDataSource(
    { type: 'sqlite', file: ':memory:' },
    { entities: deploymentEntities, migrations: { sqlite: [], mysql: [] } },
  );
  await dataSource.initialize();
  await dataSource.synchronize();
  db = new Database(dataSource, createLogger({ level: 'silent', node: 'test' }));
  records = new RecordWriter(clock);
  reader = new EnvironmentReader(db);
  service = new EnvironmentService(db, reader, records, clock);
  await seed();
});
afterEach(() => db.dataSource.destroy());

describe('environments of the configuration', () => {
  it('are one called Default at this host, moved by the offset, when none is configured', async () => {
    const found = await reader.getOrThrow(tenant, 'Default');
    expect(found).toMatchObject({
      isReadOnly: true,
      type: 'hybrid',
      rowVersion: 1,
      vhosts: [{ host: 'localhost', httpPort: 8283, httpsPort: 8246, wsPort: 9102, wssPort: 8102 }],
    });
    expect(await db.manager.findBy(GatewayRecord, { kind: 'environment' })).toMatchObject([
      { id: 'Default', organization: superOrganization },
    ]);
  });

  it('take host, path and ports from their endpoints', () => {
    const [environment] = configuredEnvironments({
      ...config,
      apim: {
        gateway: {
          environment: [
            {
              name: 'eu',
              type: 'production',
              gateway_type: 'Regular',
              http_endpoint: 'http://gw.eu',
              https_endpoint: 'https://gw.eu:9443/apis/',
              ws_endpoint: 'ws://gw.eu:1',
            },
          ],
        },
      },
    });
    expect(environment).toMatchObject({
      name: 'eu',
      type: 'production',
      vhosts: [{ host: 'gw.eu', httpContext: '/apis', httpPort: 80, httpsPort: 9443, wsPort: 1, wssPort: 8102 }],
    });
  });

  it('are where the gateway of the same file listens when nothing else is said', () => {
    const gateway = { http_port: 80, https_port: 443 };
    const ports = (more: object): unknown =>
      configuredEnvironments({ ...config, tollgate: { gateway: { ...gateway, ...more } } })[0]?.vhosts[0];
    expect(ports({})).toMatchObject({ httpPort: 83, httpsPort: 446, wsPort: 83, wssPort: 446 });
    expect(ports({ ws_port: 90, https_port: 0 })).toMatchObject({ wsPort: 93, httpsPort: 8246, wssPort: 8102 });
  });

  it.each([
    [[{ name: 'eu' }, { name: 'eu' }], 'names "eu" twice'],
    [[{ name: 'eu', http_endpoint: 'gw.eu:8280' }], 'http_endpoint = "gw.eu:8280" is no address'],
  ])('are refused at start when wrong: %j', (environment, reason) => {
    const sources = environment.map((one) => ({ type: 'hybrid' as const, gateway_type: 'Regular', ...one }));
    const read = (): unknown => configuredEnvironments({ ...config, apim: { gateway: { environment: sources } } });
    expect(read).toThrow(StartupError);
    expect(read).toThrow(reason);
  });

  it('are seeded again without a change, follow a changed configuration, and are let go when they are left out', async () => {
    await seed();
    expect((await reader.getOrThrow(system, 'Default')).rowVersion).toBe(1);
    await seed(configuredEnvironments({ ...config, server: { hostname: 'apis.example', offset: 0 } }));
    expect(await reader.getOrThrow(system, 'Default')).toMatchObject({
      rowVersion: 2,
      vhosts: [{ host: 'apis.example' }],
    });
    await seed([]);
    expect(await reader.getOrThrow(system, 'Default')).toMatchObject({ rowVersion: 3, isReadOnly: false });
    expect(await db.manager.findBy(GatewayRecord, { kind: 'environment' })).toMatchObject([
      { id: 'carbon.super:Default' },
    ]);
  });

  it('refuse change and deletion', async () => {
    const row = await reader.getOrThrow(tenant, 'Default');
    await expect(service.update(tenant, row.uuid, input('Default'))).rejects.toMatchObject({
      status: 400,
      code: 'ENVIRONMENT_READ_ONLY',
    });
    await expect(service.delete(tenant, row.uuid)).rejects.toMatchObject({
      status: 400,
      code: 'ENVIRONMENT_READ_ONLY',
    });
  });
});

describe('environments of an organization', () => {
  it('belong to it alone and have a record while they exist', async () => {
    const made = await service.create(tenant, input('eu'));
    expect(await names(tenant)).toEqual(['Default', 'eu']);
    expect(await names(system)).toEqual(['Default']);
    await expect(service.get(system, made.uuid)).rejects.toMatchObject({ status: 404 });
    expect(await db.manager.countBy(GatewayRecord, { id: 'tenant1.com:eu' })).toBe(1);
    await service.delete(tenant, made.uuid);
    expect(await db.manager.countBy(GatewayRecord, { id: 'tenant1.com:eu' })).toBe(0);
    await expect(reader.getOrThrow(tenant, 'eu')).rejects.toMatchObject({ status: 404 });
  });

  it.each(['Default', 'eu'])('cannot take the name %s again', async (name) => {
    await service.create(tenant, input('eu'));
    await expect(service.create(tenant, input(name))).rejects.toMatchObject({
      status: 409,
      code: 'ENVIRONMENT_EXISTS',
    });
  });

  it('change all but their name, and not when somebody else was faster', async () => {
    const made = await service.create(tenant, input('eu'));
    expect(await service.update(tenant, made.uuid, input('eu', { description: 'new' }), 1)).toMatchObject({
      description: 'new',
      rowVersion: 2,
    });
    await expect(service.update(tenant, made.uuid, input('eu'), 1)).rejects.toMatchObject({ status: 412 });
    await expect(service.update(tenant, made.uuid, input('us'))).rejects.toMatchObject({
      status: 400,
      fields: [{ field: 'name' }],
    });
    await expect(service.update(tenant, made.uuid, input('eu', { vhosts: [vhost, vhost] }))).rejects.toMatchObject({
      status: 400,
      fields: [{ field: 'vhosts' }],
    });
  });

  it('cannot be deleted while an API is deployed to them', async () => {
    const made = await service.create(tenant, input('e_u'));
    const deploy = (id: string, organization: string): Promise<void> =>
      db.transaction(system, (tx) =>
        records.put(tx, { kind: 'deployment', id, organization, eventType: 'DEPLOY_API_IN_GATEWAY' }, {}),
      );
    await deploy('api1:e_u', 'tenant1.com');
    await expect(service.delete(tenant, made.uuid)).rejects.toMatchObject({
      status: 409,
      code: 'ENVIRONMENT_IN_USE',
      message: 'Environment "e_u" has 1 deployed API.',
    });
    expect(await names(tenant)).toContain('e_u');
    await db.transaction(system, (tx) =>
      records.remove(tx, { kind: 'deployment', id: 'api1:e_u', organization: 'tenant1.com', eventType: 'REMOVE' }),
    );
    await deploy('api2:eau', 'tenant1.com'); // matches the pattern, is another environment
    await deploy('api3:e_u', 'other.com');
    await service.delete(tenant, made.uuid);
  });

  it('are offered only to the roles that they name', async () => {
    const details = { ...input('x').details, permissions: { permissionType: 'ALLOW' as const, roles: ['ops'] } };
    await service.create(tenant, input('eu', { details }));
    const as = (role: string): RequestContext => ({
      ...tenant,
      principal: { userName: 'ann', roles: [role], scopes: [] },
    });
    expect(await names(as('ops'))).toEqual(['Default', 'eu']);
    expect(await names(as('dev'))).toEqual(['Default']);
    await expect(reader.getOrThrow(as('dev'), 'eu')).rejects.toMatchObject({ status: 404 });
  });
});
