import 'reflect-metadata';
import { createLogger, systemClock } from '@tollgate/base';
import { systemContext } from '@tollgate/database';
import { createTransports, type Transports } from '@tollgate/event-hub';
import { amqpUrls, freshMysqlDatabase, randomPrefix, startTcpProxy, type TcpProxy } from '@tollgate/testing';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { hubChangeFeed } from '../client/index.js';
import { Replica, ReplicaSync } from '../domain/index.js';
import { specSchemas } from '../domain/replica-rig.js';
import { mariadbRig, type DatabaseRig } from './database-rig.js';
import { GatewayRegistry } from './gateway-registry.js';
import { HubReader } from './hub-reader.js';
import { LocalControlPlane } from './local-control-plane.js';
import { OutboxRelay } from './outbox-relay.js';
import { RecordWriter } from './record-writer.js';

const log = createLogger({ level: 'silent', node: 'spec' });
const ctx = systemContext('carbon.super');
const within = { timeout: 15_000, interval: 10 };

let rig: DatabaseRig;
let paths: TcpProxy[];
let transports: Transports;
let relay: OutboxRelay;
let hub: HubReader;
let syncs: ReplicaSync<typeof specSchemas>[];
const writer = new RecordWriter(systemClock);
let written = 0;

/** Both gateways and the relay reach both brokers through paths that can be cut. */
beforeAll(async () => {
  rig = await mariadbRig(await freshMysqlDatabase());
  hub = new HubReader(rig.db);
  paths = await Promise.all(
    amqpUrls()
      .slice(0, 2)
      .map((url) => startTcpProxy({ host: new URL(url).hostname, port: Number(new URL(url).port) })),
  );
  const urls = paths.map(({ port }) => `tcp://127.0.0.1:${port}`);
  transports = createTransports({ prefix: randomPrefix(), credentials: { username: 'guest', password: 'guest' }, log });
  const targets = urls.map((url) => ({ mode: 'failover', urls: [url] }) as const);
  relay = new OutboxRelay({
    db: rig.db,
    records: writer,
    targets,
    transportOf: (url) => transports.get(url),
    log,
    clock: systemClock,
  });
  await write();
  relay.start();
  const controlPlane = new LocalControlPlane(hub, new GatewayRegistry(rig.db, systemClock));
  syncs = ['g1', 'g2'].map((subscriber) => {
    const replica = new Replica({ schemas: specSchemas, onProblem: () => expect.unreachable() });
    const feed = hubChangeFeed({ transports: urls.map((url) => transports.get(url)), subscriber });
    // Comparing is off: what is lost must be noticed by gaps and reconnects alone.
    return new ReplicaSync({
      replica,
      controlPlane,
      feed,
      disk: null,
      log,
      clock: systemClock,
      compareEveryMs: 600_000,
    });
  });
  await Promise.all(syncs.map((sync) => sync.start()));
  await Promise.all(syncs.map((sync) => sync.whenReady()));
});
afterAll(async () => {
  await Promise.all(syncs.map((sync) => sync.stop()));
  await relay.stop();
  await transports.closeAll();
  await Promise.all(paths.map((path) => path.close()));
  await rig.drop();
});

async function write(): Promise<void> {
  const n = ++written;
  const topic = n % 4 === 0 ? 'tokenRevocation' : 'notification';
  const key = {
    kind: 'subscription',
    id: `s${n % 17}`,
    organization: 'carbon.super',
    eventType: 'TEST',
    topic,
  } as const;
  await rig.db.transaction(ctx, (tx) => (n % 5 === 0 ? writer.remove(tx, key) : writer.put(tx, key, { n })));
}

async function allEqual(): Promise<void> {
  const state = await hub.state();
  await vi.waitFor(() => expect(syncs.map((sync) => sync.replica.state)).toEqual([state, state]), within);
}

it('V-34: brings each change to every gateway within a second at the 99th percentile', async () => {
  await vi.waitFor(() => expect(transports.all().map((t) => t.status().connected)).toEqual([true, true]), within);
  await allEqual();
  const lags: number[] = [];
  for (let i = 0; i < 50; i++) {
    const before = performance.now();
    await write();
    await allEqual();
    lags.push(performance.now() - before);
  }
  expect(lags.toSorted((a, b) => a - b)[48]).toBeLessThan(1_000);
});

it('loses nothing while both paths are cut again and again', async () => {
  let isWriting = true;
  const cutting = (async () => {
    for (let i = 0; isWriting; i++) {
      await new Promise((resolve) => setTimeout(resolve, 150));
      paths[i % 2]?.cut();
      if (i % 5 === 4) for (const path of paths) path.cut();
    }
  })();
  for (let i = 0; i < 250; i++) {
    await write();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  isWriting = false;
  await cutting;
  await allEqual();
  const records = (await hub.recordsOf('subscription')).map(({ id, value }) => [id, JSON.parse(value ?? 'null')]);
  for (const { replica } of syncs)
    expect(Object.fromEntries(replica.all('subscription'))).toEqual(Object.fromEntries(records));
}, 60_000);
