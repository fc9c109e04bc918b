import type { Role } from '@tollgate/launcher';
import { TrafficManagerModule } from './traffic-manager.module.js';

/** Reads request events, writes decisions; serves health and metrics only, and never opens the database. */
export const trafficManagerRole: Role = {
  name: 'traffic-manager',
  needs: [],
  module: () => TrafficManagerModule,
};
