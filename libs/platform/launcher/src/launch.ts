import { hostname } from 'node:os';
import { join } from 'node:path';
import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { createLogger, type Logger } from '@tollgate/base';
import { checkWiring, clientAuthorities, jobsRedisUrl, loadConfig, ports, type TollgateConfig } from '@tollgate/config';
import { Database, DatabaseModule, SeedRegistry, whileSchemaLocked, type SchemaParts } from '@tollgate/database';
import { createHttpApp, HealthRegistry, HttpModule, loadOrMakeCertificate, type HttpApp } from '@tollgate/http';
import { JobsModule, type JobsConfig } from '@tollgate/jobs';
import { tollgateTransports, type Transports } from '@tollgate/event-hub';
import { requireBrokers } from './brokers.js';
import { ObservabilityModule } from '@tollgate/observability';
import { chooseRoles, type StartArguments } from './arguments.js';
import { CoreModule } from './core.module.js';
import { databaseAddress } from './database-address.js';
import { encryptionKey } from './encryption-key.js';
import type { Role } from './role.js';

export interface LaunchOptions {
  /** Name of the app, for logs. */
  readonly app: string;
  readonly roles: readonly Role[];
  /** Entities and migrations of the shared database; not needed when no role opens it. */
  readonly schema?: SchemaParts;
  /** People watch the console of this app: on a terminal its log lines go to a file unless configured otherwise. */
  readonly console?: boolean;
  readonly arguments: StartArguments;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Running {
  readonly config: TollgateConfig;
  readonly log: Logger;
  readonly http: HttpApp;
  readonly roles: readonly Role[];
  /** Where the log lines go; undefined: standard output. */
  readonly logFile: string | undefined;
  /** Milliseconds from the start of the process until it served. */
  readonly readyAfterMs: number;
  /** Finishes what runs, flushes events, closes everything. */
  stop(): Promise<void>;
}

@Module({})
class RootModule {}

/**
 * Starts the chosen roles in this process: configuration, database and migrations, modules, seeds, listeners.
 * @throws StartupError listing what is wrong and what to do
 */
export async function launch(options: LaunchOptions): Promise<Running> {
  const roles = chooseRoles(options.roles, options.arguments.roles);
  const config = readConfig(options, roles);
  const logFile = logFileOf(options, config);
  const log = createLogger(
    { level: config.tollgate.log_level, node: config.tollgate.node_id ?? `${options.app}@${hostname()}` },
    logFile,
  );
  const open = ports(config);
  const management = config.tollgate.management;
  const certificate = await loadOrMakeCertificate({
    folder: join(config.tollgate.data_dir, 'tls'),
    name: 'management',
    hostname: config.server.hostname,
    ...(management.tls_cert_file && management.tls_key_file
      ? { certFile: management.tls_cert_file, keyFile: management.tls_key_file }
      : {}),
  });
  const http = await createHttpApp(rootModule(options, roles, config, log), {
    https: {
      port: open.management_https,
      host: management.bind,
      certificate,
      ...(management.request_client_certificate ? { clientCertificates: { ca: clientAuthorities(config) } } : {}),
    },
    http: { port: open.management_http, host: management.http_bind },
    maxBodyBytes: management.max_body_bytes,
    trustedProxies: management.trusted_proxies,
    log,
  });
  try {
    await requireBrokers(http.nest.get<Transports>(tollgateTransports), roles);
    if (usesDatabase(roles)) await seed(http);
    await http.listen();
  } catch (error) {
    await http.close();
    throw error;
  }
  const readyAfterMs = Math.round(performance.now());
  log.info(
    {
      event: 'process.ready',
      app: options.app,
      roles: roles.map((role) => role.name),
      readyAfterMs,
      ports: http.ports(),
    },
    'Ready',
  );
  return { config, log, http, roles, logFile, readyAfterMs, stop: () => stop(http) };
}

function logFileOf(options: LaunchOptions, config: TollgateConfig): string | undefined {
  if (config.tollgate.log_file !== undefined) return config.tollgate.log_file;
  return options.console && process.stdout.isTTY ? join(config.tollgate.data_dir, 'tollgate.log') : undefined;
}

function readConfig(options: LaunchOptions, roles: readonly Role[]): TollgateConfig {
  const file = options.arguments.configFile;
  const config = loadConfig({ ...(file === undefined ? {} : { file }), env: options.env });
  checkWiring(
    config,
    roles.map((role) => role.name),
  );
  if (!usesDatabase(roles)) return config;
  const key = encryptionKey({
    configured: config.tollgate.encryption.key,
    embedded: config.database.apim_db.type === 'sqlite',
    dataDir: config.tollgate.data_dir,
  });
  return { ...config, tollgate: { ...config.tollgate, encryption: { ...config.tollgate.encryption, key } } };
}

function usesDatabase(roles: readonly Role[]): boolean {
  return roles.some((role) => role.needs.includes('database'));
}

function rootModule(
  options: LaunchOptions,
  roles: readonly Role[],
  config: TollgateConfig,
  log: Logger,
): DynamicModule {
  const imports: (DynamicModule | Type<unknown>)[] = [
    CoreModule.forRoot(config, log),
    HttpModule.forRoot({ log }),
    ObservabilityModule,
  ];
  if (usesDatabase(roles)) {
    if (!options.schema) throw new Error(`${options.app} runs roles with a database but gives no schema`);
    imports.push(DatabaseModule.forRoot({ address: databaseAddress(config), schema: options.schema, log }));
  }
  if (roles.some((role) => role.needs.includes('jobs'))) imports.push(JobsModule.forRoot(jobsConfig(config), log));
  return { module: RootModule, imports: [...imports, ...roles.map((role) => role.module(config))] };
}

function jobsConfig(config: TollgateConfig): JobsConfig {
  return { tollgate: { jobs: { redis_url: jobsRedisUrl(config) }, shutdown: config.tollgate.shutdown } };
}

async function seed(http: HttpApp): Promise<void> {
  const db = http.nest.get(Database);
  await whileSchemaLocked(db.dataSource, () => http.nest.get(SeedRegistry).runAll(db));
}

async function stop(http: HttpApp): Promise<void> {
  http.nest.get(HealthRegistry).startDraining();
  await http.close();
}
