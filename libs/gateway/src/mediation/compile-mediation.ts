import type { OperationRecord, PolicyFlow, PolicyFlows, PolicyUse } from '@tollgate/api/contract';
import type { Verdict } from '../pipeline/verdict.js';
import type { AnswerMessage, Message, RequestMessage } from './message.js';
import { policies } from './policies/index.js';
import type { PolicyFactory, PolicyFilters } from './policy.js';
import { checkMessages } from './schemas/check-messages.js';
import type { SchemaBook } from './schemas/schema-book.js';

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

const noPolicies: PolicyFlows = { request: [], response: [], fault: [] };

/** `null` for an operation without policies: its requests never come here. @throws Error naming a policy that cannot be carried out */
export function compileMediation(operation: OperationRecord, book: SchemaBook | null = null): Mediation | null {
  const { policyFlows, messageSchemas } = operation;
  const checks = messageSchemas && book ? checkMessages(messageSchemas, operation, book) : null;
  if (policyFlows === undefined && checks === null) return null;
  const flows = policyFlows ?? noPolicies;
  return {
    request: compileFlow<RequestMessage>(flows.request, 'request', operation, checks),
    response: compileFlow<AnswerMessage>(flows.response, 'response', operation, checks),
    fault: compileFlow<AnswerMessage>(flows.fault, 'fault', operation, null),
  };
}

function compileFlow<M extends Message>(
  uses: readonly PolicyUse[],
  flow: PolicyFlow,
  operation: OperationRecord,
  checks: PolicyFilters | null,
): Flow<M> | null {
  const compiled = uses.map((use) => {
    const filters = filtersOf(use, operation);
    if (!filters[flow]) throw new Error(`Policy ${use.name} does nothing in the ${flow} flow.`);
    return filters;
  });
  // The definition speaks of messages as they come: before the policies change them.
  const all = checks === null ? compiled : [checks, ...compiled];
  if (all.length === 0) return null;
  const filters = all.map((each) => each[flow] as (message: Message) => Verdict);
  const readers = all.flatMap(({ takesBody }) => takesBody ?? []);
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
