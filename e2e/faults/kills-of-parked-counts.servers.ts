import { setTimeout as sleep } from 'node:timers/promises';
import { redisUrl, startTcpProxy, type TcpProxy } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackEnd, type BackEnd } from '../support/back-end.js';
import { Caller } from '../support/caller.js';
import { perDay, PolicyRig } from '../support/policy-rig.js';
import { eventually, send } from '../support/rest.js';
import { distributed, type ClusterInstallation } from '../support/settings.js';

interface StoreHealth {
  readonly away: boolean;
  readonly parkedParts: number;
}

describe('counts that wait for a store that is away', () => {
  let proxy: TcpProxy;
  let cluster: ClusterInstallation;
  let backEnd: BackEnd;
  let rig: PolicyRig;

  beforeAll(async () => {
    proxy = await startTcpProxy({ host: '127.0.0.1', port: Number(new URL(redisUrl()).port) });
    cluster = await distributed({ sharedCounters: true, redisPort: proxy.port });
    backEnd = await startBackEnd('parked');
    rig = new PolicyRig(cluster, await Caller.signIn(cluster), backEnd);
  }, 180_000);
  afterAll(async () => {
    proxy?.refuse(false);
    await cluster?.stop();
    await Promise.all([backEnd?.close(), proxy?.close()]);
  }, 60_000);

  /** What each manager says of its store. */
  async function stores(): Promise<StoreHealth[]> {
    const { trafficManagers, managers } = cluster.cluster.topology;
    return Promise.all(
      trafficManagers.slice(0, managers).map(async ({ https }) => {
        const { body } = await send('GET', `https://localhost:${https}/readyz`);
        const parts = body['parts'] as Record<string, { detail?: { store?: StoreHealth } }> | undefined;
        return parts?.['traffic-manager']?.detail?.store ?? { away: true, parkedParts: Number.NaN };
      }),
    );
  }
  const parked = async (): Promise<number> => (await stores()).reduce((sum, { parkedParts }) => sum + parkedParts, 0);

  it('are in the store after kill -9 of all managers while it is away, each once', async () => {
    const most = 20;
    const api = await rig.guarded('application', { defaultLimit: perDay(most) });
    expect(await api.calls(4)).toEqual([200, 200, 200, 200]);
    await rig.settle();
    proxy.refuse(true);
    proxy.cut();
    expect(await api.calls(8)).toEqual(Array.from({ length: 8 }, () => 200));
    expect(await eventually(parked, (count) => count > 0, 10_000)).toBeGreaterThan(0);
    await sleep(500); // batches leave every 50 ms
    const managers = cluster.cluster.trafficManagers;
    await Promise.all(managers.map((one) => one.kill()));
    await Promise.all(managers.map((one) => one.start()));
    expect(await eventually(parked, (count) => count > 0, 10_000)).toBeGreaterThan(0); // read from disk
    proxy.refuse(false);
    expect(await eventually(parked, (count) => count === 0, 20_000)).toBe(0);
    const { admitted: others, refused } = await api.untilRefused();
    const admitted = 12 + others;
    expect(refused.body).toMatchObject({ code: '900803' });
    // Lost ones would let as many through again: 28. The other gateway may admit one while a decision is on its way.
    expect(admitted).toBeGreaterThanOrEqual(most);
    expect(admitted).toBeLessThanOrEqual(most + 2);
  }, 120_000);
});
