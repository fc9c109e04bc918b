import type { OutboxRelay } from '@tollgate/deployment/server';
import type { Transports } from '@tollgate/event-hub';
import { createGauge } from '@tollgate/observability';

/** Metrics of the relay and of this process's connections to the hub, asked when they are read. */
export function registerHubMetrics(relay: OutboxRelay, transports: Transports): void {
  createGauge('tollgate_hub_relaying', '1 while this process relays the outbox.', [], (gauge) => {
    gauge.set({}, relay.status().relaying ? 1 : 0);
  });
  createGauge(
    'tollgate_hub_relayed_seq',
    'Last change that a broker has confirmed, by broker.',
    ['target'],
    (gauge) => {
      for (const { addresses, seq } of relay.status().targets) gauge.set({ target: addresses }, seq);
    },
  );
  createGauge(
    'tollgate_hub_skipped_changes',
    'Changes left to HTTP because a broker was away too long.',
    ['target'],
    (gauge) => {
      for (const { addresses, skipped } of relay.status().targets) gauge.set({ target: addresses }, skipped);
    },
  );
  createGauge('tollgate_hub_connected', '1 while the broker takes messages.', ['target'], (gauge) => {
    for (const { address, connected } of statuses(transports)) gauge.set({ target: address }, connected ? 1 : 0);
  });
  createGauge('tollgate_hub_dead_letters', 'Messages set aside since the start.', ['target'], (gauge) => {
    for (const { address, deadLettered } of statuses(transports)) gauge.set({ target: address }, deadLettered);
  });
}

function statuses(transports: Transports) {
  return transports.all().map((transport) => transport.status());
}
