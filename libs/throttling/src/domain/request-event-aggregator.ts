import type { RequestEvent } from '../contract/index.js';

/** Everything of a request event that says what was called by whom. */
export type RequestAttributes = Omit<RequestEvent, 'windowStart' | 'count' | 'bytes' | 'events'>;

interface PendingEvent {
  readonly attributes: RequestAttributes;
  readonly windowStart: number;
  count: number;
  bytes: number;
  events: number;
  /** Next event of the same second whose main keys are equal and another attribute differs. */
  next: PendingEvent | null;
}

const attributeNames = [
  'appKey',
  'appTier',
  'subscriptionKey',
  'subscriptionTier',
  'apiKey',
  'apiTier',
  'resourceKey',
  'resourceTier',
  'matchedConditions',
  'leased',
  'userId',
  'apiContext',
  'apiVersion',
  'apiTenant',
  'appTenant',
  'appId',
  'apiName',
  'clientIp',
] as const satisfies readonly (keyof RequestAttributes)[];

/**
 * Folds requests with equal attributes within the same second into one event, so that what leaves a gateway grows
 * with the number of callers and not with the number of requests. Bounded: what does not fit is counted as dropped.
 */
export class RequestEventAggregator {
  readonly #maxPending: number;
  #pending: PendingEvent[] = [];
  /** Events of the current second by their main keys. */
  #foldable = new Map<string, PendingEvent>();
  #second = -1;
  #dropped = 0;

  /** @param options.maxPending bound on memory, in events */
  constructor(options: { maxPending?: number } = {}) {
    this.#maxPending = options.maxPending ?? 100_000;
  }

  /**
   * Adds one admitted request. The same attributes object may be passed again and again; it is kept, not copied.
   * @param events 1 when the request itself is the event, 0 when it opens a stream of them
   */
  add(attributes: RequestAttributes, atMs: number, events: 0 | 1 = 1): void {
    this.#fold(attributes, atMs, 1, 0, events);
  }

  /** Adds one message of a long connection that was added before. @param events 0: only further bytes of one */
  addMessage(attributes: RequestAttributes, atMs: number, bytes: number, events: 0 | 1 = 1): void {
    this.#fold(attributes, atMs, 0, bytes, events);
  }

  /** Adds the bytes of a request that was added before, when its answer is complete. */
  addBytes(attributes: RequestAttributes, atMs: number, bytes: number): void {
    this.#fold(attributes, atMs, 0, bytes, 0);
  }

  #fold(attributes: RequestAttributes, atMs: number, count: number, bytes: number, events: number): void {
    const second = Math.floor(atMs / 1_000);
    if (second !== this.#second) this.#startSecond(second);
    const foldKey = `${attributes.appKey}\n${attributes.subscriptionKey}\n${attributes.resourceKey}`;
    const first = this.#foldable.get(foldKey);
    for (let event = first ?? null; event !== null; event = event.next) {
      if (!sameAttributes(event.attributes, attributes)) continue;
      event.count += count;
      event.bytes += bytes;
      event.events += events;
      return;
    }
    if (this.#pending.length >= this.#maxPending) {
      this.#dropped += count;
      return;
    }
    const event = { attributes, windowStart: atMs, count, bytes, events, next: first ?? null };
    this.#foldable.set(foldKey, event);
    this.#pending.push(event);
  }

  /** Takes out at most `maxEvents`, oldest first. */
  drain(maxEvents: number): RequestEvent[] {
    const taken = this.#pending.splice(0, maxEvents);
    if (taken.length > 0) this.#foldable = new Map(); // what is left goes out as it is: rare, and never wrong
    return taken.map(({ attributes, windowStart, count, bytes, events }) => ({
      ...attributes,
      windowStart,
      count,
      bytes,
      events,
    }));
  }

  /** `droppedRequests` were admitted and never reported: they count locally only. */
  stats(): { pendingEvents: number; droppedRequests: number } {
    return { pendingEvents: this.#pending.length, droppedRequests: this.#dropped };
  }

  #startSecond(second: number): void {
    this.#second = second;
    if (this.#foldable.size > 0) this.#foldable = new Map();
  }
}

function sameAttributes(a: RequestAttributes, b: RequestAttributes): boolean {
  if (a === b) return true;
  for (const name of attributeNames) if (a[name] !== b[name]) return false;
  return sameProperties(a.properties, b.properties);
}

function sameProperties(a: RequestAttributes['properties'], b: RequestAttributes['properties']): boolean {
  if (a === b) return true;
  if (!a || !b) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
