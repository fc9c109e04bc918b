import type { TrafficManagerStats } from '@tollgate/throttling/traffic-manager';

/** Since the start of the process. */
export interface TrafficManagerNodeStats extends TrafficManagerStats {
  /** Batches given up unread because more came in than could be counted. */
  readonly shedBatches: number;
}
