import type { NodeProcess } from '@tollgate/cluster';
import type { FaultCluster } from '../support/fault-cluster.js';
import type { Fault } from '../support/fault-drill.js';

interface Killable {
  kill(): Promise<void>;
}
export interface Freezable {
  pause(): void;
  resume(): void;
}

async function killAll(targets: readonly Killable[]): Promise<void> {
  await Promise.all(targets.map((one) => one.kill()));
}

/** Ended at once, and started again after 8 seconds. */
export function kill(
  name: string,
  targets: (cluster: FaultCluster) => readonly (Killable & ({ again(): Promise<void> } | NodeProcess))[],
  more: Partial<Fault> = {},
): Fault {
  return {
    name: `kill -9 of ${name}`,
    seconds: 8,
    begin: (cluster) => killAll(targets(cluster)),
    end: async (cluster) => {
      await Promise.all(targets(cluster).map((one) => ('again' in one ? one.again() : one.start())));
    },
    ...more,
  };
}

/** Its connections stay open and nothing answers, for 15 seconds. */
export function freeze(
  name: string,
  targets: (cluster: FaultCluster) => readonly Freezable[],
  more: Partial<Fault> = {},
): Fault {
  return {
    name: `SIGSTOP of ${name}`,
    seconds: 15,
    begin: async (cluster) => targets(cluster).forEach((one) => one.pause()),
    end: async (cluster) => targets(cluster).forEach((one) => one.resume()),
    ...more,
  };
}
