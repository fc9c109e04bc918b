import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import { declarePresence, declareQueue, type QueueType } from './amqp-topology.js';
import { decodeMessage } from './hub-message.js';
import { SerialConsumer } from './serial-consumer.js';
import type { SubscribeOptions } from './transport.js';

/** Messages the broker hands over ahead of their acknowledgement. */
const prefetch = 200;
const drainMs = 5_000;

interface Delivery {
  readonly channel: Channel;
  readonly message: ConsumeMessage;
}

export interface SubscriptionHooks {
  /** The subscription's channel ended although the connection stands, or its queue was deleted: everything is set up again. */
  readonly onBroken: (reason: string) => void;
  readonly onDeadLetter: (subscriber: string, error: unknown) => void;
}

/** One subscriber on one broker; opened again on every connection until closed. */
export class AmqpSubscription {
  #channel: Channel | null = null;
  #consumerTag = '';
  #presence = '';
  #queue = '';
  #model: ChannelModel | null = null;
  #opened = false;
  #closed = false;
  readonly #consumer = new SerialConsumer<Delivery>((delivery) => this.#handle(delivery));
  /** Resolves when it is live for the first time. */
  readonly live: Promise<void>;
  #resolveLive: () => void = () => undefined;
  #rejectLive: (reason: Error) => void = () => undefined;

  constructor(
    readonly options: SubscribeOptions,
    private readonly prefix: string,
    private readonly queueType: QueueType,
    private readonly hooks: SubscriptionHooks,
  ) {
    this.live = new Promise((resolve, reject) => {
      this.#resolveLive = resolve;
      this.#rejectLive = reject;
    });
    // subscribe() waits for it too; this one only keeps an early rejection from counting as unhandled
    this.live.catch(() => undefined);
  }

  abandon(reason: Error): void {
    this.#rejectLive(reason);
  }

  /** Opens on this connection unless that was done already. */
  async open(model: ChannelModel, connectionId: string): Promise<void> {
    if (this.#closed || this.#model === model) return;
    this.#model = model;
    this.#consumer.discard(); // deliveries of the lost channel come again
    const channel = await model.createChannel();
    this.#watch(channel);
    await channel.prefetch(prefetch);
    const queue = await declareQueue(channel, this.prefix, this.options, connectionId, this.queueType);
    this.#queue = queue;
    this.#channel = channel; // before consuming: a delivery may come together with the broker's answer
    const { consumerTag } = await channel.consume(queue, (message) => {
      if (message) this.#consumer.push({ channel, message });
      else this.hooks.onBroken(`the queue of ${this.options.subscriber} was deleted`);
    });
    this.#consumerTag = consumerTag;
    this.#presence = await declarePresence(channel, this.prefix, this.options, connectionId);
    if (this.#opened) this.options.onReconnected?.();
    this.#opened = true;
    this.#resolveLive();
  }

  /** What the broker holds for this subscriber and what was handed over and is not settled; `null` while not connected. */
  async backlog(): Promise<number | null> {
    if (!this.#channel) return null;
    try {
      return (await this.#channel.checkQueue(this.#queue)).messageCount + this.#consumer.waiting;
    } catch (error) {
      if (error instanceof Error) return null; // the channel closed meanwhile; its own watch deals with that
      throw error;
    }
  }

  /** Takes nothing more, finishes what it holds, and gives the rest back to the broker. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const channel = this.#channel;
    this.#channel = null;
    if (!channel) return;
    await ignoreLostChannel(channel.deleteQueue(this.#presence));
    // An exclusive queue is deleted with its consumer, and deliveries not acknowledged with it: handle first, then cancel.
    if (this.options.keepForMs === 0) await this.#consumer.drain(drainMs);
    await ignoreLostChannel(channel.cancel(this.#consumerTag));
    await this.#consumer.drain(drainMs);
    await ignoreLostChannel(channel.close());
  }

  #watch(channel: Channel): void {
    let reason = 'channel closed';
    channel.on('error', (error) => (reason = error.message));
    channel.on('close', () => {
      if (this.#channel !== channel) return;
      this.#channel = null;
      this.hooks.onBroken(reason);
    });
  }

  async #handle({ channel, message }: Delivery): Promise<void> {
    if (channel !== this.#channel && !this.#closed) return; // its channel is gone: it is delivered again
    if (this.options.sheds?.()) {
      settle(() => channel.ack(message));
      return;
    }
    try {
      await this.options.onMessage(decodeMessage(message.content));
    } catch (error) {
      this.hooks.onDeadLetter(this.options.subscriber, error);
      settle(() => channel.reject(message, false));
      return;
    }
    settle(() => channel.ack(message));
  }
}

/** The channel may have closed while the handler ran; then the broker delivers the message again, which receivers expect. */
function settle(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'IllegalOperationError') throw error;
  }
}

/** Closing something that the connection already took along is done. */
async function ignoreLostChannel(action: Promise<unknown>): Promise<void> {
  await action.catch((error: unknown) => {
    if (!(error instanceof Error)) throw error;
  });
}
