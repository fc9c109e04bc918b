import type { Socket } from 'node:net';
import type { Answer, Refusal } from '../pipeline/verdict.js';
import type { ResponseSource } from './response-counts.js';
import type { ResponseSink } from '../upstream/ports.js';

/** How an answer ended. */
export interface AnswerOutcome {
  /** 0: there was none. */
  readonly status: number;
  readonly source: ResponseSource | null;
  /** Code of a refusal, else empty. */
  readonly code: string;
  readonly isComplete: boolean;
}

/** The one answer to an exchange, whatever codec writes it: what the gateway asks of an entrance. */
export interface ClientAnswer extends ResponseSink {
  /** @param extra further header fields: name, value, … Nothing happens once an answer has begun. */
  refuse(refusal: Refusal, extra?: readonly string[]): void;
  answer(answer: Answer): void;
  /** Called once when the answer is over, however it ended. */
  observe(listener: (outcome: AnswerOutcome) => void): void;
  /**
   * Gives the connection up to somebody who speaks another protocol on it, with the bytes that came behind the request.
   * `null` when the client is gone or an answer has begun.
   */
  takeOver(): TakenConnection | null;
}

/** Without a listener; nothing of an answer was written. */
export interface TakenConnection {
  readonly socket: Socket;
  readonly rest: Buffer;
}
