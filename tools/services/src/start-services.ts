import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StartupError } from '@tollgate/base';
import { endLeftovers, ownerFile, ownerMark } from './leftovers.js';
import { locateInstalled, missingOf, serviceKinds, type Installed, type ServiceKind } from './locate.js';
import { startMariadb } from './mariadb.js';
import { freePort } from './free-port.js';
import type { PrivateServer } from './process.js';
import { startEpmd, startRabbitmq } from './rabbitmq.js';
import { startRedis } from './redis.js';

export interface ServicesOptions {
  /** Kept between runs; absent: a folder under the system's temporary one, removed at the end. */
  readonly folder?: string;
  /** Default: all three. */
  readonly kinds?: readonly ServiceKind[];
  /** RabbitMQ nodes, default 2; not clustered. */
  readonly rabbits?: number;
  /** Fixed ports; whatever is absent gets a free one. */
  readonly ports?: { readonly mariadb?: number; readonly redis?: number; readonly rabbits?: readonly number[] };
  readonly mariadb?: { readonly user?: string; readonly password?: string; readonly database?: string };
  readonly rabbitmq?: { readonly user?: string; readonly password?: string };
}

/** Running private servers; a kind that was not asked for is null or empty. */
export interface Services {
  readonly folder: string;
  readonly mariadb: PrivateServer | null;
  readonly redis: PrivateServer | null;
  readonly rabbits: readonly PrivateServer[];
  stop(): Promise<void>;
}

/**
 * Starts private MariaDB, Redis and RabbitMQ nodes on loopback, after ending what a killed run left behind.
 * @throws StartupError naming what is not installed or does not start; whatever had started is stopped again
 */
export async function startServices(options: ServicesOptions = {}): Promise<Services> {
  const installed = locateInstalled();
  const kinds = options.kinds ?? serviceKinds;
  const missing = missingOf(installed, kinds);
  if (missing.length > 0) throw new StartupError([`Not installed: ${missing.join(', ')}.`]);
  const folder = options.folder === undefined ? await temporaryFolder() : await keptFolder(options.folder);
  writeFileSync(join(folder, ownerFile), ownerMark());
  const started: PrivateServer[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.filter(({ name }) => name !== 'epmd').map((server) => server.stop()));
    await Promise.all(started.map((server) => server.stop()));
    rmSync(options.folder === undefined ? folder : join(folder, ownerFile), { recursive: true, force: true });
  };
  const keep = async (starting: Promise<PrivateServer>): Promise<PrivateServer> => {
    const server = await starting;
    started.push(server);
    return server;
  };
  const outcome = await Promise.allSettled([
    kinds.includes('mysql') ? keep(mariadbIn(folder, installed, options)) : null,
    kinds.includes('redis') ? keep(redisIn(folder, installed, options)) : null,
    kinds.includes('amqp') ? rabbitsIn(folder, installed, options, keep) : [],
  ]);
  const [mariadb, redis, rabbits] = outcome;
  if (mariadb.status === 'fulfilled' && redis.status === 'fulfilled' && rabbits.status === 'fulfilled')
    return { folder, mariadb: mariadb.value, redis: redis.value, rabbits: rabbits.value, stop };
  await stop();
  throw firstReason(outcome);
}

async function mariadbIn(folder: string, installed: Installed, options: ServicesOptions): Promise<PrivateServer> {
  if (!installed.mysql) throw new StartupError(['MariaDB is not installed.']);
  const port = options.ports?.mariadb ?? (await freePort());
  return startMariadb({ dir: join(folder, 'mariadb'), port, binaries: installed.mysql, ...options.mariadb });
}

async function redisIn(folder: string, installed: Installed, options: ServicesOptions): Promise<PrivateServer> {
  if (!installed.redis) throw new StartupError(['Redis is not installed.']);
  return startRedis({
    dir: join(folder, 'redis'),
    port: options.ports?.redis ?? (await freePort()),
    binaries: installed.redis,
  });
}

type Keep = (starting: Promise<PrivateServer>) => Promise<PrivateServer>;

async function rabbitsIn(
  folder: string,
  installed: Installed,
  options: ServicesOptions,
  keep: Keep,
): Promise<PrivateServer[]> {
  const binaries = installed.amqp;
  if (!binaries) throw new StartupError(['RabbitMQ is not installed.']);
  const epmd = await keep(startEpmd(join(folder, 'epmd'), binaries));
  const names = Array.from({ length: options.rabbits ?? 2 }, (_, i) => `rabbit${i + 1}`);
  const starting = names.map(async (name, i) => {
    const port = options.ports?.rabbits?.[i] ?? (await freePort());
    return keep(
      startRabbitmq({ name, dir: join(folder, name), port, epmdPort: epmd.port, binaries, ...options.rabbitmq }),
    );
  });
  const outcome = await Promise.allSettled(starting); // all have to end before what started is stopped
  const failed = outcome.some(({ status }) => status === 'rejected');
  if (failed) throw firstReason(outcome);
  return Promise.all(starting);
}

function firstReason(outcome: readonly PromiseSettledResult<unknown>[]): unknown {
  return outcome.find((result) => result.status === 'rejected')?.reason;
}

async function keptFolder(folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  await endLeftovers(folder);
  return folder;
}

/** A new folder beside those of earlier runs, of which the dead ones are cleared first. */
async function temporaryFolder(): Promise<string> {
  const parent = join(tmpdir(), `tollgate-services-${process.getuid?.() ?? 'user'}`);
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(parent)) await clearIfDead(join(parent, name));
  return mkdtempSync(join(parent, 'run-'));
}

const youngMs = 60_000;

async function clearIfDead(folder: string): Promise<void> {
  const beingMade = !existsSync(join(folder, ownerFile)) && Date.now() - statSync(folder).mtimeMs < youngMs;
  if (beingMade) return; // by a run that has not yet put its mark there
  try {
    await endLeftovers(folder);
  } catch (error) {
    if (error instanceof StartupError) return; // another run, alive
    throw error;
  }
  rmSync(folder, { recursive: true, force: true });
}
