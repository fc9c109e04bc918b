import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '@tollgate/base';
import { createTransports, type HubMessage } from '@tollgate/event-hub';
import type { RequestEvent } from '@tollgate/throttling/contract';
import type { FaultCluster } from '../support/fault-cluster.js';
import type { Fault } from '../support/fault-drill.js';

const seconds = 120;
const batchesPerSecond = 40;
const eventsPerBatch = 500;
/** Share of the time in which managers work: a machine that is much too small for them. */
const workingMs = 3;
const sleepingMs = 97;

/** Bytes of requests that were counted before: as much work as requests are, and nothing that the drill counts. */
function events(batch: number): RequestEvent[] {
  const windowStart = Date.now();
  return Array.from({ length: eventsPerBatch }, (_, i) => ({
    apiKey: '',
    resourceKey: '',
    subscriptionKey: '',
    appKey: `${batch}:${i}`,
    apiTier: '',
    resourceTier: '',
    subscriptionTier: '',
    appTier: 'Spanning',
    matchedConditions: '',
    userId: 'flood',
    apiContext: '/flood/1',
    apiVersion: '1',
    apiTenant: 'carbon.super',
    appTenant: 'carbon.super',
    appId: '0',
    apiName: 'Flood',
    windowStart,
    count: 0,
    bytes: 1,
    events: 0,
  }));
}

/** Gateways that report far more than the managers can take in, for as long as managers hardly work. */
export function overload(): Fault {
  let isOver = false;
  let working: Promise<unknown> = Promise.resolve();
  return {
    name: 'traffic managers get more than ten times what they can take in',
    seconds,
    controlPlane: 0,
    givesUpCounts: true,
    recoveredWithinSeconds: 20, // ten to catch up, five until it no longer says that it gives up, and a deployment
    begin: async (cluster) => {
      isOver = false;
      working = Promise.all([doze(cluster, () => isOver), flood(cluster, () => isOver)]);
    },
    end: async () => {
      isOver = true;
      await working;
    },
  };
}

async function doze({ cluster }: FaultCluster, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    for (const manager of cluster.trafficManagers) manager.pause();
    await sleep(sleepingMs);
    for (const manager of cluster.trafficManagers) manager.resume();
    await sleep(workingMs);
  }
}

async function flood({ brokers, cluster, admin }: FaultCluster, isOver: () => boolean): Promise<void> {
  const log = createLogger({ level: 'silent', node: 'flood' });
  const [username, password] = admin;
  const prefix = cluster.topology.exchangePrefix;
  const transports = createTransports({ prefix, credentials: { username, password }, log, queueType: 'classic' });
  const endpoints = brokers.map(({ port }) => transports.get(`tcp://127.0.0.1:${port}`));
  const publisher = randomUUID();
  for (let seq = 1; !isOver(); seq++) {
    const data = { events: events(seq), handedOn: false };
    const message: HubMessage = {
      id: `${publisher}/${seq}`,
      seq,
      type: 'REQUEST_BATCH',
      organization: 'carbon.super',
      at: Date.now(),
      publisher,
      data,
    };
    // A broker that takes no more is what overload looks like: the batch is given up, as a gateway gives up its oldest.
    await endpoints[seq % endpoints.length]?.publish('requestEvents', [message]).catch(() => undefined);
    await sleep(1_000 / batchesPerSecond);
  }
  await transports.closeAll();
}
