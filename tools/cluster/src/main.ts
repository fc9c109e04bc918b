// `npm run cluster`: a distributed Tollgate on this machine's loopback interface, with private MariaDB, RabbitMQ and Redis.
// TOLLGATE_CLUSTER_FOLDER and TOLLGATE_CLUSTER_PORT keep a second one apart: its files, and the first of its 24 ports.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { safeMessage, StartupError } from '@tollgate/base';
import { ensureInstalled, startServices, type Services } from '@tollgate/services';
import { startCluster, type Cluster } from './cluster.js';

const root = resolve(import.meta.dirname, '../../..');
const folder = resolve(process.env['TOLLGATE_CLUSTER_FOLDER'] ?? join(root, '.cluster'));
const firstPort = Number(process.env['TOLLGATE_CLUSTER_PORT'] ?? 19_400);
const parentCheckMs = 500;

/** The same password, encryption key and database at every start, so that a stopped cluster goes on where it was. */
function keptSecret(name: string, bytes: number): string {
  const file = join(folder, name);
  if (!existsSync(file)) writeFileSync(file, randomBytes(bytes).toString('hex'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}

async function main(): Promise<void> {
  const stopping = stopSignal(); // from the first moment on: a stop while servers start must not leave them behind
  mkdirSync(folder, { recursive: true });
  const admin = { username: 'admin', password: keptSecret('admin.password', 12) };
  await ensureInstalled((line) => process.stdout.write(`${line}\n`));
  const services = await startServices({
    folder: join(folder, 'services'),
    rabbits: 2,
    ports: { mariadb: firstPort + 20, redis: firstPort + 21, rabbits: [firstPort + 22, firstPort + 23] },
    mariadb: { database: 'apim_db' },
    rabbitmq: { user: admin.username, password: admin.password },
  });
  try {
    const cluster = await startCluster({
      folder,
      root,
      services: addresses(services),
      admin,
      firstPort,
      encryptionKey: keptSecret('encryption.key', 32),
    });
    printAddresses(cluster, services);
    await stopping;
    report(await cluster.stop());
  } finally {
    await services.stop();
  }
}

function addresses(services: Services): { databaseUrl: string; brokers: readonly [string, string]; redisPort: number } {
  const [first, second] = services.rabbits.map((rabbit) => `localhost:${rabbit.port}`);
  if (!services.mariadb || !services.redis || !first || !second) throw new StartupError(['Not every server started.']);
  return { databaseUrl: services.mariadb.url, brokers: [first, second], redisPort: services.redis.port };
}

function printAddresses(cluster: Cluster, services: Services): void {
  const { topology } = cluster;
  const lines = [
    '',
    'A distributed Tollgate runs on this machine:',
    '',
    ...topology.controlPlanes.map(
      (ports, i) =>
        `  Control plane ${i + 1}    https://localhost:${ports.https}   (portals /publisher /devportal /admin)`,
    ),
    ...topology.trafficManagers.map(
      (ports, i) => `  Traffic manager ${i + 1}  https://localhost:${ports.https}/readyz`,
    ),
    ...topology.gateways.map(
      (ports, i) =>
        `  Gateway ${i + 1}          https://localhost:${ports.trafficHttps}   http://localhost:${ports.trafficHttp}   (management https://localhost:${ports.https})`,
    ),
    `  Common name        https://localhost:${topology.controlPlanePort}   (either control plane)`,
    `  Servers            MariaDB ${services.mariadb?.port}, Redis ${services.redis?.port}, RabbitMQ ${services.rabbits.map((one) => one.port).join(' and ')}`,
    '',
    `  Admin name         ${topology.admin.username}`,
    `  Admin password     ${topology.admin.password}`,
    '',
    `  Files and logs     ${folder}`,
    '  Stop with Ctrl+C. The next start goes on where this one stopped; remove the folder to begin anew.',
    '',
  ];
  process.stdout.write(lines.join('\n'));
}

function report(codes: Record<string, number | null>): void {
  const bad = Object.entries(codes).filter(([, code]) => code !== 0);
  for (const [name, code] of bad)
    process.stderr.write(`${name} ended with ${code ?? 'a signal'}; see its output.log.\n`);
  if (bad.length > 0) process.exitCode = 1;
}

/**
 * Ctrl+C, SIGTERM, or the end of npm: npm passes a signal on to the shell it started, which dies of it and tells nobody.
 * Signals that follow change nothing, so that an impatient second Ctrl+C leaves no servers behind.
 */
function stopSignal(): Promise<void> {
  return new Promise((resolveSignal) => {
    const stop = (): void => {
      clearInterval(parentCheck);
      process.stdout.write('Stopping.\n');
      resolveSignal();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
    const { ppid } = process;
    const isUnderNpm = process.env['npm_lifecycle_event'] !== undefined;
    const parentCheck = setInterval(() => {
      if (isUnderNpm && process.ppid !== ppid) stop();
    }, parentCheckMs);
    parentCheck.unref();
  });
}

try {
  await main();
} catch (error) {
  const problems = error instanceof StartupError ? error.problems : [safeMessage(error)];
  for (const problem of problems) process.stderr.write(`tollgate: ${problem}\n`);
  process.exitCode = 1;
}
