import type { CarriedPolicyName, OperationRecord, ParametersOf } from '@tollgate/api/contract';
import type { Verdict } from '../pipeline/verdict.js';
import type { AnswerMessage, Message, RequestMessage } from './message.js';

/** What one use of a policy does, by flow. A verdict other than `null` ends the flow: the message goes no further. */
export interface PolicyFilters {
  readonly request?: (message: RequestMessage) => Verdict;
  readonly response?: (message: AnswerMessage) => Verdict;
  readonly fault?: (message: AnswerMessage) => Verdict;
  /** Whether it reads or changes the body of this message, whose head is known; absent: never. */
  readonly takesBody?: (message: Message) => boolean;
}

/** Compiles one use when a revision is deployed. @throws Error when it cannot be carried out */
export type PolicyFactory<N extends CarriedPolicyName> = (
  parameters: ParametersOf<N>,
  operation: OperationRecord,
) => PolicyFilters;

/** The same in all flows. */
export function inEveryFlow(change: (message: Message) => void): PolicyFilters {
  const filter = (message: Message): null => {
    change(message);
    return null;
  };
  return { request: filter, response: filter, fault: filter };
}

/** A change of requests that lets every one pass. */
export function onRequests(change: (message: RequestMessage) => void): PolicyFilters {
  return {
    request(message) {
      change(message);
      return null;
    },
  };
}
