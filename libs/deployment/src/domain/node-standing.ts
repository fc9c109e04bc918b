import type { NodeReport } from '../contract/index.js';

/** How a node stood against the control plane when it last spoke. */
export interface NodeStanding {
  readonly report: NodeReport;
  /** Changes it had not taken over. */
  readonly lag: number;
  /** At the same sequence number it held something else. */
  readonly drifted: boolean;
  readonly silent: boolean;
}

export type NodeState = 'ok' | 'degraded' | 'lagging' | 'stale' | 'drifted' | 'silent';

/** So many changes may be on their way to a healthy node. */
const usualLag = 50;

/** The worst of what is wrong with a node, in one word. */
export function stateOfNode(node: NodeStanding): NodeState {
  if (node.silent) return 'silent';
  if (node.drifted) return 'drifted';
  if (node.report.stale) return 'stale';
  if (node.lag > usualLag) return 'lagging';
  return problemsOfNode(node).length > 0 ? 'degraded' : 'ok';
}

/**
 * Everything that is wrong with a node as sentences, each with the cure where there is one.
 * @param nameOf what people call a record, from its kind and id as the node tells them
 */
export function problemsOfNode(
  { report, lag, drifted, silent }: NodeStanding,
  nameOf: (record: string) => string = (record) => record,
): string[] {
  const problems: string[] = [];
  if (silent) problems.push('Nothing has been heard of it lately: see whether it runs and reaches the control plane.');
  if (drifted) problems.push('Its records differ from the control plane at the same sequence number; it reloads them.');
  if (report.stale) problems.push('It has not heard from the control plane: check [apim.event_hub] service_url.');
  if (lag > usualLag) problems.push(`It is ${lag} changes behind.`);
  for (const link of report.links) {
    if (link.state !== 'live') problems.push(`${link.address} (${link.purpose}) is ${link.state}: ${link.lastError}`);
  }
  for (const queue of report.queues) {
    if (queue.dropped > 0) problems.push(`${queue.dropped} events for ${queue.to} (${queue.purpose}) were dropped.`);
  }
  if (report.deadLettered > 0)
    problems.push(`${report.deadLettered} messages could not be understood and were set aside.`);
  const shed = report.counts['shedBatches'] ?? 0;
  if (shed > 0)
    problems.push(
      `${shed} batches of request events were given up, because more came in than it could count: give it a faster processor, or add traffic managers with counters in Redis.`,
    );
  for (const record of report.rejected) problems.push(`The record ${nameOf(record)} could not be put to use.`);
  return problems;
}

/** A node that has gone past a record's last change, and did not refuse the record, has that version live. */
export function versionIsLive(
  record: { readonly kind: string; readonly id: string; readonly seq: number },
  node: NodeStanding,
): boolean {
  return !node.silent && node.report.seq >= record.seq && !node.report.rejected.includes(`${record.kind} ${record.id}`);
}
