import type { Exchange } from '../pipeline/exchange.js';
import type { RouteTable } from '../pipeline/route-table.js';
import type { ResponseSink } from '../upstream/ports.js';
import { EventStream } from './event-stream.js';
import { OpenAnswers } from './open-answers.js';

/** Answers that take their time. */
export interface StreamStatus {
  /** Streams of events open now. */
  readonly open: number;
  /** Events that passed for APIs of type SSE. */
  readonly events: number;
  /** Answers ended because their caller may not have them any more. */
  readonly stopped: number;
}

export interface StreamsOptions {
  readonly nowMs: () => number;
  /** Routes as they are now. */
  readonly table: () => RouteTable;
  /** Told of an event that was admitted (`isFirst`), and of bytes that passed. */
  readonly onEvent: (x: Exchange, bytes: number, isFirst: boolean) => void;
}

/** Looks after answers under way, and counts the events of APIs of type SSE. */
export class Streams {
  readonly answers: OpenAnswers;
  #events = 0;

  constructor(private readonly options: StreamsOptions) {
    this.answers = new OpenAnswers(options);
  }

  start(): void {
    this.answers.start();
  }

  /** Ends streams, spread over most of the time. */
  async drain(timeoutMs: number): Promise<void> {
    await this.answers.drain(timeoutMs);
  }

  /** Streams count as they pass, so nothing of them is left to be counted at their end. */
  sinkFor(x: Exchange, response: ResponseSink): ResponseSink {
    if (x.api?.deployment.type !== 'SSE') return response;
    x.byteLevels = null;
    return new EventStream(x, response, {
      nowMs: this.options.nowMs,
      answers: this.answers,
      onEvent: this.#onEvent,
      onStopped: () => this.answers.countStopped(),
    });
  }

  status(): StreamStatus {
    return { open: this.answers.eventStreams, events: this.#events, stopped: this.answers.stopped };
  }

  readonly #onEvent = (x: Exchange, bytes: number, isFirst: boolean): void => {
    if (isFirst) this.#events++;
    this.options.onEvent(x, bytes, isFirst);
  };
}
