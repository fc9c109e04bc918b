import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackEnd, type BackEnd } from '../support/back-end.js';
import { Caller } from '../support/caller.js';
import { startFaultCluster, type FaultCluster } from '../support/fault-cluster.js';
import { consumerOf, publishApi, tokenOf, type Consumer } from '../support/product.js';
import { eventually, send } from '../support/rest.js';
import { setCut } from './network-faults.js';

const partitionMs = 60_000;
const healedWithinMs = 5_000;
const samples = 10;
let cluster: FaultCluster;
let backEnd: BackEnd;
let caller: Caller;
let consumer: Consumer;
let urls: readonly string[];

beforeAll(async () => {
  cluster = await startFaultCluster({ gateways: 2, lines: true });
  backEnd = await startBackEnd('only');
  caller = await Caller.signIn(cluster);
  const apiId = await publishApi(caller, { name: 'revoked', url: backEnd.url });
  urls = cluster.gateways.map((gateway) => `${gateway}/revoked/1.0.0/x`);
  consumer = await consumerOf(caller, apiId, { name: 'revoked', policy: 'Unlimited' });
  for (const url of urls) await answers(url, consumer.token, 200, 30_000);
}, 300_000);
afterAll(async () => {
  await cluster?.stop();
  await backEnd?.close();
}, 60_000);

/** @returns after how many milliseconds it was so */
async function answers(url: string, token: string, status: number, withinMs: number): Promise<number> {
  const sinceMs = performance.now();
  const last = await eventually(
    () => send('GET', url, { token }),
    (answer) => answer.status === status,
    withinMs,
  );
  expect(last.status, `${url}: ${last.text}`).toBe(status);
  return performance.now() - sinceMs;
}

/** Tokens that both gateways have taken, so that they are cached there. */
async function tokensInUse(): Promise<string[]> {
  const tokens = await Promise.all(Array.from({ length: samples }, () => tokenOf(caller, consumer)));
  await Promise.all(tokens.flatMap((token) => urls.map((url) => answers(url, token, 200, 10_000))));
  return tokens;
}

async function revoke(token: string): Promise<void> {
  const basic = [consumer.consumerKey, consumer.consumerSecret] as const;
  expect((await send('POST', `${caller.base}/oauth2/revoke`, { basic, form: { token } })).status).toBe(200);
}

describe('F-34 V-34 a revoked token', () => {
  it('is refused by every gateway within a second while all is well', async () => {
    for (const token of await tokensInUse()) {
      await revoke(token);
      const lags = await Promise.all(urls.map((url) => answers(url, token, 401, 10_000)));
      expect(Math.max(...lags)).toBeLessThanOrEqual(1_000);
    }
  }, 120_000);

  it('is refused by a gateway that was cut off meanwhile within 5 s of its return, and none is forgotten', async () => {
    const [near = '', cutOff = ''] = urls;
    const tokens = await tokensInUse();
    setCut(cluster, true);
    try {
      for (const token of tokens) await revoke(token);
      await Promise.all(tokens.map((token) => answers(near, token, 401, 1_000)));
      await sleep(partitionMs);
      // It is cut off indeed: what it was never told it cannot know.
      for (const token of tokens) expect((await send('GET', cutOff, { token })).status).toBe(200);
    } finally {
      setCut(cluster, false);
    }
    const lags = await Promise.all(tokens.map((token) => answers(cutOff, token, 401, 30_000)));
    expect(Math.max(...lags)).toBeLessThanOrEqual(healedWithinMs);
    for (const token of tokens) for (const url of urls) await answers(url, token, 401, 1_000);
  }, 240_000);
});
