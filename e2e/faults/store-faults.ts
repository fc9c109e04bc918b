import { Redis } from 'ioredis';
import type { FaultCluster } from '../support/fault-cluster.js';
import type { Fault } from '../support/fault-drill.js';
import { freeze, kill } from './kinds.js';

/** Of Redis, where the traffic managers count in it together. */
export const storeFaults: readonly Fault[] = [
  kill('Redis', ({ redis }) => [redis], { controlPlane: 0, longSeconds: 300 }),
  freeze('Redis', ({ redis }) => [redis], { controlPlane: 0 }),
  {
    name: 'Redis is full and evicts nothing',
    seconds: 15,
    controlPlane: 0,
    begin: (cluster) => tell(cluster, 'CONFIG', 'SET', 'maxmemory', '1'),
    end: (cluster) => tell(cluster, 'CONFIG', 'SET', 'maxmemory', '0'),
  },
  {
    name: 'Redis is a replica that takes no writes',
    seconds: 15,
    controlPlane: 0,
    begin: (cluster) => tell(cluster, 'REPLICAOF', '127.0.0.1', '1'),
    end: (cluster) => tell(cluster, 'REPLICAOF', 'NO', 'ONE'),
  },
  {
    name: 'a script of somebody else keeps Redis busy',
    seconds: 15,
    controlPlane: 0,
    begin: async (cluster) => {
      const stuck = await connectTo(cluster);
      stuck.call('EVAL', 'while true do end', '0').catch(() => stuck.disconnect()); // it ends by SCRIPT KILL
    },
    end: (cluster) => tell(cluster, 'SCRIPT', 'KILL'),
  },
  kill('one traffic manager (counters in Redis)', ({ cluster }) => [cluster.trafficManagers[0]], { controlPlane: 0 }),
];

async function connectTo({ redis }: FaultCluster): Promise<Redis> {
  const client = new Redis(redis.url, { lazyConnect: true, maxRetriesPerRequest: 1, enableReadyCheck: false });
  await client.connect();
  return client;
}

async function tell(cluster: FaultCluster, command: string, ...args: readonly string[]): Promise<void> {
  const client = await connectTo(cluster);
  await client.call(command, ...args);
  client.disconnect();
}
