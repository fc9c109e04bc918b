import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeProcess } from '@tollgate/cluster';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackEnd, type BackEnd } from '../support/back-end.js';
import { adminApi, Caller } from '../support/caller.js';
import { perDay, PolicyRig } from '../support/policy-rig.js';
import { distributed, type ClusterInstallation } from '../support/settings.js';

/** A day from the first request on: no edge of a window can fall into the test. */
const rule = (context: string, name: string, most: number) =>
  `FROM RequestStream[apiContext == '${context}'] SELECT str:concat(apiContext, ':${name}') as throttleKey INSERT INTO Eligible;
FROM Eligible#throttler:timeBatch(1 day) SELECT throttleKey, (count() > ${most}) as isThrottled, expiryTimeStamp
GROUP BY throttleKey INSERT ALL EVENTS INTO ResultStream;`;

describe.each([
  ['each manager counts by itself', {}],
  ['managers count in one store', { sharedCounters: true }],
])('custom rules over kill -9, where %s', (_, wiring) => {
  let cluster: ClusterInstallation;
  let backEnd: BackEnd;
  let rig: PolicyRig;
  let caller: Caller;

  beforeAll(async () => {
    cluster = await distributed(wiring);
    backEnd = await startBackEnd('rules');
    caller = await Caller.signIn(cluster);
    rig = new PolicyRig(cluster, caller, backEnd);
  }, 180_000);
  afterAll(async () => {
    await cluster?.stop();
    await backEnd?.close();
  }, 60_000);

  it.each([
    ['all managers at once', (all: readonly NodeProcess[]) => [all]],
    ['one manager, then the other', (all: readonly NodeProcess[]) => all.map((one) => [one])],
  ])(
    '%s: what was counted stays counted',
    async (_name, rounds) => {
      const most = 20;
      const api = await rig.guarded('application', { defaultLimit: perDay(1e6) });
      const saved = await caller.call('POST', `${adminApi}/throttling/policies/custom`, {
        json: {
          policyName: `kept${api.name}`,
          keyTemplate: `$apiContext:${api.name}`,
          siddhiQuery: rule(api.path, api.name, most),
        },
      });
      expect(saved, saved.text).toMatchObject({ status: 201 });
      await sleep(1_500); // the rule is live within a second
      expect(await api.calls(12)).toEqual(Array.from({ length: 12 }, () => 200));
      await sleep(500); // batches are read every 50 ms
      for (const round of rounds(cluster.cluster.trafficManagers)) {
        await Promise.all(round.map((one) => one.kill()));
        await Promise.all(round.map((one) => one.start()));
      }
      const { admitted: others, refused } = await api.untilRefused();
      const admitted = 12 + others;
      expect(refused.body).toMatchObject({ code: '900806' });
      // The request that passes the limit is served, and one more while the decision is on its way to each gateway.
      expect(admitted).toBeGreaterThanOrEqual(most + 1);
      expect(admitted).toBeLessThanOrEqual(most + 4);
    },
    90_000,
  );
});
