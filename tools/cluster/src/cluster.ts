import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadOrMakeCertificate } from '@tollgate/http';
import { freePorts } from '@tollgate/services';
import { NodeProcess } from './node-process.js';
import { TcpBalancer } from './tcp-balancer.js';
import {
  controlPlaneToml,
  gatewayToml,
  trafficManagerToml,
  type AtLeastTwo,
  type GatewayPorts,
  type GatewayRoute,
  type ManagementPorts,
  type Receivers,
  type Topology,
} from './topology.js';

export interface ClusterServices {
  /** `mysql://user:password@host:port/name` of an empty database. */
  readonly databaseUrl: string;
  /** `host:port` of brokers that know the administrator's name and password. */
  readonly brokers: AtLeastTwo<string>;
  readonly redisPort: number | null;
  readonly exchangePrefix?: string;
}

export interface ClusterOptions {
  readonly folder: string;
  /** Root of the repository: where the apps were built. */
  readonly root: string;
  readonly services: ClusterServices;
  readonly admin: { readonly username: string; readonly password: string };
  /** 64 hex digits; absent: made anew, so the database must be empty. */
  readonly encryptionKey?: string;
  /** Fixed first port, or any free ones. */
  readonly firstPort?: number;
  /** Default 2, at least 2. */
  readonly gateways?: number;
  /** true: the traffic managers count in Redis together. Default: each by itself, batches handed on. */
  readonly sharedCounters?: boolean;
  /** Default 2; with 1 the second is not started. */
  readonly managers?: 1 | 2;
  /** Default: one load-balanced group. */
  readonly receivers?: Receivers;
  /** Default true. */
  readonly handOn?: boolean;
  /** true: the brokers are nodes of one RabbitMQ cluster. Default: two by themselves. */
  readonly brokerCluster?: boolean;
  /** Leads a gateway's connections through something of the caller's, such as a proxy. Default: as they are. */
  readonly routeOf?: (gateway: number, direct: GatewayRoute) => Promise<GatewayRoute>;
}

type Pair = readonly [NodeProcess, NodeProcess];

export interface Cluster {
  readonly topology: Topology;
  readonly controlPlanes: Pair;
  readonly trafficManagers: Pair;
  readonly gateways: AtLeastTwo<NodeProcess>;
  /** Every process ends by SIGTERM, gateways first. @returns exit codes by name */
  stop(): Promise<Record<string, number | null>>;
}

/** Two control planes, two traffic managers and two or more gateways on loopback, each wired by its own `deployment.toml`. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const topology = await planTopology(options);
  const node = (app: string, index: number, toml: string): NodeProcess => makeNode(options, app, index, toml);
  const controlPlanes = [
    node('control-plane', 0, controlPlaneToml(topology, 0)),
    node('control-plane', 1, controlPlaneToml(topology, 1)),
  ] as const;
  const trafficManagers = [
    node('traffic-manager', 0, trafficManagerToml(topology, 0)),
    node('traffic-manager', 1, trafficManagerToml(topology, 1)),
  ] as const;
  const direct = { brokers: topology.brokers, controlPlanePort: topology.controlPlanePort };
  const routeOf = options.routeOf ?? (async () => direct);
  const [first, second, ...others] = topology.gateways;
  const gatewayOf = async (ports: GatewayPorts, index: number): Promise<NodeProcess> =>
    node('gateway', index, gatewayToml(topology, index, ports, await routeOf(index, direct)));
  const gateways: AtLeastTwo<NodeProcess> = [
    await gatewayOf(first, 0),
    await gatewayOf(second, 1),
    ...(await Promise.all(others.map((ports, i) => gatewayOf(ports, i + 2)))),
  ];
  const balancer = new TcpBalancer(topology.controlPlanes.map((ports) => ports.https));
  await balancer.listen(topology.controlPlanePort);
  const all = [...gateways, ...trafficManagers, ...controlPlanes];
  const usedManagers = trafficManagers.slice(0, topology.managers);
  const stop = async (): Promise<Record<string, number | null>> => {
    const codes: Record<string, number | null> = {};
    for (const pair of [gateways, usedManagers, controlPlanes])
      await Promise.all(pair.map(async (one) => (codes[one.name] = await one.stop())));
    await balancer.close();
    return codes;
  };
  try {
    await Promise.all(controlPlanes.map((one) => one.start()));
    await Promise.all([...usedManagers, ...gateways].map((one) => one.start()));
    // Ready means that people may call: until a gateway has its configuration it answers 503.
    await Promise.all(gateways.map((one) => one.waitFor('replica.loaded', 60_000)));
  } catch (error) {
    await Promise.all(all.map((one) => one.kill()));
    await balancer.close();
    throw error;
  }
  return { topology, controlPlanes, trafficManagers, gateways, stop };
}

function makeNode(options: ClusterOptions, app: string, index: number, toml: string): NodeProcess {
  const name = `${app}-${index + 1}`;
  const folder = join(options.folder, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'deployment.toml'), toml, { mode: 0o600 });
  return new NodeProcess({
    name,
    main: resolve(options.root, 'apps', app, 'dist/main.js'),
    arguments: ['--config', join(folder, 'deployment.toml')],
    folder,
  });
}

async function planTopology(options: ClusterOptions): Promise<Topology> {
  const furtherGateways = Math.max(0, (options.gateways ?? 2) - 2);
  const needed = 17 + 4 * furtherGateways;
  const ports =
    options.firstPort === undefined
      ? await freePorts(needed)
      : Array.from({ length: needed }, (_, i) => (options.firstPort ?? 0) + i);
  const take = (): number => ports.shift() ?? 0;
  const management = (): ManagementPorts => ({ https: take(), http: take() });
  const gateway = (): GatewayPorts => ({ ...management(), trafficHttp: take(), trafficHttps: take() });
  const certificate = await clusterCertificate(join(options.folder, 'tls'));
  return {
    admin: options.admin,
    encryptionKey: options.encryptionKey ?? randomBytes(32).toString('hex'),
    databaseUrl: options.services.databaseUrl,
    brokers: options.services.brokers,
    brokerCluster: options.brokerCluster ?? false,
    redisPort: options.services.redisPort,
    sharedCounters: options.sharedCounters ?? false,
    managers: options.managers ?? 2,
    receivers: options.receivers ?? 'loadbalance',
    handOn: options.handOn ?? true,
    exchangePrefix: options.services.exchangePrefix ?? 'tollgate',
    controlPlanePort: take(),
    certificate,
    controlPlanes: [management(), management()],
    trafficManagers: [management(), management()],
    gateways: [gateway(), gateway(), ...Array.from({ length: furtherGateways }, gateway)],
  };
}

/** One certificate for every node, so that each can be told to trust it. @returns its files */
export async function clusterCertificate(folder: string): Promise<Topology['certificate']> {
  await loadOrMakeCertificate({ folder, name: 'cluster', hostname: 'localhost' });
  return { cert: join(folder, 'cluster.crt'), key: join(folder, 'cluster.key') };
}
