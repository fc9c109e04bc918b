import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeProcess } from '@tollgate/cluster';
import { freePorts, startServices, type Services } from '@tollgate/services';
import { Pool } from 'undici';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { markdownTable, writeSection } from '../support/document.js';
import { admin, root } from '../support/settings.js';

const [warmUpMs, runMs, connections] = [8_000, 12_000, 64];
const ticksPerSecond = 100; // USER_HZ of Linux
const folder = mkdtempSync(join(tmpdir(), 'tollgate-keys-'));
const rows: string[][] = [];
let services: Services;

beforeAll(async () => {
  services = await startServices({ kinds: ['mysql'], mariadb: { database: 'apim_db' } });
});
afterAll(async () => {
  await services?.stop();
  rmSync(folder, { recursive: true });
  const head = ['what', 'per second', 'p99', 'per second of processor time', 'bare signatures in that time', 'budget'];
  if (rows.length === 3) writeSection('docs/performance.md', 'keys', markdownTable(head, rows));
});

interface KeyManager {
  readonly process: NodeProcess;
  readonly pool: Pool;
  readonly authorization: string;
}

/** One key manager on the first core; whoever asks it is on the others. */
async function startKeyManager(algorithm: string): Promise<KeyManager> {
  const [https = 0, http = 0] = await freePorts(2);
  const toml = `[super_admin]
username = "${admin[0]}"
password = "${admin[1]}"
[database.apim_db]
type = "mariadb"
url = "${services.mariadb?.url ?? ''}"
[tollgate]
data_dir = "./data"
[tollgate.tokens]
signing_algorithm = "${algorithm}"
[tollgate.encryption]
key = "${'7'.repeat(64)}"
[tollgate.management]
https_port = ${https}
http_port = ${http}
`;
  writeFileSync(join(folder, 'deployment.toml'), toml);
  const main = join(root, 'apps/key-manager/dist/main.js');
  const process = new NodeProcess({ name: 'key manager', main, arguments: [], folder });
  await process.start();
  execFileSync('taskset', ['-acp', '0', String(process.pid)]);
  const pool = new Pool(`http://127.0.0.1:${http}`, { connections });
  const body = { clientName: `bench ${algorithm}`, owner: admin[0], grantType: 'client_credentials', callbackUrl: '' };
  const headers = { 'content-type': 'application/json', authorization: basic(...admin) };
  const path = '/client-registration/v0.17/register';
  const answer = await pool.request({ method: 'POST', path, headers, body: JSON.stringify(body) });
  const { clientId, clientSecret } = (await answer.body.json()) as Record<string, string>;
  return { process, pool, authorization: basic(clientId ?? '', clientSecret ?? '') };
}

function basic(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}

async function ask({ pool, authorization }: KeyManager, path: string, body: string): Promise<Record<string, unknown>> {
  const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await pool.request({ method: 'POST', path, headers, body });
  const json = (await answer.body.json()) as Record<string, unknown>;
  if (answer.statusCode !== 200) throw new Error(`${path} answered ${answer.statusCode}: ${JSON.stringify(json)}`);
  return json;
}

/** All connections busy for so long. @returns how long each request took, in ms, sorted */
async function load(request: () => Promise<unknown>, forMs: number): Promise<number[]> {
  const end = performance.now() + forMs;
  const took: number[] = [];
  const one = async (): Promise<void> => {
    for (let begun = performance.now(); begun < end; begun = performance.now()) {
      await request();
      took.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: connections }, one));
  return took.toSorted((a, b) => a - b);
}

/** Seconds of processor time that a process has used, all threads; proc(5). */
function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Signatures of one second of processor time, without anything around them. */
function bareSignatures(algorithm: 'RS256' | 'ES256'): number {
  const key =
    algorithm === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
      : generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const data = Buffer.alloc(700, 'x');
  const many = (count: number): void => {
    for (let i = 0; i < count; i++) sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' });
  };
  many(500);
  const before = process.cpuUsage();
  many(3000);
  const { user, system } = process.cpuUsage(before);
  return 3000 / ((user + system) / 1e6);
}

async function measure(
  what: string,
  budget: number,
  bare: number | null,
  of: KeyManager,
  request: () => Promise<unknown>,
): Promise<void> {
  await load(request, warmUpMs);
  const pid = of.process.pid ?? 0;
  const [begun, usedBefore] = [performance.now(), processorSeconds(pid)];
  const took = await load(request, runMs);
  const perSecond = took.length / ((performance.now() - begun) / 1000);
  const perProcessorSecond = took.length / (processorSeconds(pid) - usedBefore);
  const text = (value: number): string => Math.round(value).toLocaleString('en');
  const p99 = `${(took[Math.floor(took.length * 0.99)] ?? Number.NaN).toFixed(0)} ms`;
  rows.push([what, text(perSecond), p99, text(perProcessorSecond), bare === null ? '' : text(bare), text(budget)]);
  expect(took.length).toBeGreaterThan(connections);
}

it.each([
  ['RS256', 2_000],
  ['ES256', 5_000],
] as const)('client_credentials with %s', async (algorithm, budget) => {
  const keyManager = await startKeyManager(algorithm);
  const request = (): Promise<unknown> => ask(keyManager, '/oauth2/token', 'grant_type=client_credentials');
  await measure(`client_credentials, ${algorithm}`, budget, bareSignatures(algorithm), keyManager, request);
  await keyManager.pool.close();
  await keyManager.process.stop();
});

it('introspection of a thousand tokens in turn', async () => {
  const keyManager = await startKeyManager('RS256');
  const tokens: string[] = [];
  while (tokens.length < 1000) {
    const made = Array.from({ length: 50 }, () => ask(keyManager, '/oauth2/token', 'grant_type=client_credentials'));
    tokens.push(...(await Promise.all(made)).map((answer) => String(answer['access_token'])));
  }
  let turn = 0;
  const request = async (): Promise<void> => {
    const answer = await ask(keyManager, '/oauth2/introspect', `token=${tokens[turn++ % tokens.length] ?? ''}`);
    if (answer['active'] !== true) throw new Error('A good token was not active.');
  };
  await measure('introspection, RS256', 5_000, null, keyManager, request);
  await keyManager.pool.close();
  await keyManager.process.stop();
});
