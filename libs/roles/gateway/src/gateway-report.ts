import { linksOf, queuesOf } from '@tollgate/deployment/client';
import type { NodeReport } from '@tollgate/deployment/contract';
import type { ReplicaStatus } from '@tollgate/deployment/domain';
import type { GroupPublisher, Transports } from '@tollgate/event-hub';
import type { Gateway } from '@tollgate/gateway';
import type { LeaseSource } from './lease-source.js';

export interface GatewayReportParts {
  readonly nodeId: string;
  readonly gateway: Gateway;
  readonly sync: { status(): ReplicaStatus };
  readonly publisher: GroupPublisher;
  readonly transports: Transports;
  readonly hubEndpoints: readonly string[];
  readonly decisionEndpoints: readonly string[];
  readonly leases: LeaseSource;
}

/** How a gateway sees itself: what it serves, where it reads, and what waits to be sent. */
export function gatewayReport(parts: GatewayReportParts): () => NodeReport {
  const { nodeId, gateway, sync, publisher, transports } = parts;
  const startedAt = Math.round(performance.timeOrigin);
  const opened = (urls: readonly string[]) => urls.map((url) => transports.get(url));
  return () => {
    const { seq, digest, stale, healedGaps } = sync.status();
    const { deployedApis, failedApis, refusedRecords, leases } = gateway.status();
    const sending = queuesOf('request-events', publisher.status());
    return {
      nodeId,
      role: 'gateway',
      startedAt,
      seq,
      digest,
      stale,
      healedGaps,
      rejected: [],
      links: [
        ...linksOf('changes', opened(parts.hubEndpoints)),
        ...linksOf('decisions', opened(parts.decisionEndpoints)),
        ...sending.links,
        ...parts.leases.link(leases.isAway),
      ],
      queues: sending.queues,
      deadLettered: transports.all().reduce((sum, transport) => sum + transport.status().deadLettered, 0),
      counts: { deployedApis, failedApis, refusedRecords },
      leaving: false,
    };
  };
}
