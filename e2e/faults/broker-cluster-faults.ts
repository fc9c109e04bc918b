import type { FaultCluster } from '../support/fault-cluster.js';
import type { Fault } from '../support/fault-drill.js';
import { freeze, kill } from './kinds.js';

/** Of the nodes of one RabbitMQ cluster with quorum queues. The first declared the queues, so it leads most of them. */
export const clusterFaults: readonly Fault[] = [
  kill('one of three nodes of a broker cluster', ({ brokers }) => [brokers[0]], { controlPlane: 0 }),
  freeze('one of three nodes of a broker cluster', ({ brokers }) => [brokers[0]], { controlPlane: 0 }),
  {
    name: 'one of three nodes of a broker cluster is parted from the others',
    seconds: 40,
    controlPlane: 0,
    begin: (cluster) => part(cluster, true),
    end: (cluster) => part(cluster, false),
  },
  kill('two of three nodes of a broker cluster', ({ brokers }) => brokers.slice(0, 2), { controlPlane: 0 }),
  kill('all nodes of a broker cluster', ({ brokers }) => brokers, { controlPlane: 0 }),
];

/**
 * Erlang nodes that do not have each other's cookie refuse each other, so the first node no longer reaches the rest, while
 * everybody else reaches all of them. The minority notices and pauses, as `cluster_partition_handling` tells it to.
 */
async function part({ brokers }: FaultCluster, on: boolean): Promise<void> {
  const [first, ...rest] = brokers;
  const refuse = (broker: (typeof brokers)[number], others: readonly (typeof brokers)[number][]): Promise<string> => {
    const cookie = on ? "'parted'" : 'erlang:get_cookie()';
    const each = others
      .map(({ name }) => `'${name}@localhost'`)
      .map((node) => {
        return `erlang:set_cookie(${node}, ${cookie})${on ? `, erlang:disconnect_node(${node})` : ''}`;
      });
    return broker.control('eval', `${each.join(', ')}.`);
  };
  await Promise.all([refuse(first, rest), ...rest.map((broker) => refuse(broker, [first]))]);
}
