import type { Fault } from '../support/fault-drill.js';
import { fillDisk, raiseMemoryAlarm } from './broker-alarms.js';
import { freeze, kill } from './kinds.js';
import { lostEvents } from './lost-events.js';
import { overload } from './overload.js';
import { hangingConsumer, slow } from './slow-consumers.js';

/** Of brokers, traffic managers and control planes; the managers hand batches on to each other. */
export const processFaults: readonly Fault[] = [
  kill('one broker', ({ brokers }) => [brokers[0]], { controlPlane: 0 }),
  freeze('one broker', ({ brokers }) => [brokers[0]], { controlPlane: 1 }),
  kill('both brokers', ({ brokers }) => brokers, { controlPlane: 0, longSeconds: 300 }),
  freeze('both brokers', ({ brokers }) => brokers, { controlPlane: 0 }),
  {
    ...kill('one broker, which comes back with its memory lost', ({ brokers }) => [brokers[1]], { controlPlane: 0 }),
    end: async ({ brokers }) => {
      brokers[1].wipe('mnesia');
      await brokers[1].again();
    },
  },
  fillDisk('one broker', ({ brokers }) => [brokers[0]], { controlPlane: 0 }),
  fillDisk('both brokers', ({ brokers }) => brokers, { controlPlane: 0 }),
  raiseMemoryAlarm('one broker', ({ brokers }) => [brokers[0]], { controlPlane: 0 }),
  raiseMemoryAlarm('both brokers', ({ brokers }) => brokers, { controlPlane: 0, longSeconds: 300 }),
  slow('one traffic manager', ({ cluster }) => cluster.trafficManagers[1]),
  hangingConsumer(),
  overload(),
  lostEvents(),
  kill('one traffic manager', ({ cluster }) => [cluster.trafficManagers[0]], { controlPlane: 0 }),
  freeze('one traffic manager', ({ cluster }) => [cluster.trafficManagers[1]], {
    controlPlane: 0,
    longSeconds: 720, // longer than the broker keeps the queue of one that is away
  }),
  kill('both traffic managers', ({ cluster }) => cluster.trafficManagers, { controlPlane: 0, longSeconds: 300 }),
  freeze('both traffic managers', ({ cluster }) => cluster.trafficManagers, { controlPlane: 0 }),
  kill('one control plane', ({ cluster }) => [cluster.controlPlanes[0]], { controlPlane: 1 }),
  freeze('one control plane', ({ cluster }) => [cluster.controlPlanes[1]], { controlPlane: 0 }),
  kill('both control planes', ({ cluster }) => cluster.controlPlanes, { longSeconds: 600 }),
  freeze('both control planes', ({ cluster }) => cluster.controlPlanes),
];
