import type { FaultCluster } from '../support/fault-cluster.js';
import type { Fault } from '../support/fault-drill.js';

type Broker = FaultCluster['brokers'][number];

/** RabbitMQ takes nothing from publishers while less of its disk is free than this: as if something had filled it. */
export function fillDisk(
  name: string,
  brokers: (cluster: FaultCluster) => readonly Broker[],
  more: Partial<Fault>,
): Fault {
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
export function raiseMemoryAlarm(
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
