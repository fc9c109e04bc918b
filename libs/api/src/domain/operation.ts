import { unlimitedPolicy } from '@tollgate/throttling/contract';
import type { FieldProblem } from '@tollgate/base';
import { authTypes, httpVerbs, topicVerbs, type ApiType, type OperationRecord } from '../contract/index.js';

const defaultVerbs = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'] as const;
export const defaultAuthType = 'Application & Application User' satisfies (typeof authTypes)[number];

/** What the operations of each type of API do. */
const verbsOf: Readonly<Record<ApiType, readonly OperationRecord['verb'][]>> = {
  HTTP: httpVerbs,
  WS: topicVerbs,
  SSE: ['SUBSCRIBE'],
};

/** What an API without operations offers: everything below its base path. */
export function defaultOperations(type: ApiType = 'HTTP'): OperationRecord[] {
  return (type === 'HTTP' ? defaultVerbs : verbsOf[type]).map((verb) => ({
    target: '/*',
    verb,
    authType: defaultAuthType,
    throttlingPolicy: unlimitedPolicy,
    scopes: [],
  }));
}

/** `GET /menu`: two operations of one API never share it. */
export function operationKey(operation: Pick<OperationRecord, 'verb' | 'target'>): string {
  return `${operation.verb} ${operation.target}`;
}

/** Targets are path templates: `/`, `/menu/{item}`, `/files/*`. No query, no fragment, no climbing, no control characters. */
export function isOperationTarget(target: string): boolean {
  return (
    target.length <= 512 &&
    /^\/[^\s?#\\\p{Cc}]*$/u.test(target) &&
    !/(?:^|\/)\.{1,2}(?:\/|$)/.test(target) &&
    /^(?:[^{}]|\{[^{}/]+\})*$/.test(target)
  );
}

export function isVerb(verb: string): verb is (typeof httpVerbs)[number] {
  return (httpVerbs as readonly string[]).includes(verb);
}

/** Operations whose verb means nothing here, that say the same verb and target twice, and scopes that the API does not define. */
export function operationProblems(
  operations: readonly OperationRecord[],
  scopeNames: ReadonlySet<string>,
  type: ApiType,
): FieldProblem[] {
  const seen = new Set<string>();
  return operations.flatMap((operation, i) => {
    const problems: FieldProblem[] = [];
    const key = operationKey(operation);
    if (seen.has(key)) problems.push({ field: `operations[${i}]`, message: `${key} is listed twice.` });
    seen.add(key);
    const verbs = verbsOf[type];
    if (!verbs.includes(operation.verb))
      problems.push({ field: `operations[${i}].verb`, message: `An API of type ${type} has ${verbs.join(', ')}.` });
    for (const scope of operation.scopes)
      if (!scopeNames.has(scope))
        problems.push({
          field: `operations[${i}].scopes`,
          message: `"${scope.slice(0, 100)}" is not among the scopes of the API.`,
        });
    return problems;
  });
}
