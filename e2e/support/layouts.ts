import type { Installation } from './installation.js';
import { seedTopology, seedTopologyFolder } from './seed-topology.js';
import { distributed } from './settings.js';

/** Driven where `SEED_TOPOLOGY_DIR` names the fragments. */
export const seedLayout = 'five fragments of a WSO2 deployment, put on loopback';

/** The ways to wire two gateways to traffic managers, in each of which a request counts once at every level. */
export const layouts: Readonly<Record<string, () => Promise<Installation>>> = {
  'one manager': () => distributed({ managers: 1 }),
  'two managers in one load-balanced group': () => distributed(),
  'two managers in one load-balanced group with a shared store': () => distributed({ sharedCounters: true }),
  'one group per manager': () => distributed({ receivers: 'group-per-manager' }),
  'a failover group': () => distributed({ receivers: 'failover' }),
  'all receivers, whose managers do not know each other': () =>
    distributed({ receivers: 'group-per-manager', handOn: false }),
  ...(seedTopologyFolder === undefined ? {} : { [seedLayout]: seedTopology }),
};
