import type { Logger } from '@tollgate/base';
import type { GroupStatus, TransportStatus } from '@tollgate/event-hub';
import type { Cluster } from '@tollgate/throttling/domain';

const lookEveryMs = 500;
/** Looks in a row without anybody who counts, before quotas are kept without them: a reconnect shall not change them. */
const looksBeforeAway = 2;

export interface ClusterWatchOptions {
  /** Of the request events, one entry per group of traffic managers. */
  readonly requestEvents: () => readonly GroupStatus[];
  /** Brokers from which decisions come. */
  readonly decisions: () => readonly TransportStatus[];
  /** Told at the start and whenever something changes. */
  readonly apply: (cluster: Cluster) => void;
  readonly log: Logger;
}

/** Knows whether somebody counts for all gateways, and how many share the quotas when nobody does. */
export class ClusterWatch {
  #timer: NodeJS.Timeout | null = null;
  #looksAway = 0;
  #cluster: Cluster = { isReached: true, liveGateways: 1 };

  constructor(private readonly options: ClusterWatchOptions) {}

  start(): void {
    this.options.apply(this.#cluster);
    this.#timer = setInterval(() => this.look(), lookEveryMs);
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
  }

  get isReached(): boolean {
    return this.#cluster.isReached;
  }

  /** What the control plane said last holds while that is away. */
  setLiveGateways(count: number): void {
    if (count >= 1 && count !== this.#cluster.liveGateways) this.#set({ ...this.#cluster, liveGateways: count });
  }

  /** Runs every 500 ms. */
  look(): void {
    const { requestEvents, decisions, log } = this.options;
    this.#looksAway = isHeard(requestEvents()) && isTold(decisions()) ? 0 : this.#looksAway + 1;
    const isReached = this.#looksAway === 0 || (this.#looksAway < looksBeforeAway && this.#cluster.isReached);
    if (isReached === this.#cluster.isReached) return;
    this.#set({ ...this.#cluster, isReached });
    const { liveGateways } = this.#cluster;
    if (isReached) log.info({ event: 'gateway.quotas.shared' }, 'Quotas are kept with the traffic managers again');
    else {
      log.warn(
        { event: 'gateway.quotas.alone', liveGateways },
        'No traffic manager can be reached: each policy does what its degraded mode says',
      );
    }
  }

  #set(cluster: Cluster): void {
    this.#cluster = cluster;
    this.options.apply(cluster);
  }
}

/** Whether some group takes events. What waits behind an error shows that an endpoint takes none, connected or not. */
function isHeard(groups: readonly GroupStatus[]): boolean {
  if (groups.length === 0) return true; // nobody else counts here
  return groups.some(({ queued, endpoints }) =>
    endpoints.some(({ state, lastError }) => state === 'live' && (queued === 0 || lastError === '')),
  );
}

function isTold(brokers: readonly TransportStatus[]): boolean {
  return brokers.length === 0 || brokers.some(({ connected }) => connected);
}
