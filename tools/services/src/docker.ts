import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { StartupError } from '@tollgate/base';
import { run } from './command.js';
import type { ServiceKind } from './locate.js';
import { speaksAmqp, speaksMysql, speaksRedis } from './probe.js';

const composeFile = fileURLToPath(new URL('../../../docker/test-services.compose.yaml', import.meta.url));

interface Container {
  readonly service: string;
  readonly kind: ServiceKind;
  readonly port: number;
  readonly ready: (port: number) => Promise<boolean>;
  readonly url: (port: number) => string;
}

const containers: readonly Container[] = [
  {
    service: 'mariadb',
    kind: 'mysql',
    port: 3306,
    ready: speaksMysql,
    url: (port) => `mysql://app:app@127.0.0.1:${port}/app`,
  },
  { service: 'redis', kind: 'redis', port: 6379, ready: speaksRedis, url: (port) => `redis://127.0.0.1:${port}` },
  ...['rabbitmq1', 'rabbitmq2'].map((service): Container => ({
    service,
    kind: 'amqp',
    port: 5672,
    ready: speaksAmqp,
    url: (port) => `amqp://guest:guest@127.0.0.1:${port}`,
  })),
];

/** Whether `docker compose` is there and an engine answers it. */
export async function dockerAnswers(): Promise<boolean> {
  const [compose, engine] = await Promise.all([
    run('docker', ['compose', 'version'], { timeoutMs: 10_000 }),
    run('docker', ['info'], { timeoutMs: 10_000 }),
  ]);
  return compose.code === 0 && engine.code === 0;
}

export interface DockerServices {
  readonly urls: Readonly<Record<ServiceKind, readonly string[]>>;
  stop(): Promise<void>;
}

/** Starts the wanted containers under a project name of our own, on free loopback ports. @throws StartupError with what docker said */
export async function startInDocker(wanted: readonly ServiceKind[]): Promise<DockerServices> {
  const base = ['compose', '-p', `tollgate-test-${randomBytes(4).toString('hex')}`, '-f', composeFile];
  const chosen = containers.filter(({ kind }) => wanted.includes(kind));
  const stop = async (): Promise<void> => void (await compose([...base, 'down', '--volumes']));
  try {
    await compose([...base, 'up', '--detach', ...chosen.map(({ service }) => service)]);
    const found = await Promise.all(
      chosen.map(async (container) => ({ kind: container.kind, url: await addressOf(container, base) })),
    );
    const urlsOf = (kind: ServiceKind): string[] => found.filter((one) => one.kind === kind).map(({ url }) => url);
    return { urls: { mysql: urlsOf('mysql'), redis: urlsOf('redis'), amqp: urlsOf('amqp') }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function addressOf(container: Container, base: readonly string[]): Promise<string> {
  const shown = await compose([...base, 'port', container.service, String(container.port)]);
  const port = Number(/:(\d+)\s*$/.exec(shown)?.[1]);
  const until = Date.now() + 120_000;
  while (Date.now() < until) {
    if (await container.ready(port)) return container.url(port);
    await sleep(200);
  }
  throw new StartupError([
    `The container ${container.service} did not answer within 120 s. See "docker compose logs".`,
  ]);
}

async function compose(args: readonly string[]): Promise<string> {
  const { code, output } = await run('docker', args);
  if (code !== 0) throw new StartupError([`"docker ${args.join(' ')}" failed: ${output.trim()}`]);
  return output;
}
