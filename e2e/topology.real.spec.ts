import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { adminApi, Caller } from './support/caller.js';
import { onServers, type SingleInstallation } from './support/settings.js';

interface Topology {
  readonly healthy: boolean;
  readonly nodes: { nodeId: string; role: string; state: string; links: { purpose: string; state: string }[] }[];
  readonly brokers: { address: string; connected: string[]; away: string[] }[];
}

let installation: SingleInstallation;
let caller: Caller;
beforeAll(async () => {
  installation = await onServers();
  caller = await Caller.signIn(installation);
}, 60_000);
afterAll(() => installation.stop());

async function topology(): Promise<Topology> {
  return (await caller.call('GET', `${adminApi}/topology`)).body as unknown as Topology;
}

it('every node reports its connections, and each shows on the brokers too', async () => {
  await vi.waitFor(async () => expect((await topology()).healthy).toBe(true), { timeout: 15_000, interval: 200 });
  const { nodes, brokers } = await topology();
  expect(nodes.map(({ role, state }) => [role, state])).toEqual([
    ['control-plane', 'ok'],
    ['gateway', 'ok'],
    ['traffic-manager', 'ok'],
  ]);
  const purposes = (role: string): string[] =>
    nodes.find((node) => node.role === role)?.links.map((l) => l.purpose) ?? [];
  expect(purposes('gateway').toSorted()).toEqual(['changes', 'counters', 'decisions', 'request-events']);
  expect(purposes('traffic-manager').toSorted()).toEqual(['changes', 'counters', 'decisions', 'request-events']);
  expect(brokers.map(({ address, connected, away }) => [address.split(':')[0], connected.length, away.length])).toEqual(
    [
      ['amqp', 3, 0],
      ['redis', 2, 0],
    ],
  );
});

it('a new deny condition is shown as live on gateway and traffic manager long before the next regular report', async () => {
  const made = await caller.call('POST', `${adminApi}/throttling/deny-policies`, {
    json: { conditionType: 'IP', conditionValue: { fixedIp: '203.0.113.9', invert: false }, conditionStatus: true },
  });
  expect(made.status).toBe(201);
  const id = String(made.body['conditionId']);
  await vi.waitFor(
    async () => {
      const { body } = await caller.call('GET', `${adminApi}/topology/policies`);
      const line = (body['list'] as { id: string; liveOn: string[]; missingOn: string[] }[]).find((l) => l.id === id);
      expect([line?.liveOn.length, line?.missingOn]).toEqual([2, []]);
    },
    { timeout: 3_000, interval: 50 },
  );
});
