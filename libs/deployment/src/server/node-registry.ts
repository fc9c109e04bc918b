import type { Clock } from '@tollgate/base';
import type { Database } from '@tollgate/database';
import { LessThan } from 'typeorm';
import { nodeReportSchema, type NodeReport } from '../contract/index.js';
import { versionIsLive, type NodeStanding } from '../domain/index.js';
import type { HubReader, RecordVersion } from './hub-reader.js';
import { HubNode } from './node.entity.js';

/** A node reports every 5 s; after this long without a word it is called silent. */
export const nodeSilentMs = 16_000;

export interface NodeView extends NodeStanding {
  readonly report: NodeReport;
  /** Milliseconds since the epoch. */
  readonly lastSeenAt: number;
}

/** One policy or deny condition and the nodes that have its present version in use. */
export interface PolicyOnNodes extends RecordVersion {
  readonly liveOn: readonly string[];
  readonly missingOn: readonly string[];
}

/** The nodes of the installation, from their own words. */
export class NodeRegistry {
  constructor(
    private readonly db: Database,
    private readonly hub: HubReader,
    private readonly clock: Clock,
  ) {}

  async report(report: NodeReport): Promise<void> {
    const { role, nodeId } = report;
    if (report.leaving) return void (await this.db.manager.delete(HubNode, { role, nodeId }));
    // Compared on arrival: later the control plane has moved on, and the node too.
    const { seq, digest } = await this.hub.state();
    const lag = report.role === 'control-plane' ? 0 : Math.max(0, seq - report.seq);
    const drifted = report.role !== 'control-plane' && report.seq === seq && report.digest !== digest;
    const row = { role, nodeId, lastSeenAt: this.clock.nowMs(), lag, drifted, report: JSON.stringify(report) };
    await this.db.manager.upsert(HubNode, row, ['role', 'nodeId']);
  }

  async list(): Promise<NodeView[]> {
    const silentBefore = this.clock.nowMs() - nodeSilentMs;
    const rows = await this.db.manager.find(HubNode, { order: { role: 'ASC', nodeId: 'ASC' } });
    return rows.map(({ report, lastSeenAt, lag, drifted }) => {
      const parsed = nodeReportSchema.parse(JSON.parse(report));
      return { report: parsed, lastSeenAt, lag, drifted, silent: lastSeenAt < silentBefore };
    });
  }

  /** Which node has which policy, deny condition and custom rule of an organization live, in its present version. */
  async policies(organization: string): Promise<PolicyOnNodes[]> {
    const versions = await this.hub.versionsOf(['throttle-policy', 'deny-condition', 'custom-rule'], organization);
    const nodes = (await this.list()).filter(({ report }) => report.role !== 'control-plane');
    return versions.map((version) => {
      const isLive = (node: NodeView): boolean => versionIsLive(version, node);
      const idsOf = (list: NodeView[]): string[] => list.map(({ report }) => report.nodeId);
      return {
        ...version,
        liveOn: idsOf(nodes.filter(isLive)),
        missingOn: idsOf(nodes.filter((node) => !isLive(node))),
      };
    });
  }

  /** Forgets nodes that have been silent for `olderThanMs`. For a job. @returns how many */
  async retireSilent(olderThanMs: number): Promise<number> {
    const gone = await this.db.manager.delete(HubNode, { lastSeenAt: LessThan(this.clock.nowMs() - olderThanMs) });
    return gone.affected ?? 0;
  }
}
