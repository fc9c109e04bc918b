import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeProcess } from '@tollgate/cluster';
import { connect } from 'amqplib';
import type { FaultCluster } from '../support/fault-cluster.js';
import type { Fault } from '../support/fault-drill.js';

interface Killable {
  kill(): Promise<void>;
}
interface Freezable {
  pause(): void;
  resume(): void;
}

async function killAll(targets: readonly Killable[]): Promise<void> {
  await Promise.all(targets.map((one) => one.kill()));
}

function kill(
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

function freeze(
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

type Broker = FaultCluster['brokers'][number];

/** RabbitMQ takes nothing from publishers while less of its disk is free than this: as if something had filled it. */
function fillDisk(name: string, brokers: (cluster: FaultCluster) => readonly Broker[], more: Partial<Fault>): Fault {
  return {
    name: `disk full under ${name}`,
    seconds: 15,
    begin: async (cluster) => setFreeLimit(brokers(cluster), '1000000GB'),
    end: async (cluster) => setFreeLimit(brokers(cluster), '50MB'),
    ...more,
  };
}

async function setFreeLimit(brokers: readonly Broker[], limit: string): Promise<void> {
  await Promise.all(brokers.map((broker) => broker.control('set_disk_free_limit', limit)));
}

/** RabbitMQ takes nothing from publishers while it uses more memory than this share of the machine's. */
function raiseMemoryAlarm(
  name: string,
  brokers: (cluster: FaultCluster) => readonly Broker[],
  more: Partial<Fault>,
): Fault {
  const setShare = async (cluster: FaultCluster, share: string): Promise<void> => {
    await Promise.all(brokers(cluster).map((broker) => broker.control('set_vm_memory_high_watermark', share)));
  };
  return {
    name: `memory alarm of ${name}`,
    seconds: 15,
    begin: (cluster) => setShare(cluster, '0.00001'),
    end: (cluster) => setShare(cluster, '0.4'),
    ...more,
  };
}

/** Works for 100 ms of each second: slow, and never gone for long enough to be left. */
function slow(name: string, target: (cluster: FaultCluster) => Freezable): Fault {
  let isOver = false;
  let working: Promise<void> = Promise.resolve();
  return {
    name: `a slow consumer: ${name} works a tenth of the time`,
    seconds: 15,
    controlPlane: 0,
    begin: async (cluster) => {
      isOver = false;
      working = (async () => {
        while (!isOver) {
          target(cluster).pause();
          await sleep(900);
          target(cluster).resume();
          await sleep(100);
        }
      })();
    },
    end: async () => {
      isOver = true;
      await working;
    },
  };
}

/** A consumer of one's own, as docs/request-events.md describes, that takes a message and never another. */
function hangingConsumer(): Fault {
  let leave: () => Promise<void> = async () => undefined;
  return {
    name: 'a slow consumer: one of request events beside the managers hangs',
    seconds: 15,
    controlPlane: 0,
    begin: async ({ brokers, cluster }) => {
      const connection = await connect(brokers[0].url);
      const channel = await connection.createChannel();
      await channel.prefetch(1);
      const { queue } = await channel.assertQueue('hangs', { durable: true, maxLength: 100_000 });
      await channel.bindQueue(queue, `${cluster.topology.exchangePrefix}.requestEvents`, '#');
      await channel.consume(queue, () => undefined);
      leave = async () => {
        await channel.deleteQueue(queue);
        await connection.close();
      };
    },
    end: () => leave(),
  };
}

function linesOf(cluster: FaultCluster): NonNullable<FaultCluster['lines']> {
  if (!cluster.lines) throw new Error('This cluster has no proxies.');
  return cluster.lines;
}

const allButLast = (cluster: FaultCluster): readonly string[] => cluster.gateways.slice(0, -1);

/** Of brokers, traffic managers, control planes and their database; the managers hand batches on to each other. */
export const processFaults: readonly Fault[] = [
  kill('one broker', ({ brokers }) => [brokers[0]], { controlPlane: 0 }),
  freeze('one broker', ({ brokers }) => [brokers[0]], { controlPlane: 1 }),
  kill('both brokers', ({ brokers }) => brokers, { controlPlane: 0 }),
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
  raiseMemoryAlarm('both brokers', ({ brokers }) => brokers, { controlPlane: 0 }),
  slow('one traffic manager', ({ cluster }) => cluster.trafficManagers[1]),
  hangingConsumer(),
  kill('one traffic manager', ({ cluster }) => [cluster.trafficManagers[0]], { controlPlane: 0 }),
  freeze('one traffic manager', ({ cluster }) => [cluster.trafficManagers[1]], { controlPlane: 0 }),
  kill('both traffic managers', ({ cluster }) => cluster.trafficManagers, { controlPlane: 0 }),
  freeze('both traffic managers', ({ cluster }) => cluster.trafficManagers, { controlPlane: 0 }),
  kill('one control plane', ({ cluster }) => [cluster.controlPlanes[0]], { controlPlane: 1 }),
  freeze('one control plane', ({ cluster }) => [cluster.controlPlanes[1]], { controlPlane: 0 }),
  kill('both control planes', ({ cluster }) => cluster.controlPlanes),
  freeze('both control planes', ({ cluster }) => cluster.controlPlanes),
  kill('the database', ({ database }) => [database]),
  freeze('the database', ({ database }) => [database]),
];

/** Of the network between one gateway and everything else. */
export const networkFaults: readonly Fault[] = [
  {
    name: 'the connection of one gateway to one broker is a black hole',
    seconds: 20,
    begin: async (cluster) => linesOf(cluster).brokers[0].blackHole(true),
    end: async (cluster) => linesOf(cluster).brokers[0].blackHole(false),
    controlPlane: 0,
  },
  {
    name: 'one gateway is cut off from brokers and control planes',
    seconds: 120,
    begin: async (cluster) => setCut(cluster, true),
    end: async (cluster) => setCut(cluster, false),
    controlPlane: 0,
    following: allButLast,
  },
];

function setCut(cluster: FaultCluster, on: boolean): void {
  const { brokers, controlPlane } = linesOf(cluster);
  for (const line of [...brokers, controlPlane]) {
    line.refuse(on);
    if (on) line.cut();
  }
}

/** Of Redis, where the traffic managers count in it together. */
export const storeFaults: readonly Fault[] = [
  kill('Redis', ({ redis }) => [redis], { controlPlane: 0 }),
  freeze('Redis', ({ redis }) => [redis], { controlPlane: 0 }),
  kill('one traffic manager (counters in Redis)', ({ cluster }) => [cluster.trafficManagers[0]], { controlPlane: 0 }),
];

/** Of the nodes of one RabbitMQ cluster with quorum queues. The first declared the queues, so it leads most of them. */
export const clusterFaults: readonly Fault[] = [
  kill('one of three nodes of a broker cluster', ({ brokers }) => [brokers[0]], { controlPlane: 0 }),
  freeze('one of three nodes of a broker cluster', ({ brokers }) => [brokers[0]], { controlPlane: 0 }),
  kill('two of three nodes of a broker cluster', ({ brokers }) => brokers.slice(0, 2), { controlPlane: 0 }),
  kill('all nodes of a broker cluster', ({ brokers }) => brokers, { controlPlane: 0 }),
];
