import { type Clock, type Logger } from '@tollgate/base';
import { GroupSender, type EndpointStatus, type GroupSenderOptions } from './group-sender.js';
import { QuietLog } from './quiet-log.js';
import type { ReceiverGroup } from './receiver-groups.js';
import { TransportUnavailableError, type HubMessage, type Topic, type Transport } from './transport.js';

/** Messages of one send when many wait; small enough to be confirmed well within the send timeout. */
const mostPerSend = 50;
/** Beyond this many, dealing out one by one would be slower than a broker that takes its time to confirm. */
const mostDealtOut = 8;

export interface GroupQueueOptions extends Omit<GroupSenderOptions, 'clock'> {
  readonly clock: Clock;
  readonly log: Logger;
  /** Most messages that wait while no endpoint takes them; the oldest are dropped and counted beyond that. */
  readonly maxQueued: number;
  /** The same in bytes of JSON. */
  readonly maxQueuedBytes: number;
}

export interface GroupStatus {
  readonly mode: ReceiverGroup['mode'];
  readonly sent: number;
  /** Tries that failed at an endpoint and were repeated there or elsewhere. */
  readonly retried: number;
  readonly dropped: number;
  readonly queued: number;
  readonly endpoints: readonly EndpointStatus[];
}

interface Waiting {
  readonly topic: Topic;
  readonly message: HubMessage;
  readonly bytes: number;
}

/** One group's bounded queue in front of its sender: one send at a time, so the order per publisher is kept. */
export class GroupQueue {
  readonly #sender: GroupSender;
  readonly #quiet: QuietLog;
  readonly #waiting: Waiting[] = [];
  #bytes = 0;
  #sent = 0;
  #dropped = 0;
  #inFlight = 0;
  /** So many from the front are sent one by one, because one of them cannot be sent at all. */
  #alone = 0;
  #pump: Promise<void> | null = null;
  #stopped = false;
  #wake: () => void = () => undefined;

  constructor(
    group: ReceiverGroup,
    transportOf: (url: string) => Transport,
    private readonly options: GroupQueueOptions,
  ) {
    this.#sender = new GroupSender(group, transportOf, options);
    this.#quiet = new QuietLog(options.log, options.clock);
  }

  push(topic: Topic, message: HubMessage, bytes: number): void {
    if (this.#stopped) return this.#drop(1, 'the publisher is closed');
    this.#waiting.push({ topic, message, bytes });
    this.#bytes += bytes;
    this.#trim();
    this.#pump ??= this.#run();
  }

  status(): GroupStatus {
    const { mode } = this.#sender.group;
    const queued = this.#waiting.length;
    const counts = { sent: this.#sent, retried: this.#sender.failedTries, dropped: this.#dropped, queued };
    return { mode, ...counts, endpoints: this.#sender.status() };
  }

  /** Resolves when nothing waits or after `timeoutMs`; true when all was sent. */
  async flush(timeoutMs: number): Promise<boolean> {
    const until = performance.now() + timeoutMs;
    while (this.#pump && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 5));
    return this.#pump === null;
  }

  /** Sends what waits, at most for `timeoutMs`; the rest is dropped and counted. */
  async close(timeoutMs: number): Promise<void> {
    await this.flush(timeoutMs);
    this.#stopped = true;
    this.#wake();
    await this.#pump;
    if (this.#waiting.length > 0) this.#drop(this.#waiting.splice(0).length, 'the process stops');
  }

  async #run(): Promise<void> {
    await Promise.resolve(); // messages pushed in one go are sent in one go
    while (this.#waiting.length > 0 && !this.#stopped) {
      const batch = this.#nextBatch();
      this.#inFlight = batch.length;
      await this.#sendBatch(batch);
      this.#inFlight = 0;
    }
    this.#pump = null;
  }

  async #sendBatch(batch: readonly Waiting[]): Promise<void> {
    const topic = batch[0]?.topic ?? 'notification';
    try {
      await this.#sender.send(
        topic,
        batch.map((waiting) => waiting.message),
      );
      this.#sent += batch.length;
      this.#remove(batch.length);
    } catch (error) {
      if (error instanceof TransportUnavailableError) {
        this.#quiet.warn(
          'away',
          { event: 'hub.group_unavailable', group: this.#addresses() },
          error,
          'No receiver takes events; they wait',
        );
        await this.#pause(this.#sender.retryInMs());
        return;
      }
      // The message itself cannot be sent, now or later: alone it is dropped, in company the others go on without it.
      if (batch.length > 1) this.#alone = batch.length;
      else {
        this.#remove(1);
        this.#drop(1, error);
      }
    }
  }

  /** From the front, of one topic. While little waits, load balancing deals out message by message. */
  #nextBatch(): Waiting[] {
    const dealOut = this.#sender.group.mode === 'loadbalance' && this.#waiting.length <= mostDealtOut;
    const most = dealOut || this.#alone > 0 ? 1 : mostPerSend;
    const topic = this.#waiting[0]?.topic;
    const end = this.#waiting.findIndex((waiting, i) => i >= most || waiting.topic !== topic);
    return this.#waiting.slice(0, end === -1 ? most : end);
  }

  #remove(count: number): void {
    this.#alone = Math.max(0, this.#alone - count);
    for (const waiting of this.#waiting.splice(0, count)) this.#bytes -= waiting.bytes;
  }

  /** The oldest go first, but never those being sent. */
  #trim(): void {
    let excess = 0;
    const { maxQueued, maxQueuedBytes } = this.options;
    while (
      this.#waiting.length > this.#inFlight + 1 &&
      (this.#waiting.length > maxQueued || this.#bytes > maxQueuedBytes)
    ) {
      const [oldest] = this.#waiting.splice(this.#inFlight, 1);
      this.#bytes -= oldest?.bytes ?? 0;
      excess++;
    }
    if (excess > 0) this.#drop(excess, 'the queue is full');
  }

  #drop(count: number, reason: unknown): void {
    this.#dropped += count;
    const fields = { event: 'hub.events_dropped', group: this.#addresses(), dropped: this.#dropped };
    this.#quiet.warn('dropped', fields, reason, 'Events were dropped');
  }

  #addresses(): string {
    return this.#sender
      .status()
      .map((endpoint) => endpoint.address)
      .join(' ');
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
