import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { NodeProcess, startCluster, type Cluster, type ClusterOptions } from '@tollgate/cluster';
import { freePorts } from '@tollgate/services';
import { amqpUrls, freshMysqlDatabase, randomPrefix, redisUrl } from '@tollgate/testing';
import type { Installation } from './installation.js';

export const root = resolve(import.meta.dirname, '../..');
export const admin = ['admin', 'a-Password-for-tests-7'] as const;
const encryptionKey = '7'.repeat(64);

export interface SingleInstallation extends Installation {
  /** Base address of API traffic without TLS. */
  readonly plainGateway: string;
  readonly process: NodeProcess;
  readonly folder: string;
}

const clientCertificates = 'request_client_certificate = true\nclient_ca_file = "./clients.pem"\n';

/** `deployment.toml` of one process on free ports; `more` adds sections. */
async function singleToml(
  more: string,
  asksForCertificates: boolean,
): Promise<{ toml: string; management: number; gateway: number; plainGateway: number; managementHttp: number }> {
  const [https = 0, http = 0, trafficHttps = 0, trafficHttp = 0, sample = 0] = await freePorts(5);
  const toml = `[server]
hostname = "localhost"

[super_admin]
username = "${admin[0]}"
password = "${admin[1]}"

[tollgate]
data_dir = "./data"

[tollgate.management]
https_port = ${https}
http_port = ${http}
${asksForCertificates ? clientCertificates : ''}
[tollgate.gateway]
https_port = ${trafficHttps}
http_port = ${trafficHttp}

[tollgate.sample]
back_end_port = ${sample}
${more}`;
  return { toml, management: https, gateway: trafficHttps, plainGateway: trafficHttp, managementHttp: http };
}

async function startSingle(
  name: string,
  more: string,
  clean: () => Promise<void>,
  files: Readonly<Record<string, string>> = {},
): Promise<SingleInstallation> {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-e2e-'));
  const { toml, management, gateway, plainGateway } = await singleToml(more, 'clients.pem' in files);
  writeFileSync(join(folder, 'deployment.toml'), toml);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  const process = new NodeProcess({ name, main: join(root, 'apps/all-in-one/dist/main.js'), arguments: [], folder });
  await process.start();
  return {
    name,
    admin,
    folder,
    process,
    processes: [process],
    controlPlanes: [`https://localhost:${management}`],
    gateways: [`https://localhost:${gateway}`],
    plainGateway: `http://127.0.0.1:${plainGateway}`,
    async stop() {
      const code = await process.stop();
      await clean();
      rmSync(folder, { recursive: true, force: true });
      return { [name]: code };
    },
  };
}

/** Everything in one process on SQLite. @param files beside deployment.toml; `clients.pem` are authorities of clients */
export function embedded(files: Readonly<Record<string, string>> = {}): Promise<SingleInstallation> {
  return startSingle('all-in-one', '', async () => undefined, files);
}

/** Everything in one process on MariaDB, RabbitMQ and Redis. @param brokerUrl default the first of the test brokers */
export async function onServers(brokerUrl = amqpUrls()[0] ?? ''): Promise<SingleInstallation> {
  const database = await freshMysqlDatabase();
  const broker = new URL(brokerUrl);
  const redis = new URL(redisUrl());
  const endpoint = `"tcp://${broker.username}:${broker.password}@${broker.host}"`;
  const more = `
[database.apim_db]
type = "mariadb"
url = "${database.url}"

[apim.event_hub]
event_listening_endpoints = [${endpoint}]

[apim.throttling]
throttle_decision_endpoints = [${endpoint}]
[[apim.throttling.url_group]]
traffic_manager_urls = [${endpoint}]

[apim.distributed_throttling]
enable = true
[apim.distributed_throttling.keyvalue_store]
host = "${redis.hostname}"
port = ${redis.port}

[apim.redis_config]
host = "${redis.hostname}"
port = ${redis.port}

[tollgate.event_hub]
exchange_prefix = "${randomPrefix()}"

[tollgate.encryption]
key = "${encryptionKey}"

[tollgate.network]
allow_private = ["loopback"]
`;
  return startSingle('all-in-one on servers', more, () => database.drop());
}

export interface ClusterInstallation extends Installation {
  readonly cluster: Cluster;
}

type Wiring = Pick<ClusterOptions, 'managers' | 'receivers' | 'handOn' | 'sharedCounters'> & {
  /** Of something that stands before the Redis of the tests. */
  readonly redisPort?: number;
};

/** Two control planes, two traffic managers unless `wiring` says one, two gateways, two brokers, MariaDB, Redis. */
export async function distributed({ redisPort, ...wiring }: Wiring = {}): Promise<ClusterInstallation> {
  const database = await freshMysqlDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-cluster-'));
  const [first = '', second = ''] = amqpUrls().map((url) => url.replace(/^amqp:\/\//, '').replace(/\/$/, ''));
  const services = {
    databaseUrl: database.url,
    brokers: [first, second] as const,
    redisPort: redisPort ?? Number(new URL(redisUrl()).port),
    exchangePrefix: randomPrefix(),
  };
  const administrator = { username: admin[0], password: admin[1] };
  const cluster = await startCluster({ folder, root, services, admin: administrator, ...wiring });
  const { topology } = cluster;
  return {
    name: 'cluster',
    admin,
    cluster,
    managers: {
      addresses: topology.trafficManagers.slice(0, topology.managers).map(({ https }) => `https://localhost:${https}`),
      inOneStore: topology.sharedCounters,
      brokers: topology.brokers,
      credentials: topology.admin,
      exchangePrefix: topology.exchangePrefix,
    },
    processes: [...cluster.controlPlanes, ...cluster.trafficManagers, ...cluster.gateways],
    controlPlanes: topology.controlPlanes.map((ports) => `https://localhost:${ports.https}`),
    gateways: topology.gateways.map((ports) => `https://localhost:${ports.trafficHttps}`),
    async stop() {
      const codes = await cluster.stop();
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
      return codes;
    },
  };
}
