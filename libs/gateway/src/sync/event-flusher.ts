import { superOrganization, type Logger } from '@tollgate/base';
import type { RequestBatch } from '@tollgate/throttling/contract';
import { RequestEventAggregator, type RequestAttributes } from '@tollgate/throttling/domain';
import { resourceKeyOf, type CustomRules } from '../filters/custom-rules.js';
import { isStreaming } from '../pipeline/compiled-api.js';
import type { Exchange } from '../pipeline/exchange.js';

/** Numbered batch of request events; receivers count each `(publisher, seq)` once. */
export interface NumberedBatch {
  readonly seq: number;
  readonly batch: RequestBatch;
}

export interface EventFlusherOptions {
  /** While any is deployed every request makes an event, with what the rules ask for. */
  readonly rules: CustomRules;
  /** Resolves when the batch is confirmed or taken over for delivery; a rejection is logged and counted as lost. */
  readonly publish: (batch: NumberedBatch) => Promise<void>;
  readonly flushEveryMs: number;
  readonly log: Logger;
}

const maxEventsPerBatch = 10_000;

/** Folds admitted requests into events and sends them in numbered batches. */
export class EventFlusher {
  readonly #aggregator = new RequestEventAggregator();
  #seq = 0;
  #lostBatches = 0;
  #timer: NodeJS.Timeout | null = null;
  readonly #inFlight = new Set<Promise<void>>();

  constructor(private readonly options: EventFlusherOptions) {}

  start(): void {
    this.#timer ??= setInterval(() => this.#flushOnce(), this.options.flushEveryMs);
  }

  /** Counts a request that was admitted. One that neither a shared quota nor a custom rule concerns makes no event. */
  add(x: Exchange): void {
    const { rules } = this.options;
    if (!rules.isEmpty)
      return this.#aggregator.add({ ...attributesOf(x), ...ruledAttributes(x, rules) }, x.receivedAtMs, eventsOf(x));
    if (x.apiKey === '' && x.resourceKey === '' && x.subscriptionKey === '' && x.applicationKey === '') return;
    this.#aggregator.add(attributesOf(x), x.receivedAtMs, eventsOf(x));
  }

  /**
   * Counts one message of a long connection, or further bytes of it. One that no shared quota concerns makes no event.
   */
  addMessage(x: Exchange, bytes: number, isFirst: boolean): void {
    if (x.apiKey === '' && x.resourceKey === '' && x.subscriptionKey === '' && x.applicationKey === '') return;
    this.#aggregator.addMessage(attributesOf(x), x.receivedAtMs, bytes, isFirst ? 1 : 0);
  }

  /** Counts the bytes of a request that was added before and is complete now. */
  addBytes(x: Exchange, atMs: number): void {
    this.#aggregator.addBytes(attributesOf(x), atMs, x.transferredBytes);
  }

  /** Sends what is pending and waits until all of it is confirmed or given up. */
  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    while (this.#flushOnce());
    await Promise.all(this.#inFlight);
  }

  stats(): { batches: number; lostBatches: number; pendingEvents: number; droppedRequests: number } {
    return { batches: this.#seq, lostBatches: this.#lostBatches, ...this.#aggregator.stats() };
  }

  /** Returns whether there was something to send. */
  #flushOnce(): boolean {
    const events = this.#aggregator.drain(maxEventsPerBatch);
    if (events.length === 0) return false;
    const sent = this.#send({ seq: ++this.#seq, batch: { events, handedOn: false } });
    this.#inFlight.add(sent);
    void sent.finally(() => this.#inFlight.delete(sent));
    return true;
  }

  async #send(batch: NumberedBatch): Promise<void> {
    try {
      await this.options.publish(batch);
    } catch (error) {
      this.#lostBatches++;
      this.options.log.warn(
        { event: 'gateway.events.lost', seq: batch.seq, events: batch.batch.events.length, reason: String(error) },
        'Request events could not be sent: quotas count them on this gateway only',
      );
    }
  }
}

/** A request is an event of its own unless it opens a stream of them. */
function eventsOf(x: Exchange): 0 | 1 {
  return x.api !== null && isStreaming(x.api.deployment) ? 0 : 1;
}

function attributesOf(x: Exchange): RequestAttributes {
  const api = x.api?.api;
  return {
    appKey: x.applicationKey,
    appTier: x.applicationTier,
    subscriptionKey: x.subscriptionKey,
    subscriptionTier: x.subscriptionTier,
    apiKey: x.apiKey,
    apiTier: x.apiTier,
    resourceKey: x.resourceKey,
    resourceTier: x.resourceTier,
    matchedConditions: x.matchedConditions,
    ...(x.leased === '' ? {} : { leased: x.leased }),
    userId: x.userId,
    apiContext: api?.basePath ?? '',
    apiVersion: api?.version ?? '',
    apiTenant: api?.organization ?? superOrganization,
    appTenant: x.application?.organization ?? api?.organization ?? superOrganization,
    appId: x.application ? String(x.application.id) : '',
    apiName: api?.name ?? '',
  };
}

/** A resource key without a tier is counted nowhere: only rules read it. */
function ruledAttributes(x: Exchange, rules: CustomRules): Partial<RequestAttributes> {
  return { ...rules.propertiesOf(x), resourceKey: resourceKeyOf(x) };
}
