import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBackEnd, type BackEnd } from '../support/back-end.js';
import { adminApi, Caller } from '../support/caller.js';
import { markdownTable, writeSection } from '../support/document.js';
import { startFaultCluster, type FaultCluster } from '../support/fault-cluster.js';
import { applicationPolicy, consumerOf, publishApi, tokenOf, type Consumer } from '../support/product.js';
import { complaints } from '../support/nodes.js';
import { eventually, send } from '../support/rest.js';

const samples = 30;
const quota = 100;
const rows: string[][] = [];

let cluster: FaultCluster;
let backEnd: BackEnd;
let caller: Caller;
let apiId: string;
let urls: string[];

beforeAll(async () => {
  cluster = await startFaultCluster({ gateways: 3 });
  backEnd = await startBackEnd('only');
  caller = await Caller.signIn(cluster);
  apiId = await publishApi(caller, { name: 'lags', url: backEnd.url });
  await applicationPolicy(caller, 'Lag', { requestCount: quota, unitTime: 1, timeUnit: 'day' });
  urls = cluster.cluster.topology.gateways.map((one) => `http://127.0.0.1:${one.trafficHttp}/lags/1.0.0/x`);
});
afterAll(async () => {
  await cluster?.stop();
  await backEnd?.close();
  const head = ['what', 'samples', 'p50', 'p99', 'budget'];
  if (rows.length === 3) writeSection('docs/performance.md', 'lags', markdownTable(head, rows));
});

function record(what: string, lags: readonly number[], budget: string): void {
  const sorted = lags.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    `${(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(0)} ms`;
  rows.push([what, String(sorted.length), at(0.5), at(0.99), budget]);
}

/** @returns ms since `sinceMs` until `url` answers with the status. @throws Error when it does not within 10 s */
async function lagOf(url: string, token: string, status: number, sinceMs: number, pauseMs: number): Promise<number> {
  while (performance.now() - sinceMs < 10_000) {
    if ((await send('GET', url, { token })).status === status) return Math.max(0, performance.now() - sinceMs);
    await sleep(pauseMs);
  }
  throw new Error(`${url} did not answer ${status} within 10 s`);
}

/** @returns the consumer when every gateway knows it */
async function served(consumer: Consumer): Promise<Consumer> {
  expect(
    await eventually(
      () => complaints(cluster),
      (found) => found.length === 0,
    ),
  ).toEqual([]);
  return consumer;
}

it('decision: the last request of a quota at one gateway to 429 at the others', async () => {
  const lags: number[] = [];
  for (let i = 0; i < samples; i++) {
    const { token } = await served(await consumerOf(caller, apiId, { name: `decision-${i}`, policy: 'Lag' }));
    const [first = '', ...others] = urls;
    const statuses = await Promise.all(Array.from({ length: quota }, () => send('GET', first, { token })));
    expect([...new Set(statuses.map(({ status }) => status))]).toEqual([200]);
    const sinceMs = performance.now();
    lags.push(...(await Promise.all(others.map((url) => lagOf(url, token, 429, sinceMs, 10)))));
  }
  record(`quota used up at one gateway → 429 at each other one`, lags, '≤ 200 ms');
});

it('deny condition: the answer of the admin API to 403 at every gateway', async () => {
  const lags: number[] = [];
  const consumer = await served(await consumerOf(caller, apiId, { name: 'denied', policy: 'Unlimited' }));
  for (let i = 0; i < samples; i++) {
    const condition = {
      conditionType: 'APPLICATION',
      conditionValue: `${cluster.admin[0]}:denied`,
      conditionStatus: true,
    };
    const made = await caller.call('POST', `${adminApi}/throttling/deny-policies`, { json: condition });
    const sinceMs = performance.now();
    expect(made, made.text).toMatchObject({ status: 201 });
    lags.push(...(await Promise.all(urls.map((url) => lagOf(url, consumer.token, 403, sinceMs, 2)))));
    await caller.call('DELETE', `${adminApi}/throttling/deny-policy/${String(made.body['conditionId'])}`);
    await Promise.all(urls.map((url) => lagOf(url, consumer.token, 200, performance.now(), 2)));
  }
  record('deny condition answered → 403 at each gateway', lags, '≤ 500 ms');
});

it('revocation: the answer of the revoke endpoint to 401 at every gateway', async () => {
  const lags: number[] = [];
  const consumer = await served(await consumerOf(caller, apiId, { name: 'revoked', policy: 'Unlimited' }));
  for (let i = 0; i < samples; i++) {
    const token = await tokenOf(caller, consumer);
    await Promise.all(urls.map((url) => lagOf(url, token, 200, performance.now(), 2)));
    const revoked = await send('POST', `${caller.base}/oauth2/revoke`, {
      basic: [consumer.consumerKey, consumer.consumerSecret],
      form: { token, token_type_hint: 'access_token' },
    });
    const sinceMs = performance.now();
    expect(revoked.status).toBe(200);
    lags.push(...(await Promise.all(urls.map((url) => lagOf(url, token, 401, sinceMs, 2)))));
  }
  record('revocation answered → 401 at each gateway', lags, '≤ 1,000 ms');
});
