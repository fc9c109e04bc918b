import { counterStoreServers } from './counter-store.js';
import type { TollgateConfig } from './schema.js';

/**
 * Where gateways lease the quotas of strict policies: from the store of `[apim.distributed_throttling]`; from the traffic
 * manager of their own process, where nothing but this process can count; `null`: several managers count in their own
 * memories and nobody can decide for all of them.
 */
export function leaseSource(config: TollgateConfig): 'store' | 'process' | null {
  if (counterStoreServers(config)) return 'store';
  const { event_hub: hub, throttling } = config.apim;
  const elsewhere = [
    ...hub.event_listening_endpoints,
    ...throttling.throttle_decision_endpoints,
    ...throttling.url_group,
    ...throttling.event_duplicate_url,
    hub.service_url,
    config.tollgate.event_hub.control_plane_url,
  ];
  return elsewhere.every((one) => one === undefined) ? 'process' : null;
}
