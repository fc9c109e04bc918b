import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartupError } from '@tollgate/base';
import type { Installed } from './locate.js';
import { freePort } from './free-port.js';
import { listens, speaksAmqp } from './probe.js';
import { PrivateServer } from './process.js';

const plainText = /^[^\s#'"\\]+$/;

type Binaries = NonNullable<Installed['amqp']>;

export interface RabbitmqOptions {
  readonly name: string;
  readonly dir: string;
  readonly port: number;
  readonly epmdPort: number;
  readonly binaries: Binaries;
  readonly user?: string;
  readonly password?: string;
  /** A TLS listener beside the plain one. */
  readonly tls?: RabbitmqTls;
  /** Nodes of one cluster share the cookie and know each other's names; each waits at its start for those before it. */
  readonly cluster?: { readonly cookie: string; readonly nodes: readonly string[] };
}

export interface RabbitmqTls {
  readonly port: number;
  /** PEM files. */
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** Erlang's name service, on a port of our own: never the machine's 4369. @throws StartupError */
export async function startEpmd(dir: string, binaries: Binaries): Promise<PrivateServer> {
  const port = await freePort();
  const server = new PrivateServer({
    name: 'epmd',
    dir,
    port,
    url: `tcp://127.0.0.1:${port}`,
    bin: binaries.epmd,
    args: ['-port', String(port), '-address', '127.0.0.1'],
    ready: listens,
  });
  await server.start();
  return server;
}

/**
 * One RabbitMQ node. User and password are set when its data is new.
 * @throws StartupError
 */
export async function startRabbitmq(options: RabbitmqOptions): Promise<PrivateServer> {
  const { name, dir, port, binaries, user = 'guest', password = 'guest' } = options;
  if (![user, password].every((text) => plainText.test(text)))
    throw new StartupError([
      `User and password of ${name} may not hold spaces, quotes, "#" or "\\": its settings file cannot carry them.`,
    ]);
  mkdirSync(dir, { recursive: true });
  const lines = [
    ...settings(port, user, password),
    ...tlsSettings(options.tls),
    ...clusterSettings(options.cluster),
    '',
  ];
  writeFileSync(join(dir, 'rabbitmq.conf'), lines.join('\n'), { mode: 0o600 });
  if (options.cluster) keepCookie(dir, options.cluster.cookie);
  writeFileSync(join(dir, 'enabled_plugins'), '[].\n');
  const pidFile = join(dir, 'pid');
  const server = new PrivateServer({
    name,
    dir,
    port,
    url: `amqp://${encodeURIComponent(user)}:${encodeURIComponent(password)}@127.0.0.1:${port}`,
    bin: join(binaries.sbin, 'rabbitmq-server'),
    args: [],
    env: environment(options, await freePort(), pidFile),
    ready: speaksAmqp,
    pidFile,
    controlBin: join(binaries.sbin, 'rabbitmqctl'),
  });
  await server.start();
  return server;
}

function settings(port: number, user: string, password: string): string[] {
  return [
    `listeners.tcp.local = 127.0.0.1:${port}`,
    `default_user = ${user}`,
    `default_pass = ${password}`,
    'loopback_users = none',
    'log.console = true',
    'log.console.level = warning',
    'log.file = false',
    // Low, or a nearly full disk blocks publishers.
    'vm_memory_high_watermark.absolute = 512MiB',
    'disk_free_limit.absolute = 50MB',
    'heartbeat = 10',
  ];
}

function tlsSettings(tls: RabbitmqTls | undefined): string[] {
  if (!tls) return [];
  return [
    `listeners.ssl.local = 127.0.0.1:${tls.port}`,
    `ssl_options.cacertfile = ${tls.caFile}`,
    `ssl_options.certfile = ${tls.certFile}`,
    `ssl_options.keyfile = ${tls.keyFile}`,
    'ssl_options.verify = verify_none', // clients show no certificate, they check that of the broker
    'ssl_options.fail_if_no_peer_cert = false',
  ];
}

function clusterSettings(cluster: RabbitmqOptions['cluster']): string[] {
  if (!cluster) return [];
  return [
    'cluster_formation.peer_discovery_backend = classic_config',
    ...cluster.nodes.map((name, i) => `cluster_formation.classic_config.nodes.${i + 1} = ${name}@localhost`),
    'cluster_partition_handling = pause_minority',
  ];
}

/** Erlang refuses a cookie that others may read, and the file cannot be written twice. */
function keepCookie(dir: string, cookie: string): void {
  const file = join(dir, '.erlang.cookie');
  if (!existsSync(file)) writeFileSync(file, cookie, { mode: 0o400 });
}

function environment(options: RabbitmqOptions, distPort: number, pidFile: string): Record<string, string> {
  const { name, dir, epmdPort } = options;
  return {
    HOME: dir, // Erlang keeps its cookie there
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: `${name}@localhost`,
    RABBITMQ_DIST_PORT: String(distPort),
    RABBITMQ_CONFIG_FILE: join(dir, 'rabbitmq.conf'),
    RABBITMQ_CONF_ENV_FILE: join(dir, 'absent-env.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(dir, 'absent-advanced.config'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(dir, 'enabled_plugins'),
    RABBITMQ_MNESIA_BASE: join(dir, 'mnesia'),
    RABBITMQ_LOG_BASE: join(dir, 'logs'),
    RABBITMQ_PID_FILE: pidFile,
    // One scheduler that does not spin: an idle node must not eat a core.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS:
      '+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}',
  };
}
