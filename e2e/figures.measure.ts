import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, it } from 'vitest';
import { startBackEnd } from './support/back-end.js';
import { Caller, publisher } from './support/caller.js';
import { send } from './support/rest.js';
import { distributed, embedded, root, type ClusterInstallation } from './support/settings.js';

const rows: [string, string][] = [];
const deployments = 200;

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Resident memory of a process in MB (Linux). */
function residentMb(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Math.round(Number(line?.[1]) / 1024);
}

it('start and memory of all in one', async () => {
  const first = await embedded();
  const ready = Number(first.process.logged('process.ready')[0]?.['readyAfterMs']);
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const memory = residentMb(first.process.pid ?? 0);
  await first.process.stop();
  await first.process.start();
  const again = Number(first.process.logged('process.ready')[0]?.['readyAfterMs']);
  await first.stop();
  rows.push(
    ['all-in-one, first start to ready (schema, keys, certificates made)', `${(ready / 1000).toFixed(2)} s`],
    ['all-in-one, later start to ready', `${(again / 1000).toFixed(2)} s`],
    ['all-in-one, resident memory after start', `${memory} MB`],
  );
});

it('deploy to live in the cluster', async () => {
  const cluster = await distributed();
  const backEnd = await startBackEnd('only');
  const caller = await Caller.signIn(cluster);
  const made = await caller.call('POST', `${publisher}/apis`, {
    json: {
      name: 'Lag',
      context: '/lag',
      version: '1.0.0',
      policies: ['Unlimited'],
      endpointConfig: { endpoint_type: 'http', production_endpoints: { url: backEnd.url } },
      operations: [{ target: '/0', verb: 'GET', authType: 'None', throttlingPolicy: 'Unlimited' }],
    },
  });
  const id = String(made.body['id']);
  await deploy(caller, id);
  await caller.call('POST', `${publisher}/apis/change-lifecycle?apiId=${id}&action=Publish`);
  const lags: number[] = [];
  for (let i = 1; i <= deployments; i++) lags.push(...(await oneDeployment(cluster, caller, id, i)));
  lags.sort((a, b) => a - b);
  rows.push(
    [
      `cluster, deploy answered to live at a gateway, p50 of ${deployments} deployments × 2 gateways`,
      `${percentile(lags, 0.5).toFixed(0)} ms`,
    ],
    ['the same, p99', `${percentile(lags, 0.99).toFixed(0)} ms`],
  );
  for (const process of cluster.processes)
    rows.push([`cluster, resident memory of ${process.name}`, `${residentMb(process.pid ?? 0)} MB`]);
  await cluster.stop();
  await backEnd.close();
});

async function deploy(caller: Caller, id: string): Promise<number> {
  const revision = await caller.call('POST', `${publisher}/apis/${id}/revisions`, { json: { description: 'r' } });
  const deployed = await caller.call(
    'POST',
    `${publisher}/apis/${id}/deploy-revision?revisionId=${String(revision.body['id'])}`,
    { json: [{ name: 'Default', vhost: 'localhost', displayOnDevportal: true }] },
  );
  if (deployed.status !== 201) throw new Error(`deploy-revision answered ${deployed.status}: ${deployed.text}`);
  return performance.now();
}

/** Deploys a revision whose only operation is new, and asks each gateway until it serves that one. @returns lags in ms */
async function oneDeployment(cluster: ClusterInstallation, caller: Caller, id: string, i: number): Promise<number[]> {
  const whole = await caller.call('GET', `${publisher}/apis/${id}`);
  await caller.call('PUT', `${publisher}/apis/${id}`, {
    json: {
      ...whole.body,
      operations: [{ target: `/${i}`, verb: 'GET', authType: 'None', throttlingPolicy: 'Unlimited' }],
    },
  });
  const answeredAt = await deploy(caller, id);
  const lags = await Promise.all(cluster.gateways.map((gateway) => untilLive(`${gateway}/lag/1.0.0/${i}`, answeredAt)));
  await removeOldRevisions(caller, id);
  return lags;
}

async function untilLive(url: string, since: number): Promise<number> {
  for (;;) {
    if ((await send('GET', url)).status === 200) return Math.max(0, performance.now() - since);
    if (performance.now() - since > 30_000) throw new Error(`${url} was not live within 30 s`);
  }
}

/** At most five revisions are kept, so the ones that are no longer deployed go. */
async function removeOldRevisions(caller: Caller, id: string): Promise<void> {
  const { body } = await caller.call('GET', `${publisher}/apis/${id}/revisions`);
  for (const revision of body['list'] as { id: string; deploymentInfo?: unknown[] }[])
    if ((revision.deploymentInfo ?? []).length === 0)
      await caller.call('DELETE', `${publisher}/apis/${id}/revisions/${revision.id}`);
}

afterAll(() => {
  const table = `| what | measured |\n| --- | --- |\n${rows.map(([what, value]) => `| ${what} | ${value} |`).join('\n')}\n`;
  process.stdout.write(`\n${table}\n`);
  const file = join(root, 'docs/performance.md');
  const text = readFileSync(file, 'utf8');
  const marks = ['<!-- measured: begin -->', '<!-- measured: end -->'] as const;
  const [before, rest = ''] = text.split(marks[0]);
  const after = rest.split(marks[1])[1] ?? '';
  writeFileSync(
    file,
    `${before}${marks[0]}\nLast run: ${new Date().toISOString().slice(0, 10)}\n\n${table}${marks[1]}${after}`,
  );
});
