import 'reflect-metadata';
import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { apiBodySchema, type LifecycleAction } from '@tollgate/api/domain';
import {
  ApiModule,
  ApiService,
  apiEntities,
  DeploymentService,
  LifecycleService,
  RevisionService,
} from '@tollgate/api/server';
import { createLogger, superOrganization, tollgateClock, tollgateConfig, tollgateLogger } from '@tollgate/base';
import { loadConfig } from '@tollgate/config';
import {
  createDataSource,
  Database,
  SeedRegistry,
  systemContext,
  type DatabaseAddress,
  type RequestContext,
} from '@tollgate/database';
import {
  DeploymentModule,
  deploymentEntities,
  EnvironmentModule,
  GatewayRecord,
  OutboxEntry,
} from '@tollgate/deployment/server';
import { HttpModule } from '@tollgate/http';
import { IdentityModule, identityEntities } from '@tollgate/identity/server';
import { OAuthModule, oauthEntities } from '@tollgate/oauth/server';
import { ThrottlingModule, throttlingEntities } from '@tollgate/throttling/server';
import { WorkflowModule, workflowEntities } from '@tollgate/workflow/server';
import { ApplicationModule, applicationEntities } from '../src/server/index.js';

/** Lines logged so far, by everything in this file's process. */
export const logged: string[] = [];
export const log = createLogger({ level: 'info', node: 'test' }, { write: (line: string) => void logged.push(line) });
export const entities = [
  ...deploymentEntities,
  ...throttlingEntities,
  ...identityEntities,
  ...oauthEntities,
  ...apiEntities,
  ...applicationEntities,
  ...workflowEntities,
];
export const domainModules = [
  DeploymentModule,
  EnvironmentModule,
  ThrottlingModule,
  IdentityModule,
  OAuthModule,
  ApiModule,
  ApplicationModule,
  WorkflowModule,
];

/** A clock that a spec moves. */
export class HandClock {
  constructor(public now = Date.UTC(2026, 10, 21, 12)) {}
  nowMs(): number {
    return this.now;
  }
}

@Global()
@Module({})
class CoreOfSpecs {}

/** Database, configuration, clock and logger, as the launcher gives them. */
export async function coreModule(
  clock: HandClock,
  address: DatabaseAddress = { type: 'sqlite', file: ':memory:' },
): Promise<{ module: DynamicModule; db: Database }> {
  const config = loadConfig({
    toml: '[oauth.grant_type.password]\nenable = false\n',
    env: { TOLLGATE_SUPER_ADMIN__PASSWORD: 'Admin-1-of-specs', TOLLGATE_ENCRYPTION__KEY: 'ab'.repeat(32) },
  });
  const dataSource = await createDataSource(address, { entities, migrations: { sqlite: [], mysql: [] } }).initialize();
  await dataSource.synchronize();
  const db = new Database(dataSource, log);
  const providers = [
    { provide: Database, useValue: db },
    SeedRegistry,
    { provide: tollgateConfig, useValue: config },
    { provide: tollgateLogger, useValue: log },
    { provide: tollgateClock, useValue: clock },
  ];
  return {
    module: {
      module: CoreOfSpecs,
      providers,
      exports: providers.map((each) => ('provide' in each ? each.provide : each)),
    },
    db,
  };
}

/** The real modules of every domain on one fresh database, seeded. */
export async function startWorld(address?: DatabaseAddress) {
  const clock = new HandClock();
  const { module, db } = await coreModule(clock, address);
  const app = await Test.createTestingModule({
    imports: [module, HttpModule.forRoot({ log }), ...domainModules],
  }).compile();
  await app.init();
  await app.get(SeedRegistry).runAll(db);
  return {
    app,
    db,
    clock,
    /** Record that gateways hold, parsed; null when there is none. */
    async record(kind: string, id: string): Promise<unknown> {
      const row = await db.manager.findOneBy(GatewayRecord, { kind, id });
      return row ? (JSON.parse(row.value) as unknown) : null;
    },
    /** Types of the hub events so far, oldest first. */
    async events(): Promise<string[]> {
      const rows = await db.manager.find(OutboxEntry);
      return rows.toSorted((a, b) => Number(a.seq) - Number(b.seq)).map((row) => row.type);
    },
    async stop(): Promise<void> {
      await app.close();
      if (db.dataSource.isInitialized) await db.dataSource.destroy();
    },
  };
}
export type World = Awaited<ReturnType<typeof startWorld>>;

export function as(
  userName: string,
  roles: readonly string[] = ['Internal/subscriber', 'Internal/everyone'],
  organization = superOrganization,
): RequestContext {
  return { ...systemContext(organization, 'spec'), principal: { userName, roles, scopes: [] } };
}

const adminContext = as('admin', ['admin', 'Internal/everyone']);

/** A published API, deployed to `Default`. */
export async function publishApi(
  app: Pick<World['app'], 'get'>,
  name: string,
  options: { policies?: string[]; actions?: LifecycleAction[]; body?: object; ctx?: RequestContext } = {},
): Promise<string> {
  const ctx = options.ctx ?? adminContext;
  const input = apiBodySchema.parse({
    policies: options.policies ?? ['Unlimited', 'Gold'],
    endpointConfig: { endpoint_type: 'http', production_endpoints: { url: 'http://back.example/' } },
    operations: [{ target: '/menu', verb: 'GET' }],
    ...options.body,
  });
  const { uuid } = await app
    .get(ApiService)
    .create(ctx, { identity: { name, context: `/${name.toLowerCase()}`, version: '1.0.0' }, input });
  const revision = await app.get(RevisionService).create(ctx, uuid, 'r1');
  await app
    .get(DeploymentService)
    .deploy(ctx, uuid, revision.revision.uuid, [{ environment: 'Default', displayOnDevportal: true }]);
  for (const action of options.actions ?? ['Publish'])
    await app.get(LifecycleService).change(ctx, uuid, action as LifecycleAction);
  return uuid;
}
