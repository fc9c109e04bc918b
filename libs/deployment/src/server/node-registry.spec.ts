import { superOrganization } from '@tollgate/base';
import { systemContext } from '@tollgate/database';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { nodeReportSchema, type NodeReport } from '../contract/index.js';
import { sqliteRig, type DatabaseRig } from './database-rig.js';
import { HubReader } from './hub-reader.js';
import { NodeRegistry, nodeSilentMs } from './node-registry.js';
import { RecordWriter } from './record-writer.js';

let rig: DatabaseRig;
let hub: HubReader;
let registry: NodeRegistry;
let now = 1_700_000_000_000;

beforeAll(async () => {
  rig = await sqliteRig();
  hub = new HubReader(rig.db);
  registry = new NodeRegistry(rig.db, hub, { nowMs: () => now });
});
afterAll(() => rig.drop());

async function putPolicy(id: string, limit: number): Promise<void> {
  const records = new RecordWriter({ nowMs: () => now });
  const key = { kind: 'throttle-policy' as const, id, organization: superOrganization, eventType: 'POLICY_UPDATE' };
  await rig.db.transaction(systemContext(superOrganization), (tx) => records.put(tx, key, { limit }));
}

async function reportOf(nodeId: string, change: Partial<NodeReport> = {}): Promise<NodeReport> {
  const { seq, digest } = await hub.state();
  return nodeReportSchema.parse({ nodeId, role: 'gateway', startedAt: now, seq, digest, stale: false, ...change });
}

it('keeps what nodes say, with lag and drift as they were when they spoke', async () => {
  await putPolicy('gold', 1);
  const before = await reportOf('gw-late');
  await putPolicy('gold', 2);
  await registry.report(before);
  await registry.report(await reportOf('gw-right'));
  await registry.report(await reportOf('gw-wrong', { digest: 'f'.repeat(32) }));
  await registry.report(await reportOf('tm', { role: 'traffic-manager' }));
  await putPolicy('silver', 1); // what comes after their word is not held against them
  const seen = (await registry.list()).map(({ report, lag, drifted, silent }) => [report.nodeId, lag, drifted, silent]);
  expect(seen).toEqual([
    ['gw-late', 1, false, false],
    ['gw-right', 0, false, false],
    ['gw-wrong', 0, true, false],
    ['tm', 0, false, false],
  ]);
});

it('says for each policy which nodes have its present version', async () => {
  expect(await registry.policies(superOrganization)).toMatchObject([
    { kind: 'throttle-policy', id: 'gold', seq: 2, liveOn: ['gw-right', 'gw-wrong', 'tm'], missingOn: ['gw-late'] },
    { kind: 'throttle-policy', id: 'silver', seq: 3, liveOn: [], missingOn: ['gw-late', 'gw-right', 'gw-wrong', 'tm'] },
  ]);
  await registry.report(await reportOf('gw-late'));
  const [, silver] = await registry.policies(superOrganization);
  expect(silver?.liveOn).toEqual(['gw-late']);
  expect(await registry.policies('other.org')).toEqual([]);
});

it('calls a node silent after three missing words, and forgets it when it leaves or stays away', async () => {
  now += nodeSilentMs + 1;
  await registry.report(await reportOf('gw-right'));
  const silent = (await registry.list()).filter((node) => node.silent).map(({ report }) => report.nodeId);
  expect(silent).toEqual(['gw-late', 'gw-wrong', 'tm']);
  await registry.report(await reportOf('gw-late', { leaving: true }));
  expect((await registry.list()).map(({ report }) => report.nodeId)).toEqual(['gw-right', 'gw-wrong', 'tm']);
  expect(await registry.retireSilent(nodeSilentMs)).toBe(2);
  expect((await registry.list()).map(({ report }) => report.nodeId)).toEqual(['gw-right']);
});
