import type { Clock, Logger } from '@tollgate/base';
import { GroupPublisher, type HubMessage, type Transports } from '@tollgate/event-hub';

/**
 * Hands batches on to one peer, in order and without waiting, so that a slow broker of a peer does not hold up the
 * counting. What the peer cannot take now waits, bounded, and follows when it is back: its counts are then complete
 * although it never restarted, and so never asked for the open windows.
 */
export class PeerHandOn {
  readonly #publisher: GroupPublisher;
  #dropped = 0;

  constructor(url: string, parts: { transports: Transports; clock: Clock; log: Logger }) {
    const { transports, clock, log } = parts;
    const groups = [{ mode: 'failover' as const, urls: [url] }];
    this.#publisher = new GroupPublisher({ groups, transportOf: (one) => transports.get(one), clock, log });
  }

  /** @returns false when the queue overflowed since the last time: the peer misses batches */
  send(message: HubMessage): boolean {
    this.#publisher.publish('requestEvents', message);
    const dropped = this.#publisher.status().reduce((sum, group) => sum + group.dropped, 0);
    const isComplete = dropped === this.#dropped;
    this.#dropped = dropped;
    return isComplete;
  }

  /** What still waits gets a short last chance. */
  close(): Promise<void> {
    return this.#publisher.close(500);
  }
}
