import { hostname } from 'node:os';
import { linksOf } from '@tollgate/deployment/client';
import type { NodeReport } from '@tollgate/deployment/contract';
import type { HubReader, OutboxRelay } from '@tollgate/deployment/server';
import type { Transports } from '@tollgate/event-hub';

/** The keys that tell two control planes apart. */
export interface NodeNameConfig {
  readonly server: { readonly offset: number };
  readonly tollgate: { readonly node_id?: string | undefined; readonly management: { readonly https_port: number } };
}

export interface ControlPlaneParts {
  readonly config: NodeNameConfig;
  readonly hub: HubReader;
  readonly relay: OutboxRelay;
  readonly transports: Transports;
}

/** How a control plane sees itself: its brokers and how far it has relayed. */
export function controlPlaneReport({ config, hub, relay, transports }: ControlPlaneParts): () => Promise<NodeReport> {
  const startedAt = Math.round(performance.timeOrigin);
  const nodeId = nodeIdOf(config);
  return async () => {
    const { seq, digest } = await hub.state();
    const { relaying, relayedSeq, targets } = relay.status();
    const all = transports.all();
    const skipped = targets.reduce((sum, target) => sum + target.skipped, 0);
    return {
      nodeId,
      role: 'control-plane',
      startedAt,
      seq,
      digest,
      stale: false,
      healedGaps: 0,
      rejected: [],
      links: linksOf('changes', all),
      queues: relaying
        ? targets.map((target) => {
            const waiting = Math.max(0, seq - target.seq);
            return {
              purpose: 'changes',
              to: target.addresses,
              waiting,
              sent: target.seq,
              retried: 0,
              dropped: target.skipped,
            };
          })
        : [],
      deadLettered: all.reduce((sum, transport) => sum + transport.status().deadLettered, 0),
      counts: { relaying: relaying ? 1 : 0, relayedSeq, skippedChanges: skipped },
      leaving: false,
    };
  };
}

/** Two control planes on one host differ by their port. */
function nodeIdOf({ server, tollgate }: NodeNameConfig): string {
  const port = tollgate.management.https_port ? tollgate.management.https_port + server.offset : process.pid;
  return `control-plane-${tollgate.node_id ?? `${hostname()}-${port}`}`;
}
