import { metricsRegistry } from '@tollgate/observability';
import { expect, it } from 'vitest';
import { GatewayMetrics, type GatewayFigures } from './metrics.js';

function figures(over: { passed?: number; healedGaps?: number; dropped?: number } = {}): GatewayFigures {
  const { passed = 7, healedGaps = 0, dropped = 0 } = over;
  const endpoint = { address: 'amqp://a', connected: true, lastError: '' };
  return {
    gateway: {
      isLoaded: true,
      deployedApis: 3,
      failedApis: 1,
      refusedRecords: 0,
      activeRequests: 2,
      upstreamPools: 1,
      health: { checked: 3, unwell: 1 },
      refusedConnections: 2,
      webSockets: { open: 4, opened: 9, messages: 70 },
      streams: { open: 5, events: 80, stopped: 6 },
      responses: [
        { source: 'back-end', status: 200, count: passed },
        { source: 'gateway', status: 429, count: 4 },
      ],
      events: { batches: 5, lostBatches: 0, pendingEvents: 0, droppedRequests: 0 },
      quotas: { keys: 6, evicted: 0 },
      decisions: { keys: 1, ignored: 0, dropped: 0 },
      leases: { taken: 30, returned: 4, asks: 9, waits: 5, failures: 1, held: 2, isAway: true },
      strictPolicies: 1,
    },
    replica: {
      ready: true,
      stale: true,
      source: 'disk',
      seq: 41,
      digest: 'd',
      lastError: '',
      healedGaps,
      rejectedRecords: 0,
    },
    requestEvents: [
      { mode: 'loadbalance', sent: 3, retried: 0, dropped, queued: 2, endpoints: [] },
      { mode: 'failover', sent: 3, retried: 0, dropped, queued: 0, endpoints: [] },
    ],
    droppedLogLines: 0,
    transports: [
      { ...endpoint, deadLettered: 1 },
      { ...endpoint, connected: false, deadLettered: 2 },
    ],
  };
}

it('the figures of the gateway become metrics; totals grow by what is new', async () => {
  const metrics = new GatewayMetrics();
  metrics.report(figures());
  metrics.report(figures({ passed: 10, healedGaps: 2, dropped: 3 }));
  const lines = (await metricsRegistry.metrics()).split('\n').filter((line) => line.startsWith('tollgate_gateway_'));
  expect(lines).toEqual(
    expect.arrayContaining([
      'tollgate_gateway_responses_total{status="200",source="back-end"} 10',
      'tollgate_gateway_responses_total{status="429",source="gateway"} 4',
      'tollgate_gateway_event_batches_total 5',
      'tollgate_gateway_events_sent_total 6',
      'tollgate_gateway_events_dropped_total 6',
      'tollgate_gateway_events_queued 2',
      'tollgate_gateway_healed_gaps_total 2',
      'tollgate_gateway_dead_letters_total 3',
      'tollgate_gateway_brokers_away 1',
      'tollgate_gateway_deployed_apis 3',
      'tollgate_gateway_replica_seq 41',
      'tollgate_gateway_replica_stale 1',
      'tollgate_gateway_websockets 4',
      'tollgate_gateway_websockets_opened_total 9',
      'tollgate_gateway_websocket_messages_total 70',
      'tollgate_gateway_event_streams 5',
      'tollgate_gateway_streamed_events_total 80',
      'tollgate_gateway_stopped_answers_total 6',
    ]),
  );
});
