import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBackEnd, type BackEnd } from '../support/back-end.js';
import { Caller } from '../support/caller.js';
import { startFaultCluster, type FaultCluster } from '../support/fault-cluster.js';
import { complaints } from '../support/nodes.js';
import { applicationPolicy, consumerOf, publishApi, type Consumer } from '../support/product.js';
import { eventually, send } from '../support/rest.js';

const limit = 60;
let cluster: FaultCluster;
let backEnd: BackEnd;
let caller: Caller;
let apiId: string;

beforeAll(async () => {
  cluster = await startFaultCluster({ gateways: 2, sharedCounters: true });
  backEnd = await startBackEnd('only');
  caller = await Caller.signIn(cluster);
  apiId = await publishApi(caller, { name: 'strict', url: backEnd.url });
});
afterAll(async () => {
  await cluster?.stop();
  await backEnd?.close();
});

/** @returns how many were admitted, dealt out over both gateways; no answer may be other than 200 or 429 */
async function admittedOf({ token }: Consumer, times: number): Promise<number> {
  let admitted = 0;
  for (let i = 0; i < times; i++) {
    const { status } = await send('GET', `${cluster.gateways[i % 2]}/strict/1.0.0/x`, { token });
    expect([200, 429]).toContain(status);
    if (status === 200) admitted++;
    await sleep(30);
  }
  return admitted;
}

const everyNodeIsWell = (): Promise<string[]> =>
  eventually(
    () => complaints(cluster),
    (found) => found.length === 0,
  );

it.each([
  { degradedMode: 'closed', meanwhile: [0, 40], total: [limit, limit] },
  { degradedMode: 'local-share', meanwhile: [30, 40], total: [limit, limit] },
  { degradedMode: 'open', meanwhile: [120, 120], total: [20 + 120, 20 + 120] },
])('a strict quota whose store stops answering in the middle of a window: $degradedMode', async (one) => {
  const { degradedMode, meanwhile, total } = one;
  await applicationPolicy(
    caller,
    degradedMode,
    { requestCount: limit, unitTime: 1, timeUnit: 'day' },
    { strict: true, degradedMode },
  );
  const consumer = await consumerOf(caller, apiId, { name: degradedMode, policy: degradedMode });
  expect(await everyNodeIsWell()).toEqual([]);
  let admitted = await admittedOf(consumer, 20);
  expect(admitted).toBe(20);
  cluster.redis.pause();
  try {
    await sleep(1_500); // the store counts as away when it was silent for two answers
    const then = await admittedOf(consumer, 120);
    expect(then, 'admitted while the store is away').toBeGreaterThanOrEqual(meanwhile[0] ?? 0);
    expect(then, 'admitted while the store is away').toBeLessThanOrEqual(meanwhile[1] ?? 0);
    admitted += then;
  } finally {
    cluster.redis.resume();
  }
  expect(await everyNodeIsWell()).toEqual([]);
  await sleep(2_000);
  admitted += await admittedOf(consumer, 2 * limit);
  expect(admitted, 'admitted of the window').toBeGreaterThanOrEqual(total[0] ?? 0);
  expect(admitted, 'admitted of the window').toBeLessThanOrEqual(total[1] ?? 0);
});
