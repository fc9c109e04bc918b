import { hostname } from 'node:os';
import { join } from 'node:path';
import { StartupError } from '@tollgate/base';
import {
  checkCounterStore,
  controlPlaneUrl,
  counterKeyPrefix,
  counterStoreServers,
  ports,
  type RedisServers,
  type TollgateConfig,
} from '@tollgate/config';
import { hubCredentials, type ControlPlaneAddress } from '@tollgate/deployment/client';
import { topologyOf, type Topology } from '@tollgate/event-hub';

/** Everything the role needs from the configuration, read once. */
export interface TrafficManagerSettings {
  /** Names the queues and the messages of this process; the same after a restart. */
  readonly nodeId: string;
  readonly topology: Topology;
  readonly controlPlane: ControlPlaneAddress;
  readonly compareEveryMs: number;
  readonly diskDir: string;
  /** `undefined`: every manager counts by itself. */
  readonly store: RedisServers | undefined;
  readonly redisKeyPrefix: string;
}

/** @throws StartupError for wiring that cannot work */
export function settingsOf(config: TollgateConfig): TrafficManagerSettings {
  const { apim, tollgate } = config;
  const problems = checkCounterStore(config);
  if (problems.length > 0) throw new StartupError(problems);
  const url = controlPlaneUrl(config);
  return {
    nodeId: nodeIdOf(config),
    topology: topologyOf({
      // Without the address of a control plane it runs in this process, and so may every other role.
      roles: url === undefined ? ['traffic-manager', 'gateway', 'event-hub'] : ['traffic-manager'],
      eventHub: {
        listeningEndpoints: apim.event_hub.event_listening_endpoints,
        duplicateUrls: [],
        publishGroups: [],
      },
      throttling: {
        urlGroups: [],
        decisionEndpoints: apim.throttling.throttle_decision_endpoints,
        duplicateUrls: apim.throttling.event_duplicate_url,
      },
    }),
    controlPlane: { url, caFile: tollgate.event_hub.control_plane_ca_file, credentials: hubCredentials(config) },
    compareEveryMs: tollgate.event_hub.reconcile_interval_ms,
    diskDir: join(tollgate.data_dir, 'traffic-manager'),
    store: counterStoreServers(config),
    redisKeyPrefix: counterKeyPrefix(config),
  };
}

/** Two managers on one host differ by their port, because a queue that two of them shared would halve what each sees. */
function nodeIdOf(config: TollgateConfig): string {
  const port = ports(config).management_https || process.pid;
  return `traffic-manager-${config.tollgate.node_id ?? `${hostname()}-${port}`}`;
}
