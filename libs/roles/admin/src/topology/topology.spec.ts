import { nodeReportSchema } from '@tollgate/deployment/contract';
import { HubReader, NodeRegistry } from '@tollgate/deployment/server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchAdmin, type LaunchedAdmin } from '../../test/launch-admin.js';
import type { TopologyAnswer } from './topology-answer.js';

const scopes = ['apim:admin'];

let admin: LaunchedAdmin;
let origin: string;

beforeAll(async () => {
  admin = await launchAdmin();
  origin = admin.origin;
});
afterAll(() => admin.stop());

async function ask(path: string, as = 'carbon.super+apim:admin'): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${origin}/api/am/admin/v4${path}`, { headers: { authorization: `Bearer ${as}` } });
  return { status: answer.status, body: await answer.json() };
}

it('shows nodes with their links, brokers with their nodes, and which policy is live where', async () => {
  const { seq, digest } = await admin.running.http.nest.get(HubReader, { strict: false }).state();
  const registry = admin.running.http.nest.get(NodeRegistry, { strict: false });
  const common = { startedAt: 1, seq, digest, stale: false };
  const broker = { purpose: 'changes', address: 'amqp://b:5672' };
  await registry.report(
    nodeReportSchema.parse({ ...common, nodeId: 'gw', role: 'gateway', links: [{ ...broker, state: 'live' }] }),
  );
  const refused = { ...broker, state: 'away', lastError: 'connection refused' };
  await registry.report(
    nodeReportSchema.parse({ ...common, nodeId: 'tm', role: 'traffic-manager', seq: 0, links: [refused] }),
  );
  const { status, body } = await ask('/topology');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    controlPlane: { seq, digest },
    healthy: false,
    nodes: [
      { nodeId: 'gw', role: 'gateway', state: 'ok', problems: [], lag: 0 },
      {
        nodeId: 'tm',
        state: seq > 50 ? 'lagging' : 'degraded',
        lag: seq,
        problems: expect.arrayContaining(['amqp://b:5672 (changes) is away: connection refused']),
      },
    ],
    brokers: [{ address: 'amqp://b:5672', connected: ['gw'], away: ['tm'] }],
  } satisfies Partial<Record<keyof TopologyAnswer, unknown>>);
  const policies = (await ask('/topology/policies')).body as { count: number; list: object[] };
  expect(policies.count).toBeGreaterThan(5);
  for (const line of policies.list) expect(line).toMatchObject({ liveOn: ['gw'], missingOn: ['tm'] });
});

it('is for administrators of the whole installation, and described in the OpenAPI document', async () => {
  expect((await ask('/topology', 'carbon.super+apim:bl_view')).status).toBe(401);
  expect((await ask('/topology', 'acme.example+apim:admin')).status).toBe(403);
  expect(await ask('/topology/policies', 'acme.example+apim:admin')).toMatchObject({ status: 200, body: { count: 0 } });
  const document = (await (await fetch(`${origin}/api/am/admin/v4/openapi.json`)).json()) as { paths: object };
  expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(['/topology', '/topology/policies']));
});

it('calls policies, rules and denials by their names, also where a node could not put them to use', async () => {
  const made = async (path: string, json: object): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${origin}/api/am/admin/v4/throttling/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer carbon.super+${scopes.join('+')}`, 'content-type': 'application/json' },
      body: JSON.stringify(json),
    });
    expect(answer.status).toBe(201);
    return (await answer.json()) as Record<string, unknown>;
  };
  const siddhiQuery = `FROM RequestStream SELECT userId as throttleKey INSERT INTO Eligible;
FROM Eligible#throttler:timeBatch(1 min) SELECT throttleKey, (count() > 5) as isThrottled, expiryTimeStamp
GROUP BY throttleKey INSERT ALL EVENTS INTO ResultStream;`;
  const { policyId } = await made('policies/custom', { policyName: 'PerUser', keyTemplate: '$userId', siddhiQuery });
  const value = { startingIp: '10.0.0.1', endingIp: '10.0.0.9', invert: true };
  const denial = { conditionType: 'IPRANGE', conditionValue: value, conditionStatus: true };
  const { conditionId } = await made('deny-policies', denial);
  const { list } = (await ask('/topology/policies')).body as { list: { id: string }[] };
  expect(list.find(({ id }) => id === policyId)).toMatchObject({ kind: 'custom-rule', name: 'PerUser' });
  expect(list.find(({ id }) => id === conditionId)).toMatchObject({
    name: 'IPRANGE not 10.0.0.1 to 10.0.0.9',
    conditionType: 'IPRANGE',
    conditionValue: value,
  });
  expect(list.find(({ id }) => id === 'carbon.super:subscription:Gold')).toMatchObject({
    name: 'Gold',
    policyLevel: 'subscription',
  });

  const { seq, digest } = await admin.running.http.nest.get(HubReader, { strict: false }).state();
  const rejected = [`custom-rule ${String(policyId)}`, `deny-condition ${String(conditionId)}`, 'api 1'];
  const report = { nodeId: 'gw2', role: 'gateway', startedAt: 1, seq, digest, stale: false, rejected };
  await admin.running.http.nest.get(NodeRegistry, { strict: false }).report(nodeReportSchema.parse(report));
  const { nodes } = (await ask('/topology')).body as TopologyAnswer;
  expect(nodes.find(({ nodeId }) => nodeId === 'gw2')?.problems).toEqual([
    'The record custom-rule PerUser could not be put to use.',
    'The record deny-condition IPRANGE not 10.0.0.1 to 10.0.0.9 could not be put to use.',
    'The record api 1 could not be put to use.',
  ]);
});
