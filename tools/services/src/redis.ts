import { mkdirSync } from 'node:fs';
import type { Installed } from './locate.js';
import { speaksRedis } from './probe.js';
import { PrivateServer } from './process.js';

export interface RedisOptions {
  readonly dir: string;
  readonly port: number;
  readonly binaries: NonNullable<Installed['redis']>;
  /** More settings of `redis.conf`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A Redis that writes every command to disk and never evicts, as job queues need it. @throws StartupError */
export async function startRedis({ dir, port, binaries, settings: more = {} }: RedisOptions): Promise<PrivateServer> {
  mkdirSync(dir, { recursive: true });
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir,
    appendonly: 'yes',
    save: '',
    daemonize: 'no',
    'maxmemory-policy': 'noeviction',
    ...more,
  };
  const server = new PrivateServer({
    name: 'redis',
    dir,
    port,
    url: `redis://127.0.0.1:${port}`,
    bin: binaries.server,
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    ready: speaksRedis,
  });
  await server.start();
  return server;
}
