import { nodeReportSchema } from '@tollgate/deployment/contract';
import { HubReader, NodeRegistry } from '@tollgate/deployment/server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchAdmin, type LaunchedAdmin } from '../../test/launch-admin.js';
import type { TopologyAnswer } from './topology-answer.js';

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
