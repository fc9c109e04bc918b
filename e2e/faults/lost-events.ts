import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type Channel } from 'amqplib';
import { adminApi, type Caller } from '../support/caller.js';
import type { FaultCluster } from '../support/fault-cluster.js';
import type { Fault } from '../support/fault-drill.js';

const lossShare = 0.1;
const slotMs = 300;

/** The queues of gateways at each broker no longer get what is published in a tenth of the slots: nobody is told of it. */
class Loss {
  #isOver = false;
  #lost = 0;
  #work: Promise<void> = Promise.resolve();

  begin(cluster: FaultCluster): void {
    this.#isOver = false;
    this.#lost = 0;
    this.#work = this.#run(cluster);
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.#work;
  }

  /** Slots whose events were lost. */
  get lost(): number {
    return this.#lost;
  }

  async #run({ brokers, cluster }: FaultCluster): Promise<void> {
    const exchange = `${cluster.topology.exchangePrefix}.notification`;
    const sides = await Promise.all(
      brokers.map(async (broker) => {
        const connection = await connect(broker.url);
        const listed = await broker.control('list_queues', '--silent', 'name');
        const queues = listed.split('\n').filter((name) => /\.gateway-\d\.[^.]+$/.test(name));
        return { connection, channel: await connection.createChannel(), queues };
      }),
    );
    const each = (change: (channel: Channel, queue: string) => Promise<unknown>): Promise<unknown> =>
      Promise.all(sides.flatMap(({ channel, queues }) => queues.map((queue) => change(channel, queue))));
    while (!this.#isOver) {
      const isLost = Math.random() < lossShare;
      if (isLost) {
        await each((channel, queue) => channel.unbindQueue(queue, exchange, '#'));
        this.#lost++;
      }
      await sleep(slotMs);
      if (isLost) await each((channel, queue) => channel.bindQueue(queue, exchange, '#'));
    }
    await Promise.all(sides.map(({ connection }) => connection.close()));
  }
}

async function change(caller: Caller): Promise<void> {
  const policyName = `P${Math.random().toString(36).slice(2, 10)}`;
  const requestCount = { requestCount: 5, timeUnit: 'min', unitTime: 1 };
  const json = { policyName, displayName: policyName, defaultLimit: { type: 'REQUESTCOUNTLIMIT', requestCount } };
  const made = await caller.call('POST', `${adminApi}/throttling/policies/application`, { json });
  if (made.status !== 201) throw new Error(`A policy was answered ${made.status}: ${made.text}`);
}

/** Of all that control planes tell, a tenth never arrives, while they tell something all the time. */
export function lostEvents(): Fault {
  const loss = new Loss();
  return {
    name: 'a tenth of the events of the hub is lost on the way to gateways',
    seconds: 30,
    longSeconds: 600,
    controlPlane: 0,
    recoveredWithinSeconds: 5,
    begin: async (cluster) => loss.begin(cluster),
    meanwhile: async ({ caller, seconds }) => {
      const endMs = performance.now() + (seconds - 2) * 1_000;
      let changes = 0;
      for (; performance.now() < endMs; changes++) {
        await change(caller);
        await sleep(slotMs);
      }
      const complaints = loss.lost === 0 || changes < seconds / 2 ? [`${loss.lost} of ${changes} slots were lost`] : [];
      return { complaints, admitted: 0 };
    },
    end: () => loss.end(),
  };
}
