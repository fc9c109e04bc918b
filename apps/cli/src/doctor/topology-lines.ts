import type { TopologyView } from './fetch-topology.js';

/** The topology as a table of nodes, with the connections of each, and what is wrong. */
export function topologyLines(topology: TopologyView, nowMs: number): string[] {
  const head = ['node', 'role', 'state', 'seq', 'lag', 'waiting', 'dropped', 'dead', 'seen'];
  const rows = topology.nodes.map((node) => [
    node.nodeId,
    node.role,
    node.state,
    String(node.seq),
    String(node.lag),
    String(sum(node.queues.map(({ waiting }) => waiting)) + sum(node.links.map(({ backlog }) => backlog ?? 0))),
    String(sum(node.queues.map(({ dropped }) => dropped))),
    String(node.deadLettered),
    `${Math.max(0, Math.round((nowMs - node.lastSeenAt) / 1000))} s ago`,
  ]);
  return [
    `control plane at change ${topology.controlPlane.seq}, ${topology.nodes.length} nodes`,
    ...tableOf([head, ...rows]),
    '',
    ...topology.nodes.flatMap(({ nodeId, links }) =>
      links.map(({ purpose, address, state }) => `${nodeId} -> ${address}  ${purpose}  ${state}`),
    ),
    ...topology.nodes.flatMap(({ nodeId, problems }) => problems.map((problem) => `problem  ${nodeId}: ${problem}`)),
    topology.healthy ? 'ok       all nodes are well' : 'problem  not all nodes are well',
  ];
}

function tableOf(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
