import { randomUUID } from 'node:crypto';
import type { NodeProcess } from '@tollgate/cluster';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackEnd, type BackEnd } from '../support/back-end.js';
import { Caller, devportal, publisher } from '../support/caller.js';
import type { Installation } from '../support/installation.js';
import { eventually, send } from '../support/rest.js';
import { distributed, embedded, type ClusterInstallation, type SingleInstallation } from '../support/settings.js';

async function makeApi(caller: Caller, name: string, url: string): Promise<{ id: string; answered: boolean }> {
  const made = await caller.call('POST', `${publisher}/apis`, {
    json: {
      name,
      context: `/${name}`,
      version: '1.0.0',
      policies: ['Unlimited'],
      endpointConfig: { endpoint_type: 'http', production_endpoints: { url } },
      operations: [{ target: '/*', verb: 'GET', authType: 'None', throttlingPolicy: 'Unlimited' }],
    },
  });
  return { id: String(made.body['id']), answered: made.status === 201 };
}

async function deploy(caller: Caller, apiId: string): Promise<void> {
  const revision = await caller.call('POST', `${publisher}/apis/${apiId}/revisions`, { json: { description: 'r' } });
  await caller.call('POST', `${publisher}/apis/${apiId}/deploy-revision?revisionId=${String(revision.body['id'])}`, {
    json: [{ name: 'Default', vhost: 'localhost', displayOnDevportal: true }],
  });
  await caller.call('POST', `${publisher}/apis/change-lifecycle?apiId=${apiId}&action=Publish`);
}

/** Writes applications as fast as they are answered until `stopped`; the names that were answered with 201. */
async function writeUntil(caller: Caller, stopped: () => boolean): Promise<string[]> {
  const answered: string[] = [];
  while (!stopped()) {
    const name = `app-${randomUUID()}`;
    const made = await caller
      .call('POST', `${devportal}/applications`, { json: { name, throttlingPolicy: 'Unlimited', tokenType: 'JWT' } })
      .catch(() => null);
    if (made?.status === 201) answered.push(name);
    if (made === null) break;
  }
  return answered;
}

async function listed(installation: Installation): Promise<Set<string>> {
  const caller = await Caller.signIn(installation);
  const names = new Set<string>();
  for (let offset = 0; ; offset += 500) {
    const page = await caller.call('GET', `${devportal}/applications?limit=500&offset=${offset}`);
    const list = page.body['list'] as { name: string }[];
    for (const application of list) names.add(application.name);
    if (list.length < 500) return names;
  }
}

describe('kill -9 loses nothing that was answered', () => {
  it('of a control plane while it is being written to, five times on SQLite', async () => {
    const installation: SingleInstallation = await embedded();
    try {
      for (let round = 0; round < 5; round++) {
        const caller = await Caller.signIn(installation);
        let killed = false;
        const writers = Promise.all([1, 2, 3].map(() => writeUntil(caller, () => killed)));
        await new Promise((resolve) => setTimeout(resolve, 300 + round * 70));
        await installation.process.kill();
        killed = true;
        const answered = (await writers).flat();
        expect(answered.length).toBeGreaterThan(0);
        await installation.process.start();
        const names = await listed(installation);
        expect(answered.filter((name) => !names.has(name))).toEqual([]);
      }
    } finally {
      await installation.stop();
    }
  }, 120_000);
});

describe('a cluster whose processes are killed', () => {
  let cluster: ClusterInstallation;
  let backEnd: BackEnd;
  let caller: Caller;

  beforeAll(async () => {
    cluster = await distributed();
    backEnd = await startBackEnd('only');
    caller = await Caller.signIn(cluster);
  }, 180_000);
  afterAll(async () => {
    await cluster?.stop();
    await backEnd?.close();
  }, 60_000);

  async function isLive(name: string, gateway: string, status = 200): Promise<number> {
    const answer = await eventually(
      () => send('GET', `${gateway}/${name}/1.0.0/x`).catch(() => ({ status: 0 })),
      (one) => one.status === status,
      20_000,
    );
    return answer.status;
  }

  /** The control plane that relays the outbox now: the last one that said so. */
  async function relaying(): Promise<NodeProcess> {
    const startedAt = (one: NodeProcess): string =>
      JSON.stringify(one.logged('hub.relay_started').at(-1)?.['time'] ?? '');
    const byStart = async (): Promise<NodeProcess[]> =>
      cluster.cluster.controlPlanes.toSorted((a, b) => startedAt(a).localeCompare(startedAt(b)));
    const last = (await eventually(byStart, (all) => all.some((one) => one.logged('hub.relay_started').length > 0))).at(
      -1,
    );
    if (!last || last.logged('hub.relay_started').length === 0) throw new Error('No control plane relays');
    return last;
  }

  it('a change answered just before the control plane that relays is killed reaches both gateways, three times', async () => {
    for (let round = 0; round < 3; round++) {
      const name = `late${randomUUID().slice(0, 6)}`;
      const late = await makeApi(caller, name, backEnd.url);
      await deploy(caller, late.id);
      const relay = await relaying();
      await relay.kill();
      for (const gateway of cluster.gateways) expect(await isLive(name, gateway)).toBe(200);
      await relay.start();
    }
  }, 120_000);

  it('a control plane killed while it is being written to loses nothing that it answered, on MariaDB', async () => {
    const [first, second] = cluster.controlPlanes;
    const onFirst = await Caller.signIn({ ...cluster, controlPlanes: [first ?? ''] });
    let killed = false;
    const writers = Promise.all([1, 2, 3].map(() => writeUntil(onFirst, () => killed)));
    await new Promise((resolve) => setTimeout(resolve, 700));
    await cluster.cluster.controlPlanes[0].kill();
    killed = true;
    const answered = (await writers).flat();
    expect(answered.length).toBeGreaterThan(0);
    const names = await listed({ ...cluster, controlPlanes: [second ?? ''] });
    expect(answered.filter((name) => !names.has(name))).toEqual([]);
    await cluster.cluster.controlPlanes[0].start();
  }, 60_000);

  it('a gateway started while both control planes are down serves from its disk copy, and follows again when they are back', async () => {
    const name = `disk${randomUUID().slice(0, 6)}`;
    const api = await makeApi(caller, name, backEnd.url);
    await deploy(caller, api.id);
    for (const gateway of cluster.gateways) expect(await isLive(name, gateway)).toBe(200);
    const { controlPlanes, gateways } = cluster.cluster;
    await Promise.all(controlPlanes.map((one) => one.kill()));
    await gateways[0].kill();
    await gateways[0].start();
    expect(await isLive(name, cluster.gateways[0] ?? '')).toBe(200);
    const ready = await send('GET', `https://localhost:${cluster.cluster.topology.gateways[0].https}/readyz`);
    expect(ready).toMatchObject({ status: 200, body: { state: 'degraded' } });
    await Promise.all(controlPlanes.map((one) => one.start()));
    const again = `again${randomUUID().slice(0, 6)}`;
    caller = await Caller.signIn(cluster);
    await deploy(caller, (await makeApi(caller, again, backEnd.url)).id);
    for (const gateway of cluster.gateways) expect(await isLive(again, gateway)).toBe(200);
  }, 120_000);

  it('a gateway without a copy answers 503 with the reason while the control planes are down, and heals by itself', async () => {
    const name = `cold${randomUUID().slice(0, 6)}`;
    await deploy(caller, (await makeApi(caller, name, backEnd.url)).id);
    const { controlPlanes, gateways } = cluster.cluster;
    await Promise.all(controlPlanes.map((one) => one.kill()));
    await gateways[1].kill();
    gateways[1].wipe('data');
    await gateways[1].start();
    const cold = await send('GET', `${cluster.gateways[1]}/${name}/1.0.0/x`);
    expect(cold.status).toBe(503);
    expect(cold.text).toMatch(/control plane/i);
    expect((await send('GET', `https://localhost:${cluster.cluster.topology.gateways[1].https}/readyz`)).status).toBe(
      503,
    );
    await Promise.all(controlPlanes.map((one) => one.start()));
    expect(await isLive(name, cluster.gateways[1] ?? '')).toBe(200);
  }, 120_000);

  it('a killed traffic manager and a killed gateway come back and go on', async () => {
    const { trafficManagers, gateways } = cluster.cluster;
    await trafficManagers[0].kill();
    await gateways[0].kill();
    await Promise.all([trafficManagers[0].start(), gateways[0].start()]);
    const name = `back${randomUUID().slice(0, 6)}`;
    caller = await Caller.signIn(cluster);
    await deploy(caller, (await makeApi(caller, name, backEnd.url)).id);
    for (const gateway of cluster.gateways) expect(await isLive(name, gateway)).toBe(200);
  }, 90_000);
});
