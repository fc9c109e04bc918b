import type { ConfirmChannel, Options } from 'amqplib';
import { encodeMessage } from './hub-message.js';
import { exchangeOf, presenceOf } from './amqp-topology.js';
import { TransportUnavailableError, type HubMessage, type Topic } from './transport.js';

const defaultTimeoutMs = 1_000;
/** Beyond this the endpoint counts as stuck; what piles up must pile up in the caller's bounded queue. */
const maxUnconfirmed = 20_000;

/** So long a listener that was seen counts as there. */
const presenceHoldsMs = 200;
const nothing = Buffer.alloc(0);

interface Send {
  readonly id: string;
  readonly exchange: string;
  readonly routingKey: string;
  readonly content: Buffer;
  readonly properties: Options.Publish;
}

interface Pending {
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
  returned: boolean;
}

/** Confirmed publishing over one channel at a time. Every send has its own timeout, whatever the channel does. */
export class AmqpPublisher {
  #channel: ConfirmChannel | null = null;
  #blocked = '';
  #counter = 0;
  /** By the id on the wire, which is new for every send: a late return of an earlier try must not hit a later one. */
  readonly #pending = new Map<string, Pending>();
  readonly #presentUntilMs = new Map<Topic, number>();

  constructor(
    private readonly prefix: string,
    private readonly address: string,
    /** The broker itself refused a message, on a channel that is fine otherwise. */
    private readonly onRefused: () => void,
  ) {}

  use(channel: ConfirmChannel): void {
    channel.on('return', (message) => {
      const pending = this.#pending.get(String(message.properties.messageId));
      if (pending) pending.returned = true;
    });
    this.#blocked = '';
    this.#channel = channel;
  }

  /** The channel is gone: nothing in flight will be confirmed any more. */
  lose(reason: string): void {
    this.#channel = null;
    this.#presentUntilMs.clear();
    this.#rejectAll(reason);
  }

  block(reason: string): void {
    this.#blocked = `blocked by the broker (${reason})`;
    this.#rejectAll(this.#blocked);
  }

  unblock(): void {
    this.#blocked = '';
  }

  get blocked(): string {
    return this.#blocked;
  }

  async publish(
    topic: Topic,
    messages: readonly HubMessage[],
    options: { timeoutMs?: number; needsConsumer?: boolean } = {},
  ): Promise<void> {
    const channel = this.#channel;
    if (!channel) throw this.#unavailable('not connected');
    if (this.#blocked) throw this.#unavailable(this.#blocked);
    if (this.#pending.size + messages.length > maxUnconfirmed) throw this.#unavailable('too many unconfirmed messages');
    const contents = messages.map(encodeMessage);
    const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
    if (options.needsConsumer) await this.#checkPresence(channel, topic, timeoutMs);
    const exchange = exchangeOf(this.prefix, topic);
    const mandatory = options.needsConsumer === true;
    const sends = messages.map(({ id, type }, i): Send => {
      const properties = { persistent: true, mandatory, contentType: 'application/json', type };
      return { id, exchange, routingKey: type, content: contents[i] ?? nothing, properties };
    });
    await this.#sendAll(channel, sends, topic, timeoutMs);
  }

  /** Resolves when nothing is in flight; bounded, because every send has its timeout. */
  async idle(): Promise<void> {
    while (this.#pending.size > 0 && this.#channel) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  /**
   * A queue that is kept for an away subscriber takes messages too, so "a queue is bound" does not say that somebody
   * listens. Who listens has a presence queue, which the broker drops with the connection: a mandatory message to it
   * comes back when nobody is there.
   */
  async #checkPresence(channel: ConfirmChannel, topic: Topic, timeoutMs: number): Promise<void> {
    if ((this.#presentUntilMs.get(topic) ?? 0) > performance.now()) return;
    const askedAtMs = performance.now();
    const properties = { persistent: false, mandatory: true };
    const probe = {
      id: 'presence',
      exchange: presenceOf(this.prefix),
      routingKey: topic,
      content: nothing,
      properties,
    };
    await this.#sendAll(channel, [probe], topic, timeoutMs);
    this.#presentUntilMs.set(topic, askedAtMs + presenceHoldsMs);
  }

  async #sendAll(channel: ConfirmChannel, sends: readonly Send[], topic: Topic, timeoutMs: number): Promise<void> {
    const ids = sends.map(({ id }) => `${id}#${++this.#counter}`);
    const timer = setTimeout(() => this.#giveUp(ids), timeoutMs);
    try {
      await Promise.all(sends.map((send, i) => this.#send(channel, send, ids[i] ?? send.id, topic)));
    } finally {
      clearTimeout(timer);
      for (const id of ids) this.#pending.delete(id);
    }
  }

  #send(channel: ConfirmChannel, send: Send, wireId: string, topic: Topic): Promise<void> {
    const { exchange, routingKey, content, properties } = send;
    return new Promise((resolve, reject) => {
      const pending: Pending = { resolve, reject, returned: false };
      this.#pending.set(wireId, pending);
      try {
        channel.publish(exchange, routingKey, content, { ...properties, messageId: wireId }, (error: unknown) => {
          if (isRefusal(error) && channel === this.#channel) this.onRefused();
          if (error) reject(this.#unavailable('not confirmed'));
          else if (pending.returned) reject(this.#unavailable(`nobody listens to ${topic}`));
          else resolve();
        });
      } catch {
        // amqplib throws synchronously on a channel that has just closed
        reject(this.#unavailable('not connected'));
      }
    });
  }

  #giveUp(ids: readonly string[]): void {
    for (const id of ids) this.#pending.get(id)?.reject(this.#unavailable('not confirmed in time'));
  }

  #rejectAll(reason: string): void {
    for (const pending of this.#pending.values()) pending.reject(this.#unavailable(reason));
    this.#pending.clear();
  }

  #unavailable(reason: string): TransportUnavailableError {
    return new TransportUnavailableError(this.address, reason);
  }
}

/** amqplib's words for a `basic.nack`; a lost channel has others. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.message === 'message nacked';
}
