/**
 * The narrow port above the event hub's wire: in-process for the embedded default, AMQP 0-9-1 when distributed.
 * Both adapters pass `transport-contract.ts` against the real thing.
 */

/** The hub's topics (design: "From a change to every gateway"), plus the stream of request events. */
export const topics = [
  'notification',
  'throttleData',
  'tokenRevocation',
  'keyManager',
  'cacheInvalidation',
  'asyncWebhooksData',
  'requestEvents',
] as const;
export type Topic = (typeof topics)[number];

/** What travels on every topic. Checked against a schema on receipt; a bad one is dead-lettered, counted, and stops nothing. */
export interface HubMessage<T = unknown> {
  /** Unique per message; the same when a message is sent again. */
  readonly id: string;
  /** Position in the outbox for hub changes; the publisher's batch number for request events; 0 for decisions. */
  readonly seq: number;
  /** For example `API_DEPLOYED`, `THROTTLE_DECISION`, `REQUEST_BATCH`. */
  readonly type: string;
  readonly organization: string;
  /** Milliseconds since the Unix epoch at which the event happened. */
  readonly at: number;
  /** Which process sent it: half of the key by which receivers deduplicate batches. */
  readonly publisher: string;
  readonly data: T;
}

export interface SubscribeOptions {
  /** Names the subscriber's own queue, so that each subscriber gets its own copy (never a shared queue between two gateways). */
  readonly subscriber: string;
  readonly topics: readonly Topic[];
  /** Keep messages for this subscriber while it is away, at most this long. 0: the queue goes with the connection. */
  readonly keepForMs: number;
  /** Resolving acknowledges the message. A throw dead-letters it (it is counted and the stream goes on). */
  readonly onMessage: (message: HubMessage) => Promise<void> | void;
  /** Asked before each message is read: true acknowledges it unread. */
  readonly sheds?: () => boolean;
  /** Called after the subscription is live again: whatever was sent meanwhile may be missing, so the subscriber resynchronises. */
  readonly onReconnected?: () => void;
}

export interface Subscription {
  /** Messages that wait for this subscriber, at the endpoint and here; `null` while that cannot be known. Never rejects. */
  backlog(): Promise<number | null>;
  close(): Promise<void>;
}

export interface TransportStatus {
  /** Address without credentials, for example `amqp://127.0.0.1:5672` or `in-process`. */
  readonly address: string;
  readonly connected: boolean;
  readonly deadLettered: number;
  /** Reason of the last failure in safe words; empty while all is well. */
  readonly lastError: string;
}

/** One endpoint of the hub: one broker, or this process. */
export interface Transport {
  /**
   * Resolves when the endpoint has confirmed the messages, in the order given.
   * @param options.needsConsumer reject when nobody listens to the topic now, even if messages are kept for one who is away
   *   (an endpoint without a receiver is no endpoint); noticed within 200 ms
   * @throws TransportUnavailableError at once when not connected, blocked, returned, or unconfirmed after `timeoutMs` (default 1000)
   */
  publish(
    topic: Topic,
    messages: readonly HubMessage[],
    options?: { timeoutMs?: number; needsConsumer?: boolean },
  ): Promise<void>;
  /** Resolves when the subscription is live. Survives reconnects until closed. */
  subscribe(options: SubscribeOptions): Promise<Subscription>;
  status(): TransportStatus;
  close(): Promise<void>;
}

/** The endpoint cannot take messages now; the caller tries another one or later. Nothing was confirmed. */
export class TransportUnavailableError extends Error {
  constructor(
    readonly address: string,
    reason: string,
  ) {
    super(`${address}: ${reason}`);
    this.name = 'TransportUnavailableError';
  }
}
