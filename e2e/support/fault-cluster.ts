import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startCluster, type Cluster, type GatewayRoute } from '@tollgate/cluster';
import { startRabbitmqCluster, startServices, type PrivateServer, type Services } from '@tollgate/services';
import { startTcpProxy, type TcpProxy } from '@tollgate/testing';
import type { Installation } from './installation.js';
import { admin, root } from './settings.js';

/** What lies between the last gateway and everything else. */
export interface Lines {
  readonly brokers: readonly [TcpProxy, TcpProxy];
  readonly controlPlane: TcpProxy;
}

/** A cluster on servers of its own, so that all of it may be killed. */
export interface FaultCluster extends Installation {
  readonly cluster: Cluster;
  readonly services: Services;
  readonly brokers: readonly [PrivateServer, PrivateServer, ...PrivateServer[]];
  readonly redis: PrivateServer;
  readonly database: PrivateServer;
  /** Of the last gateway; the others are connected directly. */
  readonly lines: Lines | null;
  /** Between the control planes and the database. */
  readonly databaseLine: TcpProxy;
  /** Where the database's disk of its own is mounted. */
  readonly databaseDisk: string | null;
}

export interface FaultClusterOptions {
  readonly gateways: number;
  readonly sharedCounters?: boolean;
  readonly lines?: boolean;
  /** true: three RabbitMQ nodes in one cluster, with quorum queues. Default: two brokers by themselves. */
  readonly brokerCluster?: boolean;
  /** Gives the database a disk of its own of this size, as tmpfs takes it; needs root. */
  readonly databaseDisk?: string;
}

export async function startFaultCluster(options: FaultClusterOptions): Promise<FaultCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-faults-'));
  const [username, password] = admin;
  const isClustered = options.brokerCluster ?? false;
  const credentials = { user: username, password };
  const serverFolder = join(folder, 'servers');
  const databaseDisk = options.databaseDisk === undefined ? null : join(serverFolder, 'mariadb');
  if (databaseDisk) await mountDisk(databaseDisk, options.databaseDisk ?? '');
  const services = await startServices({
    folder: serverFolder,
    kinds: isClustered ? ['mysql', 'redis'] : ['mysql', 'redis', 'amqp'],
    rabbits: 2,
    mariadb: { database: 'apim_db' },
    rabbitmq: credentials,
  });
  const brokerCluster = isClustered ? await startRabbitmqCluster(folder, credentials) : null;
  const { mariadb, redis } = services;
  const [first, second, ...others] = brokerCluster?.nodes ?? services.rabbits;
  if (!mariadb || !redis || !first || !second) throw new Error('Not every server started.');
  const databaseLine = await startTcpProxy({ host: '127.0.0.1', port: mariadb.port });
  const databaseUrl = new URL(mariadb.url);
  databaseUrl.port = String(databaseLine.port);
  const proxies: TcpProxy[] = [databaseLine];
  let lines: Lines | null = null;
  const routeOf = async (gateway: number, direct: GatewayRoute): Promise<GatewayRoute> => {
    if (!options.lines || gateway !== options.gateways - 1) return direct;
    const proxy = async (port: number): Promise<TcpProxy> => {
      const one = await startTcpProxy({ host: '127.0.0.1', port });
      proxies.push(one);
      return one;
    };
    const brokers = [await proxy(first.port), await proxy(second.port)] as const;
    lines = { brokers, controlPlane: await proxy(direct.controlPlanePort) };
    const [a, b] = brokers.map((one) => `localhost:${one.port}`) as [string, string];
    return { brokers: [a, b], controlPlanePort: lines.controlPlane.port };
  };
  const close = async (): Promise<void> => {
    await Promise.all(proxies.map((one) => one.close()));
    await brokerCluster?.stop();
    await services.stop();
    if (databaseDisk) await run('umount', [databaseDisk]);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const cluster = await startCluster({
      folder,
      root,
      services: {
        databaseUrl: databaseUrl.href,
        brokers: [
          `localhost:${first.port}`,
          `localhost:${second.port}`,
          ...others.map(({ port }) => `localhost:${port}`),
        ],
        redisPort: redis.port,
      },
      admin: { username, password },
      gateways: options.gateways,
      sharedCounters: options.sharedCounters ?? false,
      brokerCluster: isClustered,
      routeOf,
    });
    return {
      name: 'fault cluster',
      admin,
      cluster,
      services,
      brokers: [first, second, ...others],
      redis,
      database: mariadb,
      lines,
      databaseLine,
      databaseDisk,
      processes: [...cluster.controlPlanes, ...cluster.trafficManagers, ...cluster.gateways],
      controlPlanes: cluster.topology.controlPlanes.map((ports) => `https://localhost:${ports.https}`),
      gateways: cluster.topology.gateways.map((ports) => `https://localhost:${ports.trafficHttps}`),
      async stop() {
        const codes = await cluster.stop();
        await close();
        return codes;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const run = promisify(execFile);

async function mountDisk(folder: string, size: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await run('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tollgate-faults', folder]);
}
