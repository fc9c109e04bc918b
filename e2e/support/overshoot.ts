import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Caller } from './caller.js';
import type { FaultCluster } from './fault-cluster.js';
import { complaints } from './nodes.js';
import { applicationPolicy, consumerOf } from './product.js';
import { eventually } from './rest.js';
import { SteadyLoad } from './steady-load.js';

/** What load and gateways on two cores can carry with room to spare. */
const mostPerSecond = 1_000;
/** Windows in seconds: a case takes the shortest in which its rate can be carried. */
const windows = [6, 12, 30, 60, 120, 1_200];

export interface OvershootCase {
  readonly gateways: number;
  readonly limit: number;
  /** The rate, as a multiple of the limit per window. */
  readonly factor: number;
}

/** Every limit at every rate, with 1 and with 3 gateways. */
export const overshootCases: readonly OvershootCase[] = [1, 3].flatMap((gateways) =>
  [10, 100, 10_000].flatMap((limit) => [2, 10, 100].map((factor) => ({ gateways, limit, factor }))),
);

export const overshootHead = ['gateways', 'limit', 'rate', 'window', 'sent', 'admitted', 'admitted ÷ limit', 'at most'];

export interface OvershootRig {
  readonly cluster: FaultCluster;
  readonly caller: Caller;
  /** Of the API `/overshoot/1.0.0`. */
  readonly apiId: string;
  readonly strict: boolean;
}

/** Drives one case in one window and holds it to its bound. @returns its row */
export async function measureOvershoot(rig: OvershootRig, one: OvershootCase): Promise<string[]> {
  const { cluster, caller, apiId, strict } = rig;
  const { gateways, limit, factor } = one;
  const windowS = windows.find((each) => (limit * factor) / each <= mostPerSecond) ?? 1_200;
  const perSecond = (limit * factor) / windowS;
  const name = `L${limit}x${factor}on${gateways}`;
  await applicationPolicy(caller, name, { requestCount: limit, unitTime: windowS, timeUnit: 'sec' }, { strict });
  const { token } = await consumerOf(caller, apiId, { name, policy: name });
  const bases = cluster.cluster.topology.gateways
    .slice(0, gateways)
    .map(({ trafficHttp }) => `http://127.0.0.1:${trafficHttp}`);
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
  // processes that wait for a core. What is on the way at that moment is one request a gateway. A strict one has no room.
  const others = Math.ceil(perSecond * (1 - 1 / gateways) * 0.5) + gateways - 1;
  const bound = strict || gateways === 1 ? limit : limit + others;
  expect([...outcomes.keys()].filter((outcome) => outcome !== '200' && outcome !== '429')).toEqual([]);
  expect(sent).toBeGreaterThan(limit);
  expect(admitted).toBeGreaterThanOrEqual(limit);
  expect(admitted).toBeLessThanOrEqual(bound);
  const rate = `${factor} × = ${perSecond.toFixed(1)}/s`;
  const shares = [admitted, bound].map((count) => (count / limit).toFixed(3));
  return [String(gateways), String(limit), rate, `${windowS} s`, String(sent), String(admitted), ...shares];
}

/** Waits for the next window unless this one has `seconds` left and has just begun or is long. */
async function untilWindowHas(windowS: number, seconds: number): Promise<void> {
  const leftMs = windowS * 1000 - (Date.now() % (windowS * 1000));
  if (leftMs < seconds * 1000) await sleep(leftMs + 20);
}
