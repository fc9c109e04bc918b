import { nodeLinkSchema, nodeQueueSchema, nodeRoles } from '@tollgate/deployment/contract';
import { problemsOfNode, stateOfNode } from '@tollgate/deployment/domain';
import type { NodeView, PolicyOnNodes } from '@tollgate/deployment/server';
import { denyConditionTypes, policyLevels } from '@tollgate/throttling/contract';
import { z } from 'zod';
import { subjectOf } from './record-subject.js';

const whole = z.number().int();

const nodeAnswer = z.object({
  nodeId: z.string(),
  role: z.enum(nodeRoles),
  state: z.enum(['ok', 'degraded', 'lagging', 'stale', 'drifted', 'silent']).describe('The worst of its problems.'),
  problems: z.array(z.string()),
  startedAt: whole.describe('Milliseconds since the epoch.'),
  lastSeenAt: whole.describe('Milliseconds since the epoch.'),
  seq: whole.describe('Last change that is live on the node.'),
  digest: z.string().describe('Over all records that it holds; equal on all nodes at one sequence number.'),
  lag: whole.describe('Changes it had not taken over when it spoke last.'),
  healedGaps: whole.describe('Changes that the hub did not bring and that were fetched.'),
  deadLettered: whole,
  links: z.array(nodeLinkSchema),
  queues: z.array(nodeQueueSchema),
  counts: z.record(z.string(), z.number()),
});

const brokerAnswer = z.object({
  address: z.string(),
  connected: z.array(z.string()).describe('Nodes that are connected to it.'),
  away: z.array(z.string()).describe('Nodes that are configured for it and cannot use it.'),
});

export const topologyAnswer = z.object({
  controlPlane: z.object({ epoch: z.string(), seq: whole, digest: z.string() }),
  healthy: z.boolean().describe('No node has a problem.'),
  nodes: z.array(nodeAnswer),
  brokers: z.array(brokerAnswer),
});
export type TopologyAnswer = z.infer<typeof topologyAnswer>;

export const policyNodesAnswer = z.object({
  count: whole,
  list: z.array(
    z.object({
      kind: z.enum(['throttle-policy', 'deny-condition', 'custom-rule']),
      id: z.string(),
      name: z.string().describe('What people call it; of a deny condition its type and value.'),
      policyLevel: z.enum(policyLevels).optional().describe('Of a policy.'),
      conditionType: z.enum(denyConditionTypes).optional().describe('Of a deny condition.'),
      conditionValue: z.unknown().optional().describe('Of a deny condition, as it was made.'),
      version: whole.describe('Sequence number of its last change.'),
      liveOn: z.array(z.string()).describe('Nodes that have this version in use.'),
      missingOn: z.array(z.string()),
    }),
  ),
});

export function toTopologyAnswer(
  controlPlane: TopologyAnswer['controlPlane'],
  nodes: readonly NodeView[],
  nameOf: (record: string) => string,
): TopologyAnswer {
  const list = nodes.map((node) => toNode(node, nameOf));
  return { controlPlane, healthy: list.every(({ state }) => state === 'ok'), nodes: list, brokers: brokersOf(nodes) };
}

export function toPolicyNodesAnswer(list: readonly PolicyOnNodes[]): object {
  const lines = list.map(({ kind, id, seq, value, liveOn, missingOn }) => {
    return { kind, id, ...subjectOf(kind, value), version: seq, liveOn, missingOn };
  });
  return { count: lines.length, list: lines };
}

function toNode(node: NodeView, nameOf: (record: string) => string): TopologyAnswer['nodes'][number] {
  const { nodeId, role, startedAt, seq, digest, healedGaps, deadLettered, links, queues, counts } = node.report;
  const standing = {
    state: stateOfNode(node),
    problems: problemsOfNode(node, nameOf),
    lastSeenAt: node.lastSeenAt,
    lag: node.lag,
  };
  return { nodeId, role, ...standing, startedAt, seq, digest, healedGaps, deadLettered, links, queues, counts };
}

/** The same links from the brokers' side. A silent node's links say nothing any more. */
function brokersOf(nodes: readonly NodeView[]): TopologyAnswer['brokers'] {
  const byAddress = new Map<string, { connected: Set<string>; away: Set<string> }>();
  for (const { report, silent } of nodes) {
    for (const { address, state } of report.links) {
      const broker = byAddress.get(address) ?? { connected: new Set(), away: new Set() };
      byAddress.set(address, broker);
      (state === 'away' || silent ? broker.away : broker.connected).add(report.nodeId);
    }
  }
  return [...byAddress].map(([address, { connected, away }]) => ({
    address,
    connected: [...connected],
    away: [...away],
  }));
}
