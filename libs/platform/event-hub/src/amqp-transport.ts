import { randomBytes } from 'node:crypto';
import { getCACertificates } from 'node:tls';
import { safeMessage, systemClock, type Clock, type Logger } from '@tollgate/base';
import { connect, type ChannelModel, type ConfirmChannel, type RecoveringChannelModel } from 'amqplib';
import { AmqpPublisher } from './amqp-publisher.js';
import { AmqpSubscription } from './amqp-subscription.js';
import { declareExchanges, type QueueType } from './amqp-topology.js';
import { backoffMs } from './backoff.js';
import type { BrokerUrl } from './broker-url.js';
import { QuietLog } from './quiet-log.js';
import {
  TransportUnavailableError,
  type HubMessage,
  type SubscribeOptions,
  type Subscription,
  type Topic,
  type Transport,
  type TransportStatus,
} from './transport.js';

/** A peer that vanished without a word is noticed within three of these. */
const heartbeatSeconds = 3;
const connectTimeoutMs = 5_000;
const closeTimeoutMs = 3_000;
const firstRetryMs = 100;
const longestRetryMs = 3_000;

export interface AmqpTransportOptions {
  readonly broker: BrokerUrl;
  /** First part of every exchange and queue name. */
  readonly prefix: string;
  readonly log: Logger;
  readonly clock?: Clock;
  /** For `amqps`: authorities to trust beside the system's, PEM. */
  readonly ca?: string | Buffer;
  /** Default classic. */
  readonly queueType?: QueueType;
}

/** One broker over one connection: a confirm channel for sending, a channel per subscription. Reconnects for ever. */
export class AmqpTransport implements Transport {
  readonly #publisher: AmqpPublisher;
  readonly #subscriptions = new Set<AmqpSubscription>();
  readonly #quiet: QuietLog;
  readonly #connection: Promise<RecoveringChannelModel>;
  readonly #queueType: QueueType;
  #model: ChannelModel | null = null;
  #publishing: ConfirmChannel | null = null;
  #renewing = false;
  #connectionId = '';
  #deadLettered = 0;
  #lastError = 'not connected yet';
  #closed = false;

  constructor(private readonly options: AmqpTransportOptions) {
    this.#quiet = new QuietLog(options.log, options.clock ?? systemClock);
    this.#queueType = options.queueType ?? 'classic';
    this.#publisher = new AmqpPublisher(options.prefix, options.broker.address, () => void this.#renewPublishing());
    this.#connection = this.#connect();
  }

  publish(
    topic: Topic,
    messages: readonly HubMessage[],
    options?: { timeoutMs?: number; needsConsumer?: boolean },
  ): Promise<void> {
    return this.#publisher.publish(topic, messages, options);
  }

  async subscribe(options: SubscribeOptions): Promise<Subscription> {
    if (this.#closed) throw new TransportUnavailableError(this.options.broker.address, 'closed');
    const subscription = new AmqpSubscription(options, this.options.prefix, this.#queueType, {
      onBroken: (reason) => this.#restart(reason),
      onDeadLetter: (subscriber, error) => this.#countDeadLetter(subscriber, error),
    });
    this.#subscriptions.add(subscription);
    if (this.#model)
      await subscription.open(this.#model, this.#connectionId).catch((e: unknown) => this.#restart(safeMessage(e)));
    await subscription.live;
    return {
      backlog: () => subscription.backlog(),
      close: async () => {
        await subscription.close();
        this.#subscriptions.delete(subscription);
      },
    };
  }

  status(): TransportStatus {
    return {
      address: this.options.broker.address,
      connected: this.#model !== null && !this.#publisher.blocked,
      deadLettered: this.#deadLettered,
      lastError: this.#publisher.blocked || this.#lastError,
    };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const gone = new TransportUnavailableError(this.options.broker.address, 'closed');
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.close()));
    await this.#publisher.idle();
    for (const subscription of this.#subscriptions) subscription.abandon(gone);
    const connection = await this.#connection;
    // A broker that no longer answers must not hold up the stop: the process ends its sockets.
    const late = new Promise<void>((resolve) => setTimeout(resolve, closeTimeoutMs).unref());
    await Promise.race([connection.close(), late]);
    this.#publisher.lose('closed');
    this.#model = null;
  }

  async #connect(): Promise<RecoveringChannelModel> {
    const { protocol, hostname, port, username, password, vhost } = this.options.broker;
    const recovery = {
      waitForConnect: false,
      setup: (model: ChannelModel) => this.#setUp(model),
      calculateDelay: (attempt: number) => backoffMs(attempt, firstRetryMs, longestRetryMs),
    };
    const socket = { timeout: connectTimeoutMs, keepAlive: true, noDelay: true, recovery };
    const connection = await connect(
      { protocol, hostname, port, username, password, vhost: encodeURIComponent(vhost), heartbeat: heartbeatSeconds },
      this.options.ca ? { ...socket, ca: [...getCACertificates('default'), this.options.ca.toString()] } : socket,
    );
    connection.on('error', (error) => this.#lost(error));
    connection.on('disconnect', (error) => this.#lost(error));
    connection.on('connect-failed', (error) => this.#lost(error));
    connection.on('blocked', (reason) => this.#publisher.block(reason));
    connection.on('unblocked', () => this.#publisher.unblock());
    return connection;
  }

  /** Everything that must exist before the connection counts as usable. A failure closes it and it is tried again later. */
  async #setUp(model: ChannelModel): Promise<void> {
    model.on('error', (error) => this.#lost(error));
    this.#connectionId = randomBytes(6).toString('hex');
    const channel = await this.#openPublishing(model);
    await declareExchanges(channel, this.options.prefix, this.#queueType);
    for (const subscription of this.#subscriptions) await subscription.open(model, this.#connectionId);
    this.#publisher.use(channel);
    this.#model = model;
    this.#lastError = '';
    this.options.log.info({ event: 'hub.connected', address: this.options.broker.address }, 'Connected to the broker');
  }

  async #openPublishing(model: ChannelModel): Promise<ConfirmChannel> {
    const channel = await model.createConfirmChannel();
    this.#publishing = channel;
    let reason = 'channel closed';
    channel.on('error', (error) => (reason = error.message));
    channel.on('close', () => {
      if (this.#publishing !== channel) return; // it was replaced
      this.#publisher.lose(reason);
      if (this.#model === model) this.#restart(reason);
    });
    return channel;
  }

  /**
   * A channel that first met a quorum queue while its leader was lost remembers the lost one and refuses every message
   * from then on (seen with RabbitMQ 3.10). A new channel asks again who leads.
   */
  async #renewPublishing(): Promise<void> {
    const [model, old] = [this.#model, this.#publishing];
    if (!model || !old || this.#renewing || this.#closed) return;
    this.#renewing = true;
    this.#publisher.lose('the broker refused a message');
    try {
      const channel = await this.#openPublishing(model);
      await old.close();
      if (this.#model === model) this.#publisher.use(channel);
    } catch (error) {
      this.#restart(safeMessage(error));
    } finally {
      this.#renewing = false;
    }
  }

  /** Ends the connection so that recovery builds all of it anew: one way back, whatever broke. */
  #restart(reason: string): void {
    const model = this.#model;
    if (!model || this.#closed) return;
    this.#lost(new Error(reason));
    model.close().catch((error: unknown) => this.#lost(error));
  }

  #lost(error: unknown): void {
    if (this.#closed) return;
    this.#model = null;
    this.#lastError = safeMessage(error);
    this.#publisher.lose('connection lost');
    const fields = { event: 'hub.connection_lost', address: this.options.broker.address };
    this.#quiet.warn('lost', fields, error, 'The broker cannot be reached; trying again');
  }

  #countDeadLetter(subscriber: string, error: unknown): void {
    this.#deadLettered++;
    const fields = { event: 'hub.message_dead_lettered', address: this.options.broker.address, subscriber };
    this.#quiet.warn(`dead:${subscriber}`, fields, error, 'A message could not be handled and was set aside');
  }
}
