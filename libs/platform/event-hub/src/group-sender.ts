import { safeMessage, type Clock } from '@tollgate/base';
import { backoffMs } from './backoff.js';
import type { ReceiverGroup } from './receiver-groups.js';
import { TransportUnavailableError, type HubMessage, type Topic, type Transport } from './transport.js';

const firstRetryMs = 200;
/** Short, because requests are admitted uncounted as long as nobody takes events, and a try is one small message. */
const longestRetryMs = 1_000;
/** An endpoint is left when it has not confirmed after this long. */
const defaultSendTimeoutMs = 800;
/** Failover goes back to an earlier endpoint only after it has been fine this long, so that a flapping one is left alone. */
const defaultReturnAfterMs = 2_000;

export interface GroupSenderOptions {
  readonly clock: Clock;
  readonly sendTimeoutMs?: number;
  readonly returnAfterMs?: number;
  /** An endpoint where nobody listens counts as gone. */
  readonly needsConsumer: boolean;
}

export interface EndpointStatus {
  readonly address: string;
  /** `away`: no connection; `backing-off`: the last send failed, and until one works it is tried now and then. */
  readonly state: 'live' | 'backing-off' | 'away';
  readonly lastError: string;
}

interface Endpoint {
  readonly transport: Transport;
  failures: number;
  /** Clock time before which it is not tried again; 0 while it works. */
  retryAtMs: number;
  /** Clock time since which it is connected again after trouble; 0 while it works, null while away. */
  settledSinceMs: number | null;
  lastError: string;
}

/** Sends to one endpoint of a group, by the group's mode; goes on to the next when one fails. */
export class GroupSender {
  readonly #endpoints: readonly Endpoint[];
  #next = 0;
  #failedTries = 0;

  constructor(
    readonly group: ReceiverGroup,
    transportOf: (url: string) => Transport,
    private readonly options: GroupSenderOptions,
  ) {
    this.#endpoints = group.urls.map((url) => {
      return { transport: transportOf(url), failures: 0, retryAtMs: 0, settledSinceMs: 0, lastError: '' };
    });
  }

  /** How often a send failed at an endpoint and was, or will be, tried again. */
  get failedTries(): number {
    return this.#failedTries;
  }

  /**
   * Resolves when one endpoint has confirmed.
   * @throws TransportUnavailableError when every endpoint is away or failed; an error of the sender's own making as it is
   */
  async send(topic: Topic, messages: readonly HubMessage[]): Promise<void> {
    const { sendTimeoutMs: timeoutMs = defaultSendTimeoutMs, needsConsumer } = this.options;
    const tried: string[] = [];
    for (const endpoint of this.#candidates()) {
      try {
        await endpoint.transport.publish(topic, messages, { timeoutMs, needsConsumer });
        this.#worked(endpoint);
        return;
      } catch (error) {
        if (!(error instanceof TransportUnavailableError)) throw error;
        this.#failed(endpoint, error);
        tried.push(safeMessage(error));
      }
    }
    const addresses = this.#endpoints.map((endpoint) => endpoint.transport.status().address).join(' ');
    throw new TransportUnavailableError(addresses, tried.join('; ') || 'no endpoint is live');
  }

  /** Milliseconds until trying again can make sense; short while an endpoint is not connected, as it may be back any moment. */
  retryInMs(): number {
    const now = this.options.clock.nowMs();
    const waits = this.#endpoints.map((e) => (e.transport.status().connected ? Math.max(0, e.retryAtMs - now) : 100));
    return Math.max(10, Math.min(...waits));
  }

  status(): EndpointStatus[] {
    return this.#endpoints.map((endpoint) => {
      const { address, connected, lastError } = endpoint.transport.status();
      const state = !connected ? 'away' : endpoint.failures > 0 ? 'backing-off' : 'live';
      return { address, state, lastError: endpoint.lastError || lastError };
    });
  }

  /** In the order to be tried. Endpoints just back come last, so that they are used only when nothing better is there. */
  #candidates(): Endpoint[] {
    const now = this.options.clock.nowMs();
    const returnAfterMs = this.options.returnAfterMs ?? defaultReturnAfterMs;
    const usable: Endpoint[] = [];
    for (const endpoint of this.#endpoints) {
      if (!endpoint.transport.status().connected) {
        endpoint.settledSinceMs = null;
        continue;
      }
      if (endpoint.settledSinceMs === null) {
        endpoint.settledSinceMs = now;
        endpoint.retryAtMs = 0; // connected anew: what failed before says nothing about it
      }
      if (endpoint.retryAtMs <= now) usable.push(endpoint);
    }
    if (this.group.mode === 'loadbalance') return this.#rotated(usable);
    const isSettled = (e: Endpoint): boolean =>
      e.settledSinceMs === 0 || now - (e.settledSinceMs ?? now) >= returnAfterMs;
    return [...usable.filter(isSettled), ...usable.filter((e) => !isSettled(e))];
  }

  /** Round robin over all endpoints of the group, passing over those that cannot be used now. */
  #rotated(usable: Endpoint[]): Endpoint[] {
    const start = this.#next;
    const place = (e: Endpoint): number =>
      (this.#endpoints.indexOf(e) - start + this.#endpoints.length) % this.#endpoints.length;
    const ordered = usable.toSorted((a, b) => place(a) - place(b));
    const first = ordered[0];
    if (first) this.#next = (this.#endpoints.indexOf(first) + 1) % this.#endpoints.length;
    return ordered;
  }

  #worked(endpoint: Endpoint): void {
    endpoint.failures = 0;
    endpoint.retryAtMs = 0;
    endpoint.settledSinceMs = 0;
    endpoint.lastError = '';
  }

  #failed(endpoint: Endpoint, error: Error): void {
    this.#failedTries++;
    endpoint.failures++;
    endpoint.lastError = safeMessage(error);
    endpoint.retryAtMs = this.options.clock.nowMs() + backoffMs(endpoint.failures, firstRetryMs, longestRetryMs);
    endpoint.settledSinceMs = this.options.clock.nowMs();
  }
}
