import { safeMessage, systemClock, type Clock, type Logger } from '@tollgate/base';
import { decodeMessage, encodeMessage } from './hub-message.js';
import { QuietLog } from './quiet-log.js';
import { SerialConsumer } from './serial-consumer.js';
import {
  TransportUnavailableError,
  type HubMessage,
  type SubscribeOptions,
  type Subscription,
  type Topic,
  type Transport,
  type TransportStatus,
} from './transport.js';

const address = 'in-process';
/** A subscriber this far behind blocks publishing, as a broker with a full queue would. */
const maxWaiting = 10_000;
const drainMs = 5_000;

interface Queue {
  readonly topics: ReadonlySet<Topic>;
  /** Filled while the subscriber is away; handed over when it is back. */
  readonly kept: Buffer[];
  consumer: SerialConsumer<Buffer> | null;
  expiry: NodeJS.Timeout | null;
}

/** The embedded default: queues in this process, with the semantics of the broker (own copy per subscriber, order, dead letters). */
export class InProcessTransport implements Transport {
  readonly #queues = new Map<string, Queue>();
  readonly #quiet: QuietLog;
  #deadLettered = 0;
  #lastError = '';
  #closed = false;

  constructor(log: Logger, clock: Clock = systemClock) {
    this.#quiet = new QuietLog(log, clock);
  }

  async publish(
    topic: Topic,
    messages: readonly HubMessage[],
    options: { needsConsumer?: boolean } = {},
  ): Promise<void> {
    if (this.#closed) throw new TransportUnavailableError(address, 'closed');
    const queues = [...this.#queues.values()].filter((queue) => queue.topics.has(topic));
    if (options.needsConsumer && !queues.some((queue) => queue.consumer))
      throw new TransportUnavailableError(address, `nobody listens to ${topic}`);
    if (queues.some((queue) => waitingIn(queue) + messages.length > maxWaiting)) {
      throw new TransportUnavailableError(address, `a subscriber of ${topic} is ${maxWaiting} messages behind`);
    }
    for (const content of messages.map(encodeMessage)) {
      for (const queue of queues) (queue.consumer ?? { push: (b: Buffer) => queue.kept.push(b) }).push(content);
    }
  }

  async subscribe(options: SubscribeOptions): Promise<Subscription> {
    if (this.#closed) throw new TransportUnavailableError(address, 'closed');
    const before = this.#queues.get(options.subscriber);
    if (before?.consumer)
      throw new Error(`Subscriber "${options.subscriber}" is subscribed already; give each its own name.`);
    if (before?.expiry) clearTimeout(before.expiry);
    const consumer = new SerialConsumer<Buffer>((content) => this.#deliver(options, content));
    const queue: Queue = { topics: new Set(options.topics), kept: before?.kept ?? [], consumer, expiry: null };
    this.#queues.set(options.subscriber, queue);
    for (const content of queue.kept.splice(0)) consumer.push(content);
    return { close: () => this.#leave(options, queue), backlog: () => Promise.resolve(waitingIn(queue)) };
  }

  status(): TransportStatus {
    return { address, connected: !this.#closed, deadLettered: this.#deadLettered, lastError: this.#lastError };
  }

  async close(): Promise<void> {
    this.#closed = true;
    const queues = [...this.#queues.values()];
    this.#queues.clear();
    for (const queue of queues) if (queue.expiry) clearTimeout(queue.expiry);
    await Promise.all(queues.map((queue) => queue.consumer?.drain(drainMs) ?? Promise.resolve([])));
  }

  async #leave(options: SubscribeOptions, queue: Queue): Promise<void> {
    const consumer = queue.consumer;
    if (!consumer) return;
    queue.consumer = null; // from here on new messages are kept, or dropped with the queue
    if (options.keepForMs === 0) this.#forget(options.subscriber, queue);
    else {
      queue.expiry = setTimeout(() => this.#forget(options.subscriber, queue), options.keepForMs);
      queue.expiry.unref();
    }
    const left = await consumer.drain(drainMs);
    queue.kept.unshift(...left);
  }

  #forget(subscriber: string, queue: Queue): void {
    if (this.#queues.get(subscriber) === queue) this.#queues.delete(subscriber);
  }

  async #deliver(options: SubscribeOptions, content: Buffer): Promise<void> {
    if (options.sheds?.()) return;
    try {
      await options.onMessage(decodeMessage(content));
    } catch (error) {
      this.#deadLettered++;
      this.#lastError = safeMessage(error);
      const fields = { event: 'hub.message_dead_lettered', address, subscriber: options.subscriber };
      this.#quiet.warn(`dead:${options.subscriber}`, fields, error, 'A message could not be handled and was set aside');
    }
  }
}

function waitingIn(queue: Queue): number {
  return queue.consumer ? queue.consumer.waiting : queue.kept.length;
}
