import { linksOf, queuesOf } from '@tollgate/deployment/client';
import type { NodeLink, NodeReport } from '@tollgate/deployment/contract';
import type { ReplicaStatus } from '@tollgate/deployment/domain';
import type { GroupStatus, Transports } from '@tollgate/event-hub';
import { addressOfServers } from '@tollgate/throttling/counters';
import type { TrafficManagerNodeStats } from './node-stats.js';
import type { TrafficManagerSettings } from './settings.js';

export interface TrafficManagerReportParts {
  readonly settings: TrafficManagerSettings;
  readonly replica: ReplicaStatus;
  readonly rejected: readonly string[];
  readonly transports: Transports;
  /** Per endpoint of request events, in the order of the topology; empty until they are read. */
  readonly backlogs: readonly (number | null)[];
  readonly decisions: readonly GroupStatus[];
  readonly counts: TrafficManagerNodeStats;
  /** `null`: this manager counts by itself. */
  readonly store: { readonly away: boolean; readonly parkedParts: number } | null;
}

/** How a traffic manager sees itself: what it counts by, where it reads, whom it tells. */
export function trafficManagerReport(parts: TrafficManagerReportParts): NodeReport {
  const { settings, replica, transports, backlogs, store } = parts;
  const { hubEndpoints, requestEventEndpoints, peerEndpoints } = settings.topology;
  const opened = (urls: readonly string[]) => urls.map((url) => transports.get(url));
  const deciding = queuesOf('decisions', parts.decisions);
  const events = linksOf('request-events', opened(requestEventEndpoints));
  return {
    nodeId: settings.nodeId,
    role: 'traffic-manager',
    startedAt: Math.round(performance.timeOrigin),
    seq: replica.seq,
    digest: replica.digest,
    stale: replica.stale,
    healedGaps: replica.healedGaps,
    rejected: parts.rejected.slice(0, 50),
    links: [
      ...linksOf('changes', opened(hubEndpoints)),
      ...events.map((link, i) => ({ ...link, backlog: backlogs[i] ?? null })),
      ...linksOf('peer', opened(peerEndpoints)),
      ...deciding.links,
      ...storeLink(settings, store),
    ],
    queues: deciding.queues,
    deadLettered: deadLettersOf(transports),
    counts: { ...parts.counts, parkedParts: store?.parkedParts ?? 0 },
    leaving: false,
  };
}

/** Messages that this process could not read, from all brokers. */
export function deadLettersOf(transports: Transports): number {
  return transports.all().reduce((sum, transport) => sum + transport.status().deadLettered, 0);
}

function storeLink({ store: servers }: TrafficManagerSettings, store: TrafficManagerReportParts['store']): NodeLink[] {
  if (!store || servers === undefined) return [];
  const lastError = store.away ? 'the counter store does not answer; counting goes on here' : '';
  return [
    {
      purpose: 'counters',
      address: addressOfServers(servers),
      state: store.away ? 'away' : 'live',
      lastError,
      backlog: null,
    },
  ];
}
