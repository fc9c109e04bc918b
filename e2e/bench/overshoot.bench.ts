import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBackEnd, type BackEnd } from '../support/back-end.js';
import { Caller } from '../support/caller.js';
import { markdownTable, writeSection } from '../support/document.js';
import { startFaultCluster, type FaultCluster } from '../support/fault-cluster.js';
import { applicationPolicy, consumerOf, publishApi } from '../support/product.js';
import { complaints } from '../support/nodes.js';
import { eventually } from '../support/rest.js';
import { SteadyLoad } from '../support/steady-load.js';

/** What load and gateways on two cores can carry with room to spare. */
const mostPerSecond = 1_000;
/** Windows in seconds: a case takes the shortest in which its rate can be carried. */
const windows = [6, 12, 30, 60, 120, 1_200];
const gatewayCounts = [1, 3];
const cases = gatewayCounts.flatMap((gateways) =>
  [10, 100, 10_000].flatMap((limit) => [2, 10, 100].map((factor) => ({ gateways, limit, factor }))),
);
const rows: string[][] = [];

let cluster: FaultCluster;
let backEnd: BackEnd;
let caller: Caller;
let apiId: string;

beforeAll(async () => {
  cluster = await startFaultCluster({ gateways: Math.max(...gatewayCounts) });
  backEnd = await startBackEnd('only');
  caller = await Caller.signIn(cluster);
  apiId = await publishApi(caller, { name: 'overshoot', url: backEnd.url });
});
afterAll(async () => {
  await cluster?.stop();
  await backEnd?.close();
  const head = ['gateways', 'limit', 'rate', 'window', 'sent', 'admitted', 'admitted ÷ limit', 'at most'];
  if (rows.length === cases.length) writeSection('docs/performance.md', 'overshoot', markdownTable(head, rows));
});

it.each(cases)('$gateways gateways, limit $limit, at $factor times the limit', async ({ gateways, limit, factor }) => {
  const windowS = windows.find((one) => (limit * factor) / one <= mostPerSecond) ?? 1_200;
  const perSecond = (limit * factor) / windowS;
  const name = `L${limit}x${factor}on${gateways}`;
  await applicationPolicy(caller, name, { requestCount: limit, unitTime: windowS, timeUnit: 'sec' });
  const { token } = await consumerOf(caller, apiId, { name, policy: name });
  const bases = cluster.cluster.topology.gateways
    .slice(0, gateways)
    .map((one) => `http://127.0.0.1:${one.trafficHttp}`);
  expect(
    await eventually(
      () => complaints(cluster),
      (found) => found.length === 0,
    ),
  ).toEqual([]); // every gateway knows it
  const seconds = Math.min(windowS - 0.3, (limit / perSecond) * 1.2 + 3);
  await untilWindowHas(windowS, seconds + 0.2);
  const load = new SteadyLoad({ urls: bases.map((base) => `${base}/overshoot/1.0.0/x`), token, perSecond });
  load.start();
  await sleep(seconds * 1000);
  const { sent, outcomes } = await load.stop();
  const admitted = outcomes.get('200') ?? 0;
  // Each of the others admits its share of the rate until the decision is there: 200 ms by the budget, and 300 ms for
  // processes that wait for a core. What is on the way at that moment is one request a gateway.
  const bound = gateways === 1 ? limit : limit + Math.ceil(perSecond * (1 - 1 / gateways) * 0.5) + gateways - 1;
  rows.push([
    String(gateways),
    String(limit),
    `${factor} × = ${perSecond.toFixed(1)}/s`,
    `${windowS} s`,
    String(sent),
    String(admitted),
    (admitted / limit).toFixed(3),
    (bound / limit).toFixed(3),
  ]);
  expect([...outcomes.keys()].filter((outcome) => outcome !== '200' && outcome !== '429')).toEqual([]);
  expect(sent).toBeGreaterThan(limit);
  expect(admitted).toBeGreaterThanOrEqual(limit);
  expect(admitted).toBeLessThanOrEqual(bound);
});

/** Waits for the next window unless this one has `seconds` left and has just begun or is long. */
async function untilWindowHas(windowS: number, seconds: number): Promise<void> {
  const leftMs = windowS * 1000 - (Date.now() % (windowS * 1000));
  if (leftMs < seconds * 1000) await sleep(leftMs + 20);
}
