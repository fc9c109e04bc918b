import { execFileSync } from 'node:child_process';
import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, provideBenchPeers } from '@tollgate/services';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  gatewayCore,
  startHaproxy,
  startHttpProxy,
  startNginxBackEnd,
  startNginxLua,
  startNginxProxy,
  type Peer,
} from '../support/bench-peers.js';
import { adminApi, Caller } from '../support/caller.js';
import { markdownTable, writeSection } from '../support/document.js';
import { startFaultCluster, type FaultCluster } from '../support/fault-cluster.js';
import { consumerOf, publishApi } from '../support/product.js';
import { eventually, send } from '../support/rest.js';
import { wrk, type Load } from '../support/wrk.js';

const rounds = Number(process.env['TOLLGATE_BENCH_ROUNDS'] ?? 5);
const seconds = Number(process.env['TOLLGATE_BENCH_SECONDS'] ?? 4);
const connections = 64;
const ticksPerSecond = 100; // USER_HZ of Linux

interface Measured extends Load {
  /** Requests per second of processor time of the process in the middle, all threads. */
  readonly perProcessorSecond: number;
}

interface Subject {
  readonly name: string;
  readonly url: string;
  /** null: nothing in the middle. */
  readonly pid: number | null;
}

const folder = mkdtempSync(join(tmpdir(), 'tollgate-bench-'));
const peers: Peer[] = [];
const subjects: Subject[] = [];
let cluster: FaultCluster;
let token: string;

beforeAll(async () => {
  await provideBenchPeers((line) => process.stdout.write(`${line}\n`));
  const [backEnd = 0, ...ports] = await freePorts(5);
  peers.push(await startNginxBackEnd(join(folder, 'back-end'), backEnd));
  cluster = await startFaultCluster({ gateways: 1 });
  const caller = await Caller.signIn(cluster);
  await livePolicies(caller);
  const url = `http://127.0.0.1:${backEnd}`;
  const full = await publishApi(caller, { name: 'full', url, plan: 'Live', policy: 'Live' });
  ({ token } = await consumerOf(caller, full, { name: 'bench', policy: 'Live', plan: 'Live' }));
  await addSubjects(backEnd, ports, await publicKey(caller.base));
});
afterAll(async () => {
  for (const peer of peers.toReversed()) await peer.stop();
  await cluster?.stop();
  rmSync(folder, { recursive: true });
});

/** A quota that nobody reaches, at all three levels, so that each request is looked at and counted at each. */
async function livePolicies(caller: Caller): Promise<void> {
  const requestCount = { requestCount: 1_000_000_000, unitTime: 1, timeUnit: 'day' };
  const defaultLimit = { type: 'REQUESTCOUNTLIMIT', requestCount };
  for (const level of ['application', 'subscription', 'advanced']) {
    const json = { policyName: 'Live', displayName: 'Live', defaultLimit };
    const made = await caller.call('POST', `${adminApi}/throttling/policies/${level}`, { json });
    expect(made, made.text).toMatchObject({ status: 201 });
  }
}

async function publicKey(base: string): Promise<string> {
  const [head = ''] = token.split('.');
  const { kid } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid: string };
  const { body } = await send('GET', `${base}/oauth2/jwks`, {});
  const key = (body['keys'] as JsonWebKey[]).find((one) => one['kid'] === kid);
  if (key === undefined) throw new Error(`The key manager does not show its key ${kid}.`);
  return createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString();
}

async function addSubjects(backEnd: number, ports: readonly number[], pem: string): Promise<void> {
  const [nginx = 0, lua = 0, haproxy = 0, httpProxy = 0] = ports;
  subjects.push({ name: 'direct', url: `http://127.0.0.1:${backEnd}/x`, pid: null });
  const add = async (name: string, port: number, start: Promise<Peer>): Promise<void> => {
    const peer = await start;
    peers.push(peer);
    subjects.push({ name, url: `http://127.0.0.1:${port}/x`, pid: peer.pid });
  };
  await add('nginx', nginx, startNginxProxy(join(folder, 'nginx'), nginx, backEnd));
  await add('nginx + Lua', lua, startNginxLua(join(folder, 'lua'), lua, backEnd, token));
  await add('HAProxy, RS256', haproxy, startHaproxy(join(folder, 'haproxy'), haproxy, backEnd, pem));
  await add('http-proxy', httpProxy, startHttpProxy(httpProxy, backEnd));
  const pid = cluster.cluster.gateways[0]?.pid ?? 0;
  execFileSync('taskset', ['-acp', gatewayCore, String(pid)]);
  const base = `http://127.0.0.1:${cluster.cluster.topology.gateways[0].trafficHttp}`;
  subjects.push({ name: 'Tollgate, full policy', url: `${base}/full/1.0.0/x`, pid });
}

/** Seconds of processor time that a process has used, all threads; proc(5). */
function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

async function measure({ url, pid }: Subject, forSeconds: number): Promise<Measured> {
  const used = pid === null ? 0 : processorSeconds(pid);
  const load = await wrk(url, connections, forSeconds, token);
  const perProcessorSecond = pid === null ? Number.NaN : (load.perSecond * forSeconds) / (processorSeconds(pid) - used);
  return { ...load, perProcessorSecond };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

it('a token opens what asks for one, and nothing else does', async () => {
  for (const { name, url } of subjects) {
    const good = await eventually(
      () => send('GET', url, { token }),
      ({ status }) => status === 200,
    );
    expect(good.status, name).toBe(200);
    const guarded = ['nginx + Lua', 'HAProxy, RS256', 'Tollgate, full policy'].includes(name);
    const forged = await send('GET', url, { token: `${token.slice(0, -8)}AAAAAAAA` });
    expect(forged.status, name).toBe(guarded ? 401 : 200);
  }
});

it('one round after the other, each subject in turn', async () => {
  for (const subject of subjects) await measure(subject, seconds); // warm
  const all = new Map<string, Measured[]>(subjects.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const subject of subjects) all.get(subject.name)?.push(await measure(subject, seconds));
  // Refusals are quick: a rate that holds some says nothing.
  for (const [name, loads] of all)
    expect(
      loads.map(({ errors }) => errors),
      name,
    ).toEqual(loads.map(() => 0));
  const of = (name: string, what: keyof Measured): number => median((all.get(name) ?? []).map((one) => one[what]));
  const whole = (value: number): string => (Number.isNaN(value) ? '' : Math.round(value).toLocaleString('en'));
  const rows = subjects.map(({ name }) => [
    name,
    whole(of(name, 'perSecond')),
    `${of(name, 'p50Ms').toFixed(2)} ms`,
    `${of(name, 'p99Ms').toFixed(2)} ms`,
    whole(of(name, 'perProcessorSecond')),
  ]);
  const full = 'Tollgate, full policy';
  const budget = (than: string, what: keyof Measured, bound: number, atMost = false): string[] => {
    const ratio = of(full, what) / of(than, what);
    const isMet = atMost ? ratio <= bound : ratio >= bound;
    const title = `${what === 'p99Ms' ? 'p99' : what === 'perSecond' ? 'requests/s' : 'requests per processor second'} ÷ ${than}`;
    return [title, ratio.toFixed(2), `${atMost ? '≤' : '≥'} ${bound.toFixed(2)}`, isMet ? 'met' : 'not met'];
  };
  const budgets = [
    budget('nginx + Lua', 'perSecond', 0.85),
    budget('nginx + Lua', 'perProcessorSecond', 0.85),
    budget('HAProxy, RS256', 'perSecond', 1.7),
    budget('HAProxy, RS256', 'perProcessorSecond', 1.7),
    budget('http-proxy', 'perSecond', 4),
    budget('http-proxy', 'perProcessorSecond', 4),
    budget('direct', 'perSecond', 0.7),
    budget('nginx', 'p99Ms', 2, true),
  ];
  const head = ['what', 'requests/s', 'p50', 'p99', 'requests per processor second'];
  const ratios = markdownTable(['Tollgate, full policy', 'ratio', 'budget', ''], budgets);
  const load = `${rounds} rounds of ${seconds} s, ${connections} connections; load average at the end ${loadavg()[0]?.toFixed(1)}.`;
  writeSection('docs/performance.md', 'request-path', `${load}\n\n${markdownTable(head, rows)}\n${ratios}`);
});
