import type { OperationRecord, PolicyFlow, PolicyUse } from '@tollgate/api/contract';
import type { Verdict } from '../pipeline/verdict.js';
import type { AnswerMessage, Message, RequestMessage } from './message.js';
import { policies } from './policies/index.js';
import type { PolicyFactory, PolicyFilters } from './policy.js';

/** The policies of one flow, in their order. */
export interface Flow<M extends Message> {
  /** Whether there are messages whose body one of them reads or changes. */
  readonly readsBodies: boolean;
  /** Whether one of them reads or changes the body of this message. */
  takesBody(message: M): boolean;
  /** Ends at the first verdict other than `null`. */
  run(message: M): Verdict;
}

/** What the messages of one operation pass; `null` for a flow without policies. */
export interface Mediation {
  readonly request: Flow<RequestMessage> | null;
  readonly response: Flow<AnswerMessage> | null;
  readonly fault: Flow<AnswerMessage> | null;
}

/** `null` for an operation without policies: its requests never come here. @throws Error naming a policy that cannot be carried out */
export function compileMediation(operation: OperationRecord): Mediation | null {
  const { policyFlows: flows } = operation;
  if (flows === undefined) return null;
  return {
    request: compileFlow<RequestMessage>(flows.request, 'request', operation),
    response: compileFlow<AnswerMessage>(flows.response, 'response', operation),
    fault: compileFlow<AnswerMessage>(flows.fault, 'fault', operation),
  };
}

function compileFlow<M extends Message>(
  uses: readonly PolicyUse[],
  flow: PolicyFlow,
  operation: OperationRecord,
): Flow<M> | null {
  if (uses.length === 0) return null;
  const compiled = uses.map((use) => filtersOf(use, operation));
  const filters = compiled.map((each, i) => {
    const filter = each[flow];
    if (!filter) throw new Error(`Policy ${uses[i]?.name} does nothing in the ${flow} flow.`);
    return filter as (message: Message) => Verdict;
  });
  const readers = compiled.flatMap(({ takesBody }) => takesBody ?? []);
  return {
    readsBodies: readers.length > 0,
    takesBody: (message) => readers.some((takesBody) => takesBody(message)),
    run(message) {
      for (const filter of filters) {
        const verdict = filter(message);
        if (verdict !== null) return verdict;
      }
      return null;
    },
  };
}

function filtersOf({ name, parameters }: PolicyUse, operation: OperationRecord): PolicyFilters {
  const factory = policies[name] as unknown as (
    parameters: PolicyUse['parameters'],
    operation: OperationRecord,
  ) => ReturnType<PolicyFactory<typeof name>>;
  return factory(parameters, operation);
}
