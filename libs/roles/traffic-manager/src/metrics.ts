import { createCounter, createGauge } from '@tollgate/observability';
import type { TrafficManagerNodeStats } from './node-stats.js';

const counters = {
  batches: createCounter('tollgate_tm_batches_total', 'Batches of request events received', []),
  duplicateBatches: createCounter('tollgate_tm_duplicate_batches_total', 'Batches that had been counted before', []),
  countedRequests: createCounter('tollgate_tm_requests_total', 'Requests of batches taken in, each batch once', []),
  lateRequests: createCounter('tollgate_tm_late_requests_total', 'Requests per level whose window was long over', []),
  unknownPolicyRequests: createCounter(
    'tollgate_tm_unknown_policy_requests_total',
    'Requests per level that named a policy not known here',
    [],
  ),
  shedBatches: createCounter(
    'tollgate_tm_shed_batches_total',
    'Batches given up unread because more came in than could be counted',
    [],
  ),
  failedHandOns: createCounter('tollgate_tm_failed_hand_ons_total', 'Batches that a peer did not get', []),
  decisions: createCounter('tollgate_tm_decisions_total', 'Decisions published', []),
} as const;
const deadLetters = createCounter(
  'tollgate_tm_dead_letters_total',
  'Messages of the hub set aside because they could not be read',
  [],
);
const announcedKeys = createGauge('tollgate_tm_announced_keys', 'Keys near or over their limit', []);
const waitingBatches = createGauge(
  'tollgate_tm_waiting_batches',
  'Batches that wait at the brokers for this manager',
  [],
);
const parkedParts = createGauge('tollgate_tm_parked_parts', 'Parts of batches that wait for the shared store', []);

/** Turns the engine's totals into metrics of the process; call `report` every few seconds. */
export class TrafficManagerMetrics {
  readonly #reported = new Map<keyof typeof counters, number>();
  #deadLettered = 0;

  report(
    stats: TrafficManagerNodeStats,
    { parked, waiting, deadLettered }: { parked: number; waiting: number; deadLettered: number },
  ): void {
    deadLetters.inc({}, deadLettered - this.#deadLettered);
    this.#deadLettered = deadLettered;
    for (const name of Object.keys(counters) as (keyof typeof counters)[]) {
      counters[name].inc({}, stats[name] - (this.#reported.get(name) ?? 0));
      this.#reported.set(name, stats[name]);
    }
    announcedKeys.set({}, stats.announcedKeys);
    parkedParts.set({}, parked);
    waitingBatches.set({}, waiting);
  }
}
