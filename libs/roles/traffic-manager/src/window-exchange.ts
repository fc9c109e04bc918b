import { setTimeout as sleep } from 'node:timers/promises';
import { safeMessage, type Clock, type Logger } from '@tollgate/base';
import type { HubMessage, Transports } from '@tollgate/event-hub';
import type { Counting, CountingState } from './counting-state.js';
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

const sendWithinMs = 10_000;
const retryMs = 200;

export interface WindowExchangeOptions {
  readonly nodeId: string;
  /** Own broker first: managers that share one broker meet there, others at the brokers of their peers. */
  readonly own: readonly string[];
  readonly peers: readonly string[];
  readonly transports: Transports;
  readonly counting: Counting;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long the counting waits for a peer's answer; default 1,000. */
  readonly waitMs?: number;
}

/**
 * What an answer is worth. That of a peer which waits for windows itself is worth little. One that reads the same broker is
 * worth more than another: what came there before this manager did is in its windows, and only on its way to the others.
 */
export const worths = { none: -1, partial: 0, complete: 2, best: 3 } as const;

export interface WindowsAnswer {
  readonly state: CountingState;
  readonly worth: number;
}

/**
 * Lets a manager that joins go on where its peers are: it takes over their open windows together with which batches are
 * in them, before it counts anything. What reaches its queue meanwhile is counted afterwards, each batch once. A peer
 * that is behind answers when it has read what came before the question, so the answer may come late.
 */
export class WindowExchange {
  readonly #parts = new Map<string, WindowsPart[]>();
  /** The answer that is worth most, until it is taken. */
  #answer: WindowsAnswer | null = null;
  #worth: number = worths.none;
  #isOver = false;
  #isStopped = false;
  #arrived: () => void = () => undefined;

  constructor(private readonly options: WindowExchangeOptions) {}

  /**
   * Call it when the own queue is there and nothing was counted. Takes over the answer of a peer that is complete.
   * @returns what it is worth, or that there was none; `next` gives those that come later, or are less than complete
   */
  async join(): Promise<number> {
    const { transports, nodeId, own, peers, counting, waitMs = 1_000 } = this.options;
    // The own queue is held back until the counting begins, so the answer comes on one beside it.
    const subscriber = `${nodeId}-windows`;
    const onMessage = (message: HubMessage): void => this.hear(message);
    const listening = await Promise.all(
      own.map((url) =>
        transports.get(url).subscribe({ subscriber, topics: ['requestEvents'], keepForMs: 0, onMessage }),
      ),
    );
    this.#send(own, windowsRequestType, [{ from: nodeId, over: 'own' }]);
    this.#send(peers, windowsRequestType, [{ from: nodeId, over: 'peer' }]);
    await this.#arrival(waitMs, () => this.#worth === worths.best);
    await Promise.all(listening.map((subscription) => subscription.close()));
    if (this.#answer === null || this.#answer.worth < worths.complete) return worths.none;
    counting.load(this.#answer.state);
    this.#answer = null;
    return this.#worth;
  }

  /** The next answer, worth more than those before; `null` when none comes in time. */
  async next(withinMs: number): Promise<WindowsAnswer | null> {
    await this.#arrival(withinMs, () => this.#answer !== null);
    const answer = this.#answer;
    this.#answer = null;
    return answer;
  }

  /** Nothing is asked or answered any more. */
  stop(): void {
    this.#isStopped = true;
    this.close();
  }

  /** No answer is waited for any more. */
  close(): void {
    this.#isOver = true;
    this.#answer = null;
    this.#parts.clear();
    this.#arrived();
  }

  /**
   * Answers a peer that joins with everything that is still open here.
   * @param complete false while the windows of a peer are waited for here
   */
  answer(message: HubMessage, complete: boolean): void {
    const { nodeId, counting, own, peers } = this.options;
    const { from: to, over } = windowsRequestSchema.parse(message.data);
    if (to === nodeId) return;
    this.#send([...own, ...peers], windowsType, windowParts(counting.save(), { to, complete, over }));
  }

  /** Keeps an answer that is worth more than those before. Takes in a message of any type; those that are no answer to this manager mean nothing here. */
  hear(message: HubMessage): void {
    if (message.type !== windowsType) return;
    const part = windowsSchema.parse(message.data);
    if (part.to !== this.options.nodeId || this.#isOver) return;
    const parts = [...(this.#parts.get(part.answer) ?? []).filter((one) => one.part !== part.part), part];
    this.#parts.set(part.answer, parts);
    if (parts.length < part.parts) return;
    this.#parts.delete(part.answer);
    const worth = (part.complete ? worths.complete : worths.partial) + (part.over === 'own' ? 1 : 0);
    if (worth <= this.#worth) return;
    const state = joinParts(parts);
    this.#answer = { state, worth };
    this.#worth = worth;
    const detail = {
      peer: message.publisher,
      counters: state.windows.counters.length,
      rules: state.rules.rules.length,
      worth,
    };
    this.options.log.info({ event: 'traffic-manager.joined', ...detail }, 'Got open windows');
    this.#arrived();
  }

  async #arrival(withinMs: number, isThere: () => boolean): Promise<void> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.#arrived();
    }, withinMs);
    while (!isThere() && !isLate && !this.#isOver) await new Promise<void>((resolve) => (this.#arrived = resolve));
    clearTimeout(timer);
  }

  #send(urls: readonly string[], type: string, data: readonly object[]): void {
    const { nodeId, clock } = this.options;
    const messages = data.map((one) => windowMessage(type, one, nodeId, clock.nowMs()));
    for (const url of urls) void this.#sendTo(url, messages);
  }

  /** Tries again for a while: the connection to a peer's broker may be younger than the question, or busy. */
  async #sendTo(url: string, messages: readonly HubMessage[]): Promise<void> {
    const { transports, clock, log } = this.options;
    const endMs = clock.nowMs() + sendWithinMs;
    while (!this.#isStopped) {
      try {
        return await transports.get(url).publish('requestEvents', messages);
      } catch (error) {
        const detail = {
          event: 'traffic-manager.windows_not_sent',
          type: messages[0]?.type,
          reason: safeMessage(error),
        };
        if (clock.nowMs() >= endMs) return log.debug(detail, 'A broker could not be reached');
        await sleep(retryMs, undefined, { ref: false });
      }
    }
  }
}
