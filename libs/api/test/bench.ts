import 'reflect-metadata';
import { createLogger, SecretBox, superOrganization, type Clock } from '@tollgate/base';
import { configSchema } from '@tollgate/config';
import {
  createDataSource,
  Database,
  systemContext,
  type DatabaseAddress,
  type RequestContext,
} from '@tollgate/database';
import {
  deploymentEntities,
  EnvironmentReader,
  GatewayRecord,
  RecordWriter,
  seedEnvironments,
  type ConfiguredEnvironment,
} from '@tollgate/deployment/server';
import { KeyManagerReader } from '@tollgate/oauth/server';
import {
  DefaultPolicies,
  PolicyUsage,
  StrictPolicies,
  throttlingEntities,
  ThrottlePolicyReader,
  ThrottlePolicyService,
} from '@tollgate/throttling/server';
import { workflowEntities } from '@tollgate/workflow/server';
import { openWorkflows } from '@tollgate/workflow/testing';
import { apiBodySchema, type ApiIdentity } from '../src/domain/index.js';
import { ApiCatalogReader } from '../src/server/api-catalog.reader.js';
import { ApiChecks } from '../src/server/api-checks.js';
import { ApiLabels } from '../src/server/api-labels.js';
import { ApiRecords } from '../src/server/api-records.js';
import { ApiScopes } from '../src/server/api-scopes.js';
import { ApiUsage } from '../src/server/api-usage.js';
import type { Api } from '../src/server/api.entity.js';
import { ApiReader } from '../src/server/api.reader.js';
import { ApiService } from '../src/server/api.service.js';
import { ApiStore } from '../src/server/api.store.js';
import { DefinitionReader } from '../src/server/definition-reader.js';
import { DefinitionService } from '../src/server/definition.service.js';
import { DeploymentService } from '../src/server/deployment.service.js';
import { DocumentStore } from '../src/server/document.store.js';
import { apiEntities } from '../src/server/entities.js';
import { ImportService } from '../src/server/import.service.js';
import { LifecycleListeners } from '../src/server/lifecycle-listeners.js';
import { LifecycleService } from '../src/server/lifecycle.service.js';
import { RevisionService } from '../src/server/revision.service.js';

export const tenantOrganization = 'acme.com';

/** A signed-in user. */
export function user(
  userName: string,
  roles: readonly string[] = [],
  organization = superOrganization,
): RequestContext {
  return { organization, principal: { userName, roles, scopes: [] }, correlationId: 'spec' };
}

export const visitor = systemContext(superOrganization);
export const ann = user('ann', ['Internal/publisher']);

const vhosts = ['localhost', 'eu.example'].map((host) => ({
  host,
  httpContext: '',
  httpPort: 8280,
  httpsPort: 8243,
  wsPort: 9099,
  wssPort: 8099,
}));
const environment = (name: string): ConfiguredEnvironment => ({
  name,
  displayName: name,
  description: '',
  type: 'hybrid',
  gatewayType: 'Regular',
  provider: 'tollgate',
  serviceUrl: '',
  showInApiConsole: true,
  vhosts,
});

/** The services of this package on a database of their own, with the default policies and two environments. */
export async function openBench(address: DatabaseAddress = { type: 'sqlite', file: ':memory:' }) {
  const log = createLogger({ level: 'silent', node: 'test' });
  let now = 1_000;
  const clock: Clock = { nowMs: () => ++now };
  const dataSource = createDataSource(address, {
    entities: [...deploymentEntities, ...throttlingEntities, ...apiEntities, ...workflowEntities],
    migrations: { sqlite: [], mysql: [] },
  });
  await dataSource.initialize();
  await dataSource.synchronize();
  const db = new Database(dataSource, log);
  const recordWriter = new RecordWriter(clock);
  const policyService = new ThrottlePolicyService(
    db,
    recordWriter,
    new PolicyUsage(),
    new StrictPolicies(configSchema.parse({})),
    clock,
  );
  await db.transaction(systemContext(superOrganization), async (tx) => {
    await seedEnvironments(tx, [environment('Default'), environment('Europe')], { records: recordWriter, clock });
    for (const organization of [superOrganization, tenantOrganization])
      await new DefaultPolicies(policyService).seed(tx, organization);
  });
  const scopes = new ApiScopes(db);
  const labels = new ApiLabels();
  const checks = new ApiChecks(new ThrottlePolicyReader(db), new KeyManagerReader(db));
  const store = new ApiStore(db, scopes, labels, new SecretBox('ab'.repeat(32)), clock);
  const records = new ApiRecords(recordWriter);
  const usage = new ApiUsage();
  const listeners = new LifecycleListeners();
  const workflows = openWorkflows(db, clock, log);
  const apis = new ApiService(db, store, checks, records, usage, workflows, new DocumentStore(db, clock), log);
  const reader = new DefinitionReader();
  const definitions = new DefinitionService(db, store, apis, reader);
  const environments = new EnvironmentReader(db);
  return {
    db,
    apis,
    usage,
    listeners,
    scopes,
    definitions,
    policies: policyService,
    imports: new ImportService(apis, reader),
    lifecycle: new LifecycleService(db, store, records, listeners, workflows, log),
    revisions: new RevisionService(db, store, apis, clock),
    deployments: new DeploymentService(db, store, checks, labels, records, environments, workflows, clock, log),
    catalog: new ApiCatalogReader(db),
    reader: new ApiReader(db),
    /** Values of the records that gateways hold, by `kind id`, of this package's kinds. */
    async held(): Promise<Record<string, unknown>> {
      const rows = await db.manager.find(GatewayRecord, { order: { kind: 'ASC', id: 'ASC' } });
      const own = rows.filter((row) => row.kind === 'api' || row.kind === 'deployment');
      return Object.fromEntries(own.map((row) => [`${row.kind} ${row.id}`, JSON.parse(row.value) as unknown]));
    },
    close: () => dataSource.destroy(),
  };
}

export type Bench = Awaited<ReturnType<typeof openBench>>;

export const backEnd = { endpoint_type: 'http', production_endpoints: { url: 'http://back.example/' } };

/** Creates an API that can be deployed. @param more body fields */
export function createApi(
  bench: Bench,
  identity: Partial<ApiIdentity> = {},
  more: object = {},
  ctx: RequestContext = ann,
): Promise<Api> {
  return bench.apis.create(ctx, {
    identity: { name: 'Pizza', context: '/pizza', version: '1.0.0', ...identity },
    input: apiBodySchema.parse({ endpointConfig: backEnd, policies: ['Unlimited'], ...more }),
  });
}
