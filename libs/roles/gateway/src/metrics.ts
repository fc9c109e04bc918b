import type { ReplicaStatus } from '@tollgate/deployment/domain';
import type { GroupStatus, TransportStatus } from '@tollgate/event-hub';
import type { GatewayStatus } from '@tollgate/gateway';
import { createCounter, createGauge } from '@tollgate/observability';

/** What the gateway of this process and what keeps it informed say about themselves at one moment. */
export interface GatewayFigures {
  readonly gateway: GatewayStatus;
  readonly replica: ReplicaStatus;
  readonly requestEvents: readonly GroupStatus[];
  readonly transports: readonly TransportStatus[];
  readonly droppedLogLines: number;
}

const responses = createCounter(
  'tollgate_gateway_responses_total',
  'Answers to API requests, by status and by who made them: gateway or back-end',
  ['status', 'source'],
);

/** Totals since the start of the process, by name of their metric. */
const totals = {
  tollgate_gateway_event_batches_total: ['Batches of request events made', ({ gateway }) => gateway.events.batches],
  tollgate_gateway_lost_event_batches_total: [
    'Batches of request events that could not be handed over',
    ({ gateway }) => gateway.events.lostBatches,
  ],
  tollgate_gateway_uncounted_requests_total: [
    'Requests left out of the request events because too many different ones were pending',
    ({ gateway }) => gateway.events.droppedRequests,
  ],
  tollgate_gateway_events_sent_total: [
    'Batches of request events that a receiver confirmed, over all groups',
    ({ requestEvents }) => sum(requestEvents, (group) => group.sent),
  ],
  tollgate_gateway_events_dropped_total: [
    'Batches of request events given up because no receiver took them in time, over all groups',
    ({ requestEvents }) => sum(requestEvents, (group) => group.dropped),
  ],
  tollgate_gateway_refused_connections_total: [
    'Connections refused because their address had too many',
    ({ gateway }) => gateway.refusedConnections,
  ],
  tollgate_gateway_dropped_access_lines_total: [
    'Lines of the access log that the disk was too slow for',
    ({ droppedLogLines }) => droppedLogLines,
  ],
  tollgate_gateway_healed_gaps_total: [
    'How often something that the hub did not bring was fetched from the control plane',
    ({ replica }) => replica.healedGaps,
  ],
  tollgate_gateway_evicted_counters_total: [
    'Quota counters given up because there were too many',
    ({ gateway }) => gateway.quotas.evicted,
  ],
  tollgate_gateway_permits_leased_total: [
    'Permits of strict policies leased from the one that decides',
    ({ gateway }) => gateway.leases.taken,
  ],
  tollgate_gateway_permits_returned_total: [
    'Leased permits given back unused',
    ({ gateway }) => gateway.leases.returned,
  ],
  tollgate_gateway_lease_asks_total: ['Requests for leases, and reports of them', ({ gateway }) => gateway.leases.asks],
  tollgate_gateway_lease_waits_total: [
    'How often an API request waited for a lease',
    ({ gateway }) => gateway.leases.waits,
  ],
  tollgate_gateway_lease_failures_total: [
    'Requests for leases that were not answered',
    ({ gateway }) => gateway.leases.failures,
  ],
  tollgate_gateway_dead_letters_total: [
    'Hub messages set aside because they could not be read',
    ({ transports }) => sum(transports, (transport) => transport.deadLettered),
  ],
  tollgate_gateway_websockets_opened_total: ['WebSockets opened', ({ gateway }) => gateway.webSockets.opened],
  tollgate_gateway_streamed_events_total: [
    'Server-sent events that passed for APIs of type SSE',
    ({ gateway }) => gateway.streams.events,
  ],
  tollgate_gateway_stopped_answers_total: [
    'Answers ended on their way because their caller may not have them any more',
    ({ gateway }) => gateway.streams.stopped,
  ],
  tollgate_gateway_websocket_messages_total: [
    'Messages that passed, in either direction',
    ({ gateway }) => gateway.webSockets.messages,
  ],
} satisfies Record<string, readonly [help: string, read: (figures: GatewayFigures) => number]>;

/** Figures that go up and down, by name of their metric. */
const levels = {
  tollgate_gateway_deployed_apis: ['APIs served', ({ gateway }) => gateway.deployedApis],
  tollgate_gateway_failed_apis: ['Deployments that could not be compiled', ({ gateway }) => gateway.failedApis],
  tollgate_gateway_refused_records: ['Records whose newest value is unusable', ({ gateway }) => gateway.refusedRecords],
  tollgate_gateway_active_requests: ['Requests at back ends now', ({ gateway }) => gateway.activeRequests],
  tollgate_gateway_websockets: ['WebSockets open now', ({ gateway }) => gateway.webSockets.open],
  tollgate_gateway_event_streams: ['Streams of events open now', ({ gateway }) => gateway.streams.open],
  tollgate_gateway_upstream_pools: ['Back-end addresses with connections', ({ gateway }) => gateway.upstreamPools],
  tollgate_gateway_checked_endpoints: ['Endpoints with a health check', ({ gateway }) => gateway.health.checked],
  tollgate_gateway_unwell_endpoints: ['Endpoints that fail their health check', ({ gateway }) => gateway.health.unwell],
  tollgate_gateway_quota_counters: ['Quota counters held', ({ gateway }) => gateway.quotas.keys],
  tollgate_gateway_permits_held: ['Leased permits at hand', ({ gateway }) => gateway.leases.held],
  tollgate_gateway_leases_away: [
    '1 while nobody answers for leases and strict policies do what their degraded mode says',
    ({ gateway }) => Number(gateway.leases.isAway),
  ],
  tollgate_gateway_decisions: ['Decisions of traffic managers held', ({ gateway }) => gateway.decisions.keys],
  tollgate_gateway_events_queued: [
    'Batches of request events that wait for a receiver',
    ({ requestEvents }) => sum(requestEvents, (group) => group.queued),
  ],
  tollgate_gateway_replica_seq: ['Last change taken in', ({ replica }) => replica.seq],
  tollgate_gateway_replica_stale: ['1 while the control plane is not heard', ({ replica }) => Number(replica.stale)],
  tollgate_gateway_brokers_away: [
    'Brokers that cannot be reached',
    ({ transports }) => transports.filter((transport) => !transport.connected).length,
  ],
} satisfies Record<string, readonly [help: string, read: (figures: GatewayFigures) => number]>;

/** Turns the gateway's own figures into metrics of the process; call `report` every second. */
export class GatewayMetrics {
  readonly #reported = new Map<string, number>();

  report(figures: GatewayFigures): void {
    for (const { status, source, count } of figures.gateway.responses) {
      responses.inc({ status: String(status), source }, this.#growth(`${source} ${status}`, count));
    }
    for (const [name, [help, read]] of Object.entries(totals)) {
      createCounter(name, help).inc({}, this.#growth(name, read(figures)));
    }
    for (const [name, [help, read]] of Object.entries(levels)) createGauge(name, help).set({}, read(figures));
  }

  #growth(name: string, total: number): number {
    const growth = total - (this.#reported.get(name) ?? 0);
    this.#reported.set(name, total);
    return growth;
  }
}

function sum<T>(list: readonly T[], of: (each: T) => number): number {
  return list.reduce((total, each) => total + of(each), 0);
}
