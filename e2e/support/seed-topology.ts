import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clusterCertificate, NodeProcess, TcpBalancer } from '@tollgate/cluster';
import { freePorts } from '@tollgate/services';
import { amqpUrls, freshMysqlDatabase, randomPrefix } from '@tollgate/testing';
import type { Installation } from './installation.js';
import { admin, root } from './settings.js';

/** Folder with the five fragments; they are another project's and stay outside the repository. */
export const seedTopologyFolder = process.env['SEED_TOPOLOGY_DIR'] || undefined;

/** A node of the deployment: its fragment, its side (whose broker is its `localhost`), and the app that plays it. */
const nodes = [
  { name: 'control-plane-1', fragment: 'control-plane-1', side: 0, app: 'control-plane' },
  { name: 'control-plane-2', fragment: 'control-plane-2', side: 1, app: 'control-plane' },
  { name: 'traffic-manager-1', fragment: 'traffic-manager-1', side: 0, app: 'traffic-manager' },
  { name: 'traffic-manager-2', fragment: 'traffic-manager-2', side: 1, app: 'traffic-manager' },
  { name: 'gateway-1', fragment: 'gateway', side: 0, app: 'gateway' },
  { name: 'gateway-2', fragment: 'gateway', side: 1, app: 'gateway' },
] as const;
type Node = (typeof nodes)[number];

interface Surroundings {
  readonly databaseUrl: string;
  /** `user:password@host:port` */
  readonly brokers: readonly string[];
  readonly exchangePrefix: string;
  readonly controlPlanePort: number;
  readonly certificate: { readonly cert: string; readonly key: string };
}

/**
 * Puts loopback in the place of the fragment's hosts and ports, and leaves everything else as it is. The hosts of one side,
 * and `localhost` on it, are one broker: its AMQP port 5672 and its receiver ports 9611 and 9711.
 * @throws Error when an address of the fragment would stay
 */
export function onLoopback(
  fragment: string,
  side: 0 | 1,
  at: Pick<Surroundings, 'brokers' | 'controlPlanePort'>,
): string {
  const broker = (index: number): string => at.brokers[index] ?? '';
  const adapted = fragment
    .replaceAll(/wso2am-(?:acp|tm)-([12])-service:(?:5672|9611|9711)/g, (_, number: string) =>
      broker(Number(number) - 1),
    )
    .replaceAll('localhost:5672', broker(side))
    .replaceAll(/wso2am-(?:acp|tm)-service:9443/g, `localhost:${at.controlPlanePort}`);
  const left = /wso2am-[\w-]*|:(?:5672|9611|9711|9443)\b/.exec(adapted);
  if (left) throw new Error(`The fragment still names ${left[0]}.`);
  return adapted;
}

/** What a fragment leaves to the node: names, ports, certificate, and for control planes the database. */
function nodeToml(node: Node, ports: readonly number[], at: Surroundings): string {
  const [https = 0, http = 0, trafficHttps = 0, trafficHttp = 0] = ports;
  const common = `
[server]
hostname = "localhost"
[super_admin]
username = "${admin[0]}"
password = "${admin[1]}"
[tollgate]
node_id = "${node.name}"
data_dir = "./data"
[tollgate.management]
https_port = ${https}
http_port = ${http}
tls_cert_file = "${at.certificate.cert}"
tls_key_file = "${at.certificate.key}"
[tollgate.event_hub]
exchange_prefix = "${at.exchangePrefix}"
control_plane_ca_file = "${at.certificate.cert}"
[tollgate.network]
allow_private = ["loopback"]
`;
  const gateway = `[tollgate.gateway]\nhttps_port = ${trafficHttps}\nhttp_port = ${trafficHttp}\n`;
  const controlPlane = `[database.apim_db]
type = "mariadb"
url = "${at.databaseUrl}"
[tollgate.encryption]
key = "${'5'.repeat(64)}"
`;
  return common + { gateway, 'control-plane': controlPlane, 'traffic-manager': '' }[node.app];
}

/** The deployment that the fragments describe, with two replicas of the gateway. */
export async function seedTopology(): Promise<Installation> {
  if (seedTopologyFolder === undefined) throw new Error('SEED_TOPOLOGY_DIR is not set.');
  const fragmentFolder = seedTopologyFolder;
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-seed-'));
  const database = await freshMysqlDatabase();
  const [controlPlanePort = 0, ...ports] = await freePorts(1 + 4 * nodes.length);
  const portsOf = (i: number): number[] => ports.slice(4 * i, 4 * i + 4);
  const at: Surroundings = {
    databaseUrl: database.url,
    brokers: amqpUrls().map((url) => url.replace(/^amqp:\/\//, '').replace(/\/$/, '')),
    exchangePrefix: randomPrefix(),
    controlPlanePort,
    certificate: await clusterCertificate(folder),
  };
  const balancer = new TcpBalancer([portsOf(0)[0] ?? 0, portsOf(1)[0] ?? 0]);
  await balancer.listen(controlPlanePort);
  const processes = nodes.map((node, i) => {
    const fragment = readFileSync(join(fragmentFolder, `${node.fragment}.toml`), 'utf8');
    const own = join(folder, node.name);
    mkdirSync(own);
    const toml = onLoopback(fragment, node.side, at) + nodeToml(node, portsOf(i), at);
    writeFileSync(join(own, 'deployment.toml'), toml, { mode: 0o600 });
    const main = join(root, 'apps', node.app, 'dist/main.js');
    return new NodeProcess({ name: node.name, main, arguments: [], folder: own });
  });
  const clean = async (): Promise<void> => {
    await balancer.close();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await Promise.all(processes.slice(0, 2).map((one) => one.start()));
    await Promise.all(processes.slice(2).map((one) => one.start()));
  } catch (error) {
    await Promise.all(processes.map((one) => one.kill()));
    await clean();
    throw error;
  }
  return {
    name: 'seed topology',
    admin,
    processes,
    controlPlanes: [0, 1].map((i) => `https://localhost:${portsOf(i)[0]}`),
    gateways: [4, 5].map((i) => `https://localhost:${portsOf(i)[2]}`),
    managers: {
      addresses: [2, 3].map((i) => `https://localhost:${portsOf(i)[0]}`),
      inOneStore: false,
      brokers: at.brokers,
      credentials: { username: admin[0], password: admin[1] },
      exchangePrefix: at.exchangePrefix,
    },
    async stop() {
      const codes: Record<string, number | null> = {};
      for (const one of processes.toReversed()) codes[one.name] = await one.stop();
      await clean();
      return codes;
    },
  };
}
