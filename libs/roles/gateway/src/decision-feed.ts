import { safeMessage, type Logger } from '@tollgate/base';
import type { HubMessage, Subscription, Transport } from '@tollgate/event-hub';
import { decisionsSchema, type Decision } from '@tollgate/throttling/contract';

/** Type of the messages that carry decisions; deny conditions share their topic. */
const decisionsType = 'THROTTLE_DECISIONS';
const retryMs = 1_000;

/** Listens to all traffic managers' brokers for decisions; the same decision may come from each. */
export class DecisionFeed {
  readonly #subscriptions: Subscription[] = [];
  readonly #retries = new Set<NodeJS.Timeout>();
  #isStopped = false;

  constructor(
    private readonly transports: readonly Transport[],
    private readonly subscriber: string,
    private readonly apply: (decisions: readonly Decision[]) => void,
    private readonly log: Logger,
  ) {}

  start(): void {
    for (const transport of this.transports) void this.#listen(transport, true);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const timer of this.#retries) clearTimeout(timer);
    await Promise.all(this.#subscriptions.map((subscription) => subscription.close()));
  }

  /** A broker that is away at the start is tried until it is there; later its transport reconnects by itself. */
  async #listen(transport: Transport, isFirst: boolean): Promise<void> {
    try {
      const subscription = await transport.subscribe({
        subscriber: this.subscriber,
        topics: ['throttleData'],
        keepForMs: 0,
        onMessage: (message) => this.#take(message),
      });
      if (this.#isStopped) await subscription.close();
      else this.#subscriptions.push(subscription);
    } catch (error) {
      if (this.#isStopped) return;
      if (isFirst) {
        const { address } = transport.status();
        this.log.warn(
          { event: 'gateway.decisions.unreachable', address, reason: safeMessage(error) },
          'Decisions of a traffic manager cannot be read; trying again',
        );
      }
      const timer = setTimeout(() => {
        this.#retries.delete(timer);
        void this.#listen(transport, false);
      }, retryMs);
      this.#retries.add(timer);
    }
  }

  /** A throw sends the message to the dead letters. */
  #take(message: HubMessage): void {
    if (message.type === decisionsType) this.apply(decisionsSchema.parse(message.data).decisions);
  }
}
