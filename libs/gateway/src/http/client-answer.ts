import type { Answer, Refusal } from '../pipeline/verdict.js';
import type { ResponseSink } from '../upstream/ports.js';

/** The one answer to an exchange, whatever codec writes it: what the gateway asks of an entrance. */
export interface ClientAnswer extends ResponseSink {
  /** @param extra further header fields: name, value, … Nothing happens once an answer has begun. */
  refuse(refusal: Refusal, extra?: readonly string[]): void;
  answer(answer: Answer): void;
}
