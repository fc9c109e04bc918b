import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Module, type DynamicModule, type Type } from '@nestjs/common';
import { createLogger, tollgateClock, tollgateConfig, tollgateLogger } from '@tollgate/base';
import { clientAuthorities, loadConfig, type TollgateConfig } from '@tollgate/config';
import { connect, createDataSource, Database, SeedRegistry, type DatabaseAddress } from '@tollgate/database';
import { deploymentEntities, DeploymentModule } from '@tollgate/deployment/server';
import { createHttpApp, HttpModule, loadOrMakeCertificate, type HttpApp } from '@tollgate/http';
import { FirstStart, identityEntities, IdentityModule } from '@tollgate/identity/server';
import { WorkflowModule, workflowEntities } from '@tollgate/workflow/server';
import { oauthEntities, OAuthModule } from '../src/server/index.js';
import { settableClock, type SettableClock } from './settable-clock.js';

export interface OAuthTestOptions {
  /** Default: SQLite in memory. */
  readonly address?: DatabaseAddress;
  /** Default: nothing set, so the admin password is made. */
  readonly toml?: string;
  readonly imports?: readonly (Type<unknown> | DynamicModule)[];
  readonly entities?: readonly (new () => object)[];
  /** 64 hex digits; default random. */
  readonly encryptionKey?: string;
}

export interface OAuthTestApp {
  readonly http: HttpApp;
  /** `http://127.0.0.1:port`. */
  readonly base: string;
  /** What the app writes; removed with it. */
  readonly folder: string;
  readonly db: Database;
  readonly clock: SettableClock;
  /** Made at this first start; undefined when the configuration sets one. */
  readonly adminPassword: string | undefined;
  get<T>(type: abstract new (...parameters: never[]) => T): T;
  close(): Promise<void>;
}

const log = createLogger({ level: 'silent', node: 'test' });

/** Identity and OAuth on a real database behind a real listener, seeded as at a first start. */
export async function startOAuthTestApp(options: OAuthTestOptions = {}): Promise<OAuthTestApp> {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-oauth-'));
  const db = await openDatabase(options);
  const clock = settableClock();
  const certificate = await loadOrMakeCertificate({ folder, name: 'management', hostname: 'localhost' });
  const config = configOf(options, folder);
  const { management } = config.tollgate;
  const asks = management.request_client_certificate ? { clientCertificates: { ca: clientAuthorities(config) } } : {};
  const http = await createHttpApp(rootModule(options, db, clock, config), {
    https: { port: 0, host: '127.0.0.1', certificate, ...asks },
    http: { port: 0, host: '127.0.0.1' },
    trustedProxies: management.trusted_proxies,
    maxBodyBytes: 100_000,
    log,
  });
  await http.nest.get(SeedRegistry).runAll(db);
  await http.listen();
  return {
    http,
    base: `http://127.0.0.1:${http.ports().http}`,
    folder,
    db,
    clock,
    adminPassword: http.nest.get(FirstStart).adminPassword,
    get: (type) => http.nest.get(type as never, { strict: false }),
    close: async () => {
      await http.close();
      if (db.dataSource.isInitialized) await db.dataSource.destroy();
      rmSync(folder, { recursive: true });
    },
  };
}

async function openDatabase(options: OAuthTestOptions): Promise<Database> {
  const address = options.address ?? { type: 'sqlite', file: ':memory:' };
  const own = [...deploymentEntities, ...identityEntities, ...oauthEntities, ...workflowEntities];
  const entities = [...own, ...(options.entities ?? [])];
  const dataSource = createDataSource(address, { entities, migrations: { sqlite: [], mysql: [] } });
  await (await connect(dataSource, address)).synchronize();
  return new Database(dataSource, log);
}

function configOf(options: OAuthTestOptions, folder: string): TollgateConfig {
  const env = {
    TOLLGATE_DATA_DIR: folder,
    TOLLGATE_ENCRYPTION__KEY: options.encryptionKey ?? randomBytes(32).toString('hex'),
  };
  // Specs name many users, whose passwords may be short unless they are what is tested.
  const toml = options.toml?.includes('[tollgate.identity.password]')
    ? options.toml
    : `${options.toml ?? ''}\n[tollgate.identity.password]\nmin_length = 8\n`;
  return loadConfig({ toml, env });
}

function rootModule(
  options: OAuthTestOptions,
  db: Database,
  clock: SettableClock,
  config: TollgateConfig,
): DynamicModule {
  const core = [
    { provide: tollgateConfig, useValue: config },
    { provide: tollgateLogger, useValue: log },
    { provide: tollgateClock, useValue: clock },
    { provide: Database, useValue: db },
    SeedRegistry,
  ];
  @Global()
  @Module({ providers: core, exports: core })
  class TestCoreModule {}
  const parts = [
    TestCoreModule,
    HttpModule.forRoot({ log }),
    DeploymentModule,
    IdentityModule,
    OAuthModule,
    WorkflowModule,
  ];
  class TestRootModule {}
  return { module: TestRootModule, imports: [...parts, ...(options.imports ?? [])] };
}
