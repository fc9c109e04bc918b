import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartupError } from '@tollgate/base';
import { Redis } from 'ioredis';
import { locateInstalled, type Installed } from './locate.js';
import { freePort } from './free-port.js';
import { speaksRedis } from './probe.js';
import { PrivateServer } from './process.js';
import { startRedis } from './redis.js';

type Binaries = NonNullable<Installed['redis']>;

const formsWithinMs = 20_000;

/** A master with one replica, watched by three sentinels. */
export interface RedisSentinelGroup {
  readonly masterName: string;
  readonly master: PrivateServer;
  readonly replica: PrivateServer;
  readonly sentinels: readonly PrivateServer[];
  stop(): Promise<void>;
}

/** @param folder a new one; the caller removes it. @throws StartupError */
export async function startRedisSentinels(folder: string): Promise<RedisSentinelGroup> {
  const binaries = redisBinaries();
  const masterName = 'counters';
  const started: PrivateServer[] = [];
  const stop = async (): Promise<void> => void (await Promise.all(started.map((server) => server.stop())));
  try {
    const master = await startRedis({ dir: join(folder, 'master'), port: await freePort(), binaries });
    started.push(master);
    const replica = await startRedis({ dir: join(folder, 'replica'), port: await freePort(), binaries });
    started.push(replica);
    await asked(replica.port, ['REPLICAOF', '127.0.0.1', String(master.port)]);
    await until('the replica follows', async () =>
      (await asked(replica.port, ['INFO', 'replication'])).includes('link_status:up'),
    );
    const sentinels: PrivateServer[] = [];
    for (let i = 1; i <= 3; i++) {
      sentinels.push(await startSentinel(join(folder, `sentinel${i}`), masterName, master.port, binaries));
      started.push(...sentinels.slice(-1));
    }
    for (const { port } of sentinels) {
      await until('the sentinels know each other', async () => {
        const text = await asked(port, ['SENTINEL', 'MASTER', masterName]);
        return /num-other-sentinels,2,/.test(text) && /num-slaves,1,/.test(text);
      });
    }
    return { masterName, master, replica, sentinels, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Three masters without replicas: losing one loses its slots until it is back. */
export interface RedisClusterGroup {
  readonly nodes: readonly PrivateServer[];
  stop(): Promise<void>;
}

/** @param folder a new one; the caller removes it. @throws StartupError */
export async function startRedisCluster(folder: string): Promise<RedisClusterGroup> {
  const binaries = redisBinaries();
  const nodes: PrivateServer[] = [];
  const stop = async (): Promise<void> => void (await Promise.all(nodes.map((server) => server.stop())));
  try {
    for (let i = 1; i <= 3; i++) {
      const [port, busPort] = [await freePort(), await freePort()];
      const settings = {
        'cluster-enabled': 'yes',
        'cluster-config-file': 'nodes.conf',
        'cluster-node-timeout': '1000',
        'cluster-port': String(busPort),
      };
      nodes.push(await startRedis({ dir: join(folder, `node${i}`), port, binaries, settings }));
      const [first, last] = [Math.ceil(((i - 1) * 16_384) / 3), Math.ceil((i * 16_384) / 3) - 1];
      await asked(port, ['CLUSTER', 'ADDSLOTSRANGE', String(first), String(last)]);
      const to = nodes[0]?.port ?? 0;
      if (i > 1) await asked(to, ['CLUSTER', 'MEET', '127.0.0.1', String(port), String(busPort)]);
    }
    for (const { port } of nodes) {
      await until('the cluster forms', async () => {
        const text = await asked(port, ['CLUSTER', 'INFO']);
        return text.includes('cluster_state:ok') && text.includes('cluster_known_nodes:3');
      });
    }
    return { nodes, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function redisBinaries(): Binaries {
  const { redis } = locateInstalled();
  if (!redis) throw new StartupError(['Redis is not installed.']);
  return redis;
}

async function startSentinel(
  dir: string,
  name: string,
  masterPort: number,
  binaries: Binaries,
): Promise<PrivateServer> {
  mkdirSync(dir, { recursive: true });
  const port = await freePort();
  const file = join(dir, 'sentinel.conf'); // it writes what it learns there
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${dir}`,
    `sentinel monitor ${name} 127.0.0.1 ${masterPort} 2`,
    `sentinel down-after-milliseconds ${name} 1000`,
    `sentinel failover-timeout ${name} 5000`,
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  const server = new PrivateServer({
    name: 'redis-sentinel',
    dir,
    port,
    url: `redis://127.0.0.1:${port}`,
    bin: binaries.server,
    args: [file, '--sentinel'],
    ready: speaksRedis,
  });
  await server.start();
  return server;
}

/** The answer as text; lists are joined by commas. */
async function asked(port: number, [command = '', ...rest]: readonly string[]): Promise<string> {
  const redis = new Redis({ port, host: '127.0.0.1', maxRetriesPerRequest: 3 });
  try {
    return String(await redis.call(command, ...rest));
  } finally {
    redis.disconnect();
  }
}

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + formsWithinMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new StartupError([`Redis: ${what} did not happen within ${formsWithinMs / 1000} s.`]);
    await sleep(50);
  }
}
