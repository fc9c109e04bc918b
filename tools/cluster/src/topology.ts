/** How gateways spread request events over the brokers of the traffic managers. */
export type Receivers = 'loadbalance' | 'failover' | 'group-per-manager';

export type AtLeastTwo<T> = readonly [T, T, ...T[]];

/** Addresses of one distributed installation on loopback. */
export interface Topology {
  readonly admin: { readonly username: string; readonly password: string };
  /** 64 hex digits, shared by all processes on the database. */
  readonly encryptionKey: string;
  readonly databaseUrl: string;
  /** Host and port of each broker, one per control plane and traffic manager pair; or of the nodes of one cluster. */
  readonly brokers: AtLeastTwo<string>;
  /** true: the brokers are nodes of one RabbitMQ cluster, so that everybody may use any of them. */
  readonly brokerCluster: boolean;
  readonly redisPort: number | null;
  /** true: the traffic managers count in Redis. */
  readonly sharedCounters: boolean;
  /** With one traffic manager gateways know the first broker only as a receiver. */
  readonly managers: 1 | 2;
  readonly receivers: Receivers;
  /** true: managers hand on to each other what they receive. */
  readonly handOn: boolean;
  /** First part of exchange and queue names: keeps installations on one broker apart. */
  readonly exchangePrefix: string;
  /** Port of the common name of both control planes. */
  readonly controlPlanePort: number;
  readonly certificate: { readonly cert: string; readonly key: string };
  readonly controlPlanes: readonly [ManagementPorts, ManagementPorts];
  readonly trafficManagers: readonly [ManagementPorts, ManagementPorts];
  readonly gateways: AtLeastTwo<GatewayPorts>;
}

/** By which addresses a gateway reaches the others. */
export interface GatewayRoute {
  readonly brokers: AtLeastTwo<string>;
  readonly controlPlanePort: number;
}

export interface ManagementPorts {
  readonly https: number;
  readonly http: number;
}

export interface GatewayPorts extends ManagementPorts {
  readonly trafficHttp: number;
  readonly trafficHttps: number;
}

/** Parts that every node's file begins with. */
function common(t: Topology, nodeId: string, ports: ManagementPorts): string {
  return `[server]
hostname = "localhost"

[super_admin]
username = "${t.admin.username}"
password = "${t.admin.password}"

[tollgate]
node_id = "${nodeId}"
data_dir = "./data"

[tollgate.management]
https_port = ${ports.https}
http_port = ${ports.http}
bind = "127.0.0.1"
tls_cert_file = "${t.certificate.cert}"
tls_key_file = "${t.certificate.key}"
`;
}

function eventHub(controlPlanePort: number, listening: readonly string[], more = ''): string {
  return `
[apim.event_hub]
enable = true
username = "$ref{super_admin.username}"
password = "$ref{super_admin.password}"
service_url = "https://localhost:${controlPlanePort}/services/"
event_listening_endpoints = [${listening.map((broker) => `"tcp://${broker}"`).join(', ')}]
${more}`;
}

function ownHubKeys(t: Topology): string {
  return `
[tollgate.event_hub]
exchange_prefix = "${t.exchangePrefix}"
queue_type = "${t.brokerCluster ? 'quorum' : 'classic'}"
control_plane_ca_file = "${t.certificate.cert}"
`;
}

/** `deployment.toml` of a control plane, in the shape of the seed topology. */
export function controlPlaneToml(t: Topology, index: 0 | 1): string {
  const peer = t.brokers[index === 0 ? 1 : 0];
  const groups = t.brokers
    .slice(0, 2)
    .map((broker) => `[[apim.event_hub.publish.url_group]]\nurls = ["tcp://${broker}"]\n`)
    .join('');
  const publishing = t.brokerCluster ? '' : `event_duplicate_url = ["tcp://${peer}"]\n${groups}`;
  const listening = t.brokerCluster ? t.brokers : [t.brokers[index]];
  return `${common(t, `control-plane-${index + 1}`, t.controlPlanes[index])}
[database.apim_db]
type = "mariadb"
url = "${t.databaseUrl}"
${eventHub(t.controlPlanePort, listening, publishing)}
[[apim.gateway.environment]]
name = "Default"
type = "hybrid"
display_name = "Default"
http_endpoint = "http://localhost:${t.gateways[0].trafficHttp}"
https_endpoint = "https://localhost:${t.gateways[0].trafficHttps}"

[apim.key_manager]
service_url = "https://localhost:${t.controlPlanePort}/services/"

[tollgate.encryption]
key = "${t.encryptionKey}"
${t.redisPort === null ? '' : `\n[apim.redis_config]\nhost = "127.0.0.1"\nport = ${t.redisPort}\n`}
[tollgate.network]
allow_private = ["loopback"]
${sharedCounters(t)}${ownHubKeys(t)}`;
}

/**
 * `deployment.toml` of a traffic manager: like the seeds, it hears hub events from the other side's control plane. In one
 * cluster of brokers every manager reads every batch there, so that none has to be handed on.
 */
export function trafficManagerToml(t: Topology, index: 0 | 1): string {
  const peer = t.brokers[index === 0 ? 1 : 0];
  const own = t.brokerCluster ? t.brokers : [t.brokers[index]];
  const handsOn = t.handOn && t.managers === 2 && !t.brokerCluster;
  const duplicate = handsOn ? `event_duplicate_url = ["tcp://${peer}"]\n` : '';
  return `${common(t, `traffic-manager-${index + 1}`, t.trafficManagers[index])}
[apim.throttling]
${duplicate}service_url = "https://localhost:${t.trafficManagers[index].https}/services/"
throttle_decision_endpoints = [${own.map((broker) => `"tcp://${broker}"`).join(', ')}]
${eventHub(t.controlPlanePort, t.brokerCluster ? t.brokers : [peer])}
[apim.key_manager]
service_url = "https://localhost:${t.controlPlanePort}/services/"
${sharedCounters(t)}${ownHubKeys(t)}`;
}

/** On traffic managers, on gateways that lease strict quotas, and on control planes, which let policies be strict then. */
function sharedCounters(t: Topology): string {
  if (!t.sharedCounters || t.redisPort === null) return '';
  return `
[apim.distributed_throttling]
enable = true
[apim.distributed_throttling.keyvalue_store]
host = "127.0.0.1"
port = ${t.redisPort}
`;
}

/** The groups to which a gateway sends its request events. */
function receiverGroups(t: Topology, brokers: readonly string[]): string {
  const group = (members: readonly string[], type: string): string => `
[[apim.throttling.url_group]]
traffic_manager_urls = [${members.map((one) => `"tcp://${one}"`).join(', ')}]
type = "${type}"
`;
  if (t.receivers === 'group-per-manager') return brokers.map((one) => group([one], 'loadbalance')).join('');
  return group(brokers, t.receivers);
}

/** `deployment.toml` of a gateway. */
export function gatewayToml(t: Topology, index: number, ports: GatewayPorts, route: GatewayRoute): string {
  const { brokers, controlPlanePort } = route;
  const receivers = t.brokerCluster ? brokers : brokers.slice(0, t.managers);
  const all = receivers.map((broker) => `"tcp://${broker}"`).join(', ');
  return `${common(t, `gateway-${index + 1}`, ports)}
[apim.throttling]
username = "$ref{super_admin.username}"
password = "$ref{super_admin.password}"
service_url = "https://localhost:${controlPlanePort}/services/"
throttle_decision_endpoints = [${all}]
enable_unlimited_tier = true
${receiverGroups(t, receivers)}${eventHub(controlPlanePort, brokers)}
[apim.key_manager]
service_url = "https://localhost:${controlPlanePort}/services/"

[tollgate.gateway]
http_port = ${ports.trafficHttp}
https_port = ${ports.trafficHttps}
bind = "127.0.0.1"

[tollgate.network]
allow_private = ["loopback"]
${sharedCounters(t)}${ownHubKeys(t)}`;
}
