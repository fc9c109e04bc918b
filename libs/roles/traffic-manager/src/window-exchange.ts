import { safeMessage, type Clock, type Logger } from '@tollgate/base';
import type { HubMessage, Transports } from '@tollgate/event-hub';
import type { MemoryCounterStore } from '@tollgate/throttling/counters';
import {
  joinParts,
  windowMessage,
  windowParts,
  windowsRequestSchema,
  windowsRequestType,
  windowsSchema,
  windowsType,
  type WindowsPart,
} from './window-messages.js';

export interface WindowExchangeOptions {
  readonly nodeId: string;
  /** Own broker first: managers that share one broker meet there, others at the brokers of their peers. */
  readonly own: readonly string[];
  readonly peers: readonly string[];
  readonly transports: Transports;
  readonly store: MemoryCounterStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long a peer may take to answer; default 1,000. */
  readonly waitMs?: number;
}

/**
 * Lets a manager that joins go on where its peers are: it takes over their open windows together with which batches are
 * in them, before it counts anything. What reaches its queue meanwhile is counted afterwards, each batch once.
 */
export class WindowExchange {
  readonly #parts = new Map<string, WindowsPart[]>();

  constructor(private readonly options: WindowExchangeOptions) {}

  /** Call it when the own queue is there and nothing was counted. Returns whether a peer answered in time. */
  async join(): Promise<boolean> {
    const { transports, nodeId, own, waitMs = 1_000 } = this.options;
    let taken: (answered: boolean) => void = () => undefined;
    const answer = new Promise<boolean>((resolve) => (taken = resolve));
    const onMessage = (message: HubMessage): void => {
      if (message.type === windowsType && this.#take(message)) taken(true);
    };
    const listening = await Promise.all(
      own.map((url) =>
        transports
          .get(url)
          .subscribe({ subscriber: `${nodeId}-windows`, topics: ['requestEvents'], keepForMs: 0, onMessage }),
      ),
    );
    const timer = setTimeout(() => taken(false), waitMs);
    await this.#send(windowsRequestType, [{ from: nodeId }]);
    const answered = await answer;
    clearTimeout(timer);
    await Promise.all(listening.map((subscription) => subscription.close()));
    this.#parts.clear();
    return answered;
  }

  /** Answers a peer that joins with everything that is still open here. */
  async answer(message: HubMessage): Promise<void> {
    const { nodeId, store } = this.options;
    const { from } = windowsRequestSchema.parse(message.data);
    if (from === nodeId) return;
    await this.#send(windowsType, windowParts(store.openWindows(), from));
  }

  /** Returns whether the windows of a peer are complete now, and taken over. */
  #take(message: HubMessage): boolean {
    const part = windowsSchema.parse(message.data);
    if (part.to !== this.options.nodeId) return false;
    const parts = [...(this.#parts.get(part.answer) ?? []).filter((one) => one.part !== part.part), part];
    this.#parts.set(part.answer, parts);
    if (parts.length < part.parts) return false;
    const windows = joinParts(parts);
    this.options.store.load(windows);
    const counters = windows.counters.length;
    this.options.log.info(
      { event: 'traffic-manager.joined', peer: message.publisher, counters },
      'Took over open windows',
    );
    return true;
  }

  /** A broker that is away is passed over: whoever is reachable answers. */
  async #send(type: string, data: readonly object[]): Promise<void> {
    const { own, peers, transports, nodeId, clock, log } = this.options;
    const messages = data.map((one) => windowMessage(type, one, nodeId, clock.nowMs()));
    const sent = [...own, ...peers].map((url) => transports.get(url).publish('requestEvents', messages));
    for (const result of await Promise.allSettled(sent)) {
      if (result.status === 'fulfilled') continue;
      const reason = safeMessage(result.reason);
      log.debug({ event: 'traffic-manager.windows_not_sent', type, reason }, 'A broker could not be reached');
    }
  }
}
