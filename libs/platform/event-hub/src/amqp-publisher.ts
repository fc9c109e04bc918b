import type { ConfirmChannel } from 'amqplib';
import { encodeMessage } from './hub-message.js';
import { exchangeOf } from './amqp-topology.js';
import { TransportUnavailableError, type HubMessage, type Topic } from './transport.js';

const defaultTimeoutMs = 1_000;
/** Beyond this the endpoint counts as stuck; what piles up must pile up in the caller's bounded queue. */
const maxUnconfirmed = 20_000;

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

  constructor(
    private readonly prefix: string,
    private readonly address: string,
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
    const ids = messages.map((message) => `${message.id}#${++this.#counter}`);
    const mandatory = options.needsConsumer === true;
    const timer = setTimeout(() => this.#giveUp(ids), options.timeoutMs ?? defaultTimeoutMs);
    try {
      const sends = contents.map((content, i) => this.#send(channel, topic, messages[i], ids[i], content, mandatory));
      await Promise.all(sends);
    } finally {
      clearTimeout(timer);
      for (const id of ids) this.#pending.delete(id);
    }
  }

  /** Resolves when nothing is in flight; bounded, because every send has its timeout. */
  async idle(): Promise<void> {
    while (this.#pending.size > 0 && this.#channel) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  #send(
    channel: ConfirmChannel,
    topic: Topic,
    message: HubMessage | undefined,
    id: string | undefined,
    content: Buffer,
    mandatory: boolean,
  ): Promise<void> {
    if (!message || id === undefined) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const pending: Pending = { resolve, reject, returned: false };
      this.#pending.set(id, pending);
      const properties = {
        persistent: true,
        mandatory,
        messageId: id,
        contentType: 'application/json',
        type: message.type,
      };
      try {
        channel.publish(exchangeOf(this.prefix, topic), message.type, content, properties, (error: unknown) => {
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
