import { fresh, lookOnce } from '../filters/select-topic.js';
import type { CompiledOperation } from '../pipeline/compiled-api.js';
import type { Exchange } from '../pipeline/exchange.js';
import type { RouteTable } from '../pipeline/route-table.js';
import { statusRefusal, type Refusal } from '../pipeline/verdict.js';

/** An answer whose head has gone out. */
export interface OpenAnswer {
  readonly x: Exchange;
  /** Whether it is one without an end of its own (`text/event-stream`). */
  readonly isEventStream: boolean;
  /** Ends it, and the call behind it. @param refusal `null`: the gateway stops, and its caller may come again */
  stop(refusal: Refusal | null): void;
}

export interface OpenAnswersOptions {
  readonly nowMs: () => number;
  /** Routes as they are now. */
  readonly table: () => RouteTable;
}

const tickMs = 100;
/** Each answer has its turn once in so many ticks. */
const turns = 10;

/** Streams are ended over this part of the time to drain; the rest is for what their clients still read. */
const spreadShare = 0.6;
const drainStepMs = 20;

export const gone = statusRefusal(404, 'Not Found', 'The API is not served here any more.');

/**
 * Answers under way. Once a second each is asked whether its caller may still have it, by the filters of its request as
 * they are now. A stream of events also ends with its token and with its API; a download goes on, because it was asked for
 * while they held.
 */
export class OpenAnswers {
  readonly #turns: readonly Set<OpenAnswer>[] = Array.from({ length: turns }, () => new Set<OpenAnswer>());
  #turn = 0;
  #next = 0;
  #stopped = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(private readonly options: OpenAnswersOptions) {}

  /** Answers that were ended because their caller may not have them any more. */
  get stopped(): number {
    return this.#stopped;
  }

  countStopped(): void {
    this.#stopped++;
  }

  get eventStreams(): number {
    return this.#streams().length;
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#tick(), tickMs);
  }

  /** @returns gives the answer back when it is over */
  add(answer: OpenAnswer): () => void {
    const turn = this.#turns[this.#next++ % turns] as Set<OpenAnswer>;
    turn.add(answer);
    return () => void turn.delete(answer);
  }

  /** Ends streams of events, spread over most of the time; other answers are left to finish. */
  async drain(timeoutMs: number): Promise<void> {
    const begun = performance.now();
    const spreadMs = timeoutMs * spreadShare;
    let due = 0;
    for (let open = this.#streams(); open.length > 0; open = this.#streams()) {
      const leftMs = spreadMs - (performance.now() - begun);
      due += leftMs <= drainStepMs ? open.length : (open.length * drainStepMs) / leftMs;
      for (const answer of open.slice(0, Math.floor(due))) answer.stop(null);
      due -= Math.floor(due);
      if (performance.now() - begun >= timeoutMs) break;
      await new Promise((resolve) => setTimeout(resolve, drainStepMs));
    }
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  /**
   * The caller's request as if it came now, with the operation that it meets.
   * @returns `null` when the API or the operation is gone, a refusal when the caller may not have the answer any more
   */
  again(x: Exchange, nowMs: number): { readonly x: Exchange; readonly operation: CompiledOperation } | Refusal | null {
    const route = this.options.table().find(x.host, x.path);
    if (route === null || route.api.api.uuid !== x.api?.api.uuid) return null;
    const { api } = route;
    const match = api.operations.find(api.deployment.type === 'SSE' ? 'SUBSCRIBE' : x.method, x.resource);
    if (!('operation' in match)) return null;
    const now = fresh(x, nowMs, api);
    return lookOnce(match.operation, now) ?? { x: now, operation: match.operation };
  }

  #tick(): void {
    this.#turn = (this.#turn + 1) % turns;
    for (const answer of this.#turns[this.#turn] ?? []) {
      const refusal = this.#look(answer);
      if (refusal === null) continue;
      this.countStopped();
      answer.stop(refusal);
    }
  }

  #look({ x, isEventStream }: OpenAnswer): Refusal | null {
    const found = this.again(x, isEventStream ? this.options.nowMs() : x.receivedAtMs);
    if (found === null) return isEventStream ? gone : null;
    return 'status' in found ? found : null;
  }

  #streams(): OpenAnswer[] {
    return this.#turns.flatMap((turn) => [...turn].filter(({ isEventStream }) => isEventStream));
  }
}
