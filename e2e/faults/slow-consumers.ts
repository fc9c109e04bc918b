import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'amqplib';
import type { FaultCluster } from '../support/fault-cluster.js';
import type { Fault } from '../support/fault-drill.js';
import type { Freezable } from './kinds.js';

/** Works for 100 ms of each second: slow, and never gone for long enough to be left. */
export function slow(name: string, target: (cluster: FaultCluster) => Freezable): Fault {
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
export function hangingConsumer(): Fault {
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
