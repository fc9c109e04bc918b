import { systemClock, type Clock, type Logger } from '@tollgate/base';
import { GroupQueue, type GroupStatus } from './group-queue.js';
import type { ReceiverGroup } from './receiver-groups.js';
import type { HubMessage, Topic, Transport } from './transport.js';

const defaultMaxQueued = 10_000;
const defaultMaxQueuedBytes = 32 * 1024 * 1024;

export interface GroupPublisherOptions {
  readonly groups: readonly ReceiverGroup[];
  /** `(url) => transports.get(url)`: groups that name the same endpoint share its connection. */
  readonly transportOf: (url: string) => Transport;
  readonly log: Logger;
  readonly clock?: Clock;
  /** Default true: an endpoint where nobody listens counts as gone. False for decisions, which gateways may or may not hear. */
  readonly needsConsumer?: boolean;
  readonly maxQueued?: number;
  readonly maxQueuedBytes?: number;
  readonly sendTimeoutMs?: number;
  readonly returnAfterMs?: number;
}

/** Publishes every event to every group. Never blocks and never throws: what cannot be sent waits, bounded, or is counted. */
export class GroupPublisher {
  readonly #queues: readonly GroupQueue[];

  constructor(options: GroupPublisherOptions) {
    const { maxQueued = defaultMaxQueued, maxQueuedBytes = defaultMaxQueuedBytes, needsConsumer = true } = options;
    const queueOptions = { ...options, clock: options.clock ?? systemClock, maxQueued, maxQueuedBytes, needsConsumer };
    this.#queues = options.groups.map((group) => new GroupQueue(group, options.transportOf, queueOptions));
  }

  publish(topic: Topic, message: HubMessage): void {
    const bytes = JSON.stringify(message.data)?.length ?? 0;
    for (const queue of this.#queues) queue.push(topic, message, bytes);
  }

  /** True when every group has sent everything within `timeoutMs`. */
  async flush(timeoutMs: number): Promise<boolean> {
    return (await Promise.all(this.#queues.map((queue) => queue.flush(timeoutMs)))).every(Boolean);
  }

  /** For metrics and health: one entry per group, in the configured order. */
  status(): GroupStatus[] {
    return this.#queues.map((queue) => queue.status());
  }

  /** Sends what waits, at most for `timeoutMs`; drops and counts the rest. The transports stay open: they are shared. */
  async close(timeoutMs = 3_000): Promise<void> {
    await Promise.all(this.#queues.map((queue) => queue.close(timeoutMs)));
  }
}
