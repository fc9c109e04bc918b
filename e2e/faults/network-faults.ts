import { setTimeout as sleep } from 'node:timers/promises';
import type { TcpProxy } from '@tollgate/testing';
import type { FaultCluster } from '../support/fault-cluster.js';
import type { Fault, Meanwhile, Observed } from '../support/fault-drill.js';
import { send } from '../support/rest.js';

function linesOf(cluster: FaultCluster): NonNullable<FaultCluster['lines']> {
  if (!cluster.lines) throw new Error('This cluster has no proxies.');
  return cluster.lines;
}

const allButLast = (cluster: FaultCluster): readonly string[] => cluster.gateways.slice(0, -1);

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
    name: 'the lines of one gateway to the brokers lose a fifth and are half a second late',
    seconds: 60,
    begin: async (cluster) => impair(cluster, { delayMs: 500, spreadMs: 200, lossShare: 0.2 }),
    end: async (cluster) => impair(cluster, null),
    controlPlane: 0,
    meanwhile: hearsSoon,
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

/** Whether the last gateway reaches anything. */
export function setCut(cluster: FaultCluster, on: boolean): void {
  const { brokers, controlPlane } = linesOf(cluster);
  for (const line of [...brokers, controlPlane]) {
    line.refuse(on);
    if (on) line.cut();
  }
}

function impair(cluster: FaultCluster, how: Parameters<TcpProxy['impair']>[0]): void {
  for (const line of linesOf(cluster).brokers) line.impair(how);
}

const hearsWithinMs = 5_000;

/** A quota used up at the first gateway is refused at the last, behind its bad lines, soon, and it does not reconnect on and on. */
async function hearsSoon({ cluster, urls, consumer }: Meanwhile): Promise<Observed> {
  const complaints: string[] = [];
  const { token } = await consumer('Fresh');
  const [first = ''] = urls;
  const last = urls.at(-1) ?? '';
  const status = async (url: string): Promise<number> => (await send('GET', url, { token })).status;
  let admitted = 0;
  while ((await status(first)) === 200) admitted++;
  const sinceMs = performance.now();
  while ((await status(last)) === 200) {
    admitted++;
    await sleep(100);
    if (performance.now() - sinceMs > 4 * hearsWithinMs) break;
  }
  const heardMs = performance.now() - sinceMs;
  if (heardMs > hearsWithinMs) complaints.push(`a decision took ${heardMs.toFixed(0)} ms to the last gateway`);
  const lost = cluster.cluster.gateways.at(-1)?.logged('hub.connection_lost') ?? [];
  const recent = lost.filter(({ time }) => Date.parse(String(time)) > Date.now() - 60_000);
  if (recent.length > 2) complaints.push(`the last gateway lost its connections ${recent.length} times in a minute`);
  return { complaints, admitted };
}
