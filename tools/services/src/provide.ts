import { StartupError } from '@tollgate/base';
import { canUseApt, debianPackages, installByApt } from './apt.js';
import { dockerAnswers, startInDocker } from './docker.js';
import { locateInstalled, missingOf, serviceKinds, type ServiceKind } from './locate.js';
import { startServices } from './start-services.js';

/** Addresses of servers that run already; AMQP: several, separated by commas. */
export const serviceVariables: Readonly<Record<ServiceKind, string>> = {
  mysql: 'TOLLGATE_TEST_MYSQL_URL',
  redis: 'TOLLGATE_TEST_REDIS_URL',
  amqp: 'TOLLGATE_TEST_AMQP_URLS',
};

type Urls = Readonly<Record<ServiceKind, readonly string[]>>;

export interface ProvidedServices {
  readonly mysqlUrl: string;
  readonly redisUrl: string;
  readonly amqpUrls: readonly string[];
  /** Stops what was started for this call; servers named by the environment go on. */
  stop(): Promise<void>;
}

export interface ProvideOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Told what is being done, because installing takes a while. */
  readonly tell?: (line: string) => void;
}

/**
 * MariaDB, Redis and two RabbitMQ nodes by the first way that works: addresses in the environment, installed binaries,
 * `docker compose`, `apt-get` as root.
 * @throws StartupError naming what to install
 */
export async function provideServices({ env, tell = () => undefined }: ProvideOptions): Promise<ProvidedServices> {
  const given = givenUrls(env);
  const wanted = serviceKinds.filter((kind) => given[kind].length === 0);
  const started = await startSomehow(wanted, tell);
  const urls = (kind: ServiceKind): readonly string[] => (given[kind].length > 0 ? given[kind] : started.urls[kind]);
  return {
    mysqlUrl: urls('mysql')[0] ?? '',
    redisUrl: urls('redis')[0] ?? '',
    amqpUrls: urls('amqp'),
    stop: () => started.stop(),
  };
}

export function givenUrls(env: ProvideOptions['env']): Urls {
  const list = (kind: ServiceKind): string[] =>
    (env[serviceVariables[kind]] ?? '')
      .split(',')
      .map((url) => url.trim())
      .filter(Boolean);
  return { mysql: list('mysql'), redis: list('redis'), amqp: list('amqp') };
}

/**
 * Installs with `apt-get` what is missing of MariaDB, Redis and RabbitMQ.
 * @throws StartupError naming what to install where that is not possible
 */
export async function ensureInstalled(tell: (line: string) => void): Promise<void> {
  const missing = missingOf(locateInstalled(), serviceKinds);
  if (missing.length === 0) return;
  if (!canUseApt()) throw new StartupError([howToInstall(missing)]);
  tell(`Installing ${missing.map((kind) => debianPackages[kind]).join(', ')} with apt-get`);
  await installByApt(missing);
}

interface Started {
  readonly urls: Urls;
  stop(): Promise<void>;
}

async function startSomehow(wanted: readonly ServiceKind[], tell: (line: string) => void): Promise<Started> {
  if (wanted.length === 0) return { urls: { mysql: [], redis: [], amqp: [] }, stop: async () => undefined };
  const missing = missingOf(locateInstalled(), wanted);
  if (missing.length === 0) return startInstalled(wanted);
  if (await dockerAnswers()) {
    tell(`Starting ${wanted.join(', ')} with docker compose`);
    return startInDocker(wanted);
  }
  if (!canUseApt()) throw new StartupError([howToInstall(missing)]);
  tell(`Installing ${missing.map((kind) => debianPackages[kind]).join(', ')} with apt-get`);
  await installByApt(missing);
  return startInstalled(wanted);
}

async function startInstalled(wanted: readonly ServiceKind[]): Promise<Started> {
  const services = await startServices({ kinds: wanted });
  const url = (server: { url: string } | null): string[] => (server ? [server.url] : []);
  return {
    urls: {
      mysql: url(services.mariadb),
      redis: url(services.redis),
      amqp: services.rabbits.map((rabbit) => rabbit.url),
    },
    stop: () => services.stop(),
  };
}

/** What to tell somebody on a machine where no way worked. */
export function howToInstall(missing: readonly ServiceKind[]): string {
  const packages = missing.map((kind) => debianPackages[kind]).join(' ');
  const variables = missing.map((kind) => serviceVariables[kind]).join(', ');
  return `The tests need real servers. Install ${packages} (Debian: "sudo apt-get install --no-install-recommends ${packages}"; macOS: "brew install mariadb redis rabbitmq"), or start a docker engine, or name running servers in ${variables}.`;
}
