import { distributed, type ClusterInstallation } from './settings.js';

/** The ways to wire two gateways to traffic managers, in each of which a request counts once at every level. */
export const layouts: Readonly<Record<string, () => Promise<ClusterInstallation>>> = {
  'one manager': () => distributed({ managers: 1 }),
  'two managers in one load-balanced group': () => distributed(),
  'two managers in one load-balanced group with a shared store': () => distributed({ sharedCounters: true }),
  'one group per manager': () => distributed({ receivers: 'group-per-manager' }),
  'a failover group': () => distributed({ receivers: 'failover' }),
  'all receivers, whose managers do not know each other': () =>
    distributed({ receivers: 'group-per-manager', handOn: false }),
};
