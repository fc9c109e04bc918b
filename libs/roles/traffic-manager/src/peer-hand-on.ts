import type { Clock, Logger } from '@tollgate/base';
import { GroupPublisher, type HubMessage, type Transport, type Transports } from '@tollgate/event-hub';

/** A peer that takes a batch does so within milliseconds; one that does not must not hold up the counting. */
const timeoutMs = 1_000;

/**
 * Hands batches on to one peer, in order. What it cannot take now waits, bounded, and follows when it is back: its counts
 * are then complete although it never restarted, and so never asked for the open windows.
 */
export class PeerHandOn {
  readonly #transport: Transport;
  readonly #late: GroupPublisher;

  constructor(url: string, parts: { transports: Transports; clock: Clock; log: Logger }) {
    this.#transport = parts.transports.get(url);
    const transportOf = (): Transport => this.#transport;
    const { clock, log } = parts;
    this.#late = new GroupPublisher({ groups: [{ mode: 'failover', urls: [url] }], transportOf, clock, log });
  }

  /**
   * Resolves when the peer's broker has the message, or at once when earlier ones wait already.
   * @throws TransportUnavailableError when it has to wait, being the first one
   */
  async send(message: HubMessage): Promise<void> {
    const waiting = this.#late.status().some(({ queued }) => queued > 0);
    if (waiting) return this.#late.publish('requestEvents', message);
    try {
      await this.#transport.publish('requestEvents', [message], { timeoutMs, needsConsumer: true });
    } catch (error) {
      this.#late.publish('requestEvents', message);
      throw error;
    }
  }

  /** What still waits gets a short last chance. */
  close(): Promise<void> {
    return this.#late.close(500);
  }
}
