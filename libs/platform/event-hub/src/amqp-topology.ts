import type { Channel } from 'amqplib';
import { topics, type SubscribeOptions, type Topic } from './transport.js';

/** Most messages a subscriber's queue holds; the oldest go to the dead-letter queue beyond that. */
const queueLimit = 100_000;
const deadLetterLimit = 10_000;

/** `quorum`: on a majority of the nodes of a RabbitMQ cluster, so that what was confirmed survives the loss of one. */
export type QueueType = 'classic' | 'quorum';

export function exchangeOf(prefix: string, topic: Topic): string {
  return `${prefix}.${topic}`;
}

export function deadLetterOf(prefix: string): string {
  return `${prefix}.dead-letter`;
}

/** Where a publisher asks whether somebody listens to a topic; see `declarePresence`. */
export function presenceOf(prefix: string): string {
  return `${prefix}.presence`;
}

/** Exchanges and the dead-letter queue. Declared again at every connection: a broker may come back with nothing. */
export async function declareExchanges(channel: Channel, prefix: string, queueType: QueueType): Promise<void> {
  for (const topic of topics) await channel.assertExchange(exchangeOf(prefix, topic), 'topic', { durable: true });
  const dead = deadLetterOf(prefix);
  await channel.assertExchange(presenceOf(prefix), 'direct', { durable: true });
  await channel.assertExchange(dead, 'fanout', { durable: true });
  await channel.assertQueue(dead, { durable: true, maxLength: deadLetterLimit, arguments: ofType(queueType) });
  await channel.bindQueue(dead, dead, '');
}

/**
 * One queue per subscriber, bound to all its topics, so that their order is kept across topics.
 * Kept queues have one active consumer: a half-dead connection of the same subscriber cannot take part of the messages.
 * A queue that goes with its connection has a name of its own each time, because the broker may hold the old one a while.
 * @returns the queue's name
 */
export async function declareQueue(
  channel: Channel,
  prefix: string,
  options: SubscribeOptions,
  connectionId: string,
  queueType: QueueType,
): Promise<string> {
  const keep = options.keepForMs > 0;
  const name = `${prefix}.${options.subscriber}${keep ? '' : `.${connectionId}`}`;
  await channel.assertQueue(name, {
    ...(keep ? { durable: true, expires: options.keepForMs } : { exclusive: true, autoDelete: true, durable: false }),
    maxLength: queueLimit,
    deadLetterExchange: deadLetterOf(prefix),
    arguments: keep ? { 'x-single-active-consumer': true, ...ofType(queueType) } : {},
  });
  for (const topic of options.topics) await channel.bindQueue(name, exchangeOf(prefix, topic), '#');
  return name;
}

/**
 * A queue that holds nothing and lives as long as the subscriber's connection: it shows publishers that somebody listens.
 * @returns its name
 */
export async function declarePresence(
  channel: Channel,
  prefix: string,
  options: SubscribeOptions,
  connectionId: string,
): Promise<string> {
  const name = `${prefix}.${options.subscriber}.${connectionId}.presence`;
  await channel.assertQueue(name, { exclusive: true, durable: false, messageTtl: 0, maxLength: 1 });
  for (const topic of options.topics) await channel.bindQueue(name, presenceOf(prefix), topic);
  return name;
}

/** Classic is said by saying nothing, so that queues of earlier releases fit. */
function ofType(queueType: QueueType): Record<string, string> {
  return queueType === 'quorum' ? { 'x-queue-type': 'quorum' } : {};
}
