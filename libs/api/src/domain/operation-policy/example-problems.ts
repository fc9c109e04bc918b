import type { FieldProblem } from '@tollgate/base';
import { exampleOf } from '../openapi/example.js';
import type { PoliciedApi } from './policy-problems.js';

/**
 * Uses of `respondWithExample` for which the definition has no example.
 * @param definition JSON
 */
export function exampleProblems({ apiPolicies, operations }: PoliciedApi, definition: string): FieldProblem[] {
  let document: unknown;
  return operations.flatMap((operation, i) => {
    const uses = [
      ...(apiPolicies?.request ?? []).map((use, at) => ({ use, field: `apiPolicies.request[${at}]` })),
      ...(operation.operationPolicies?.request ?? []).map((use, at) => {
        return { use, field: `operations[${i}].operationPolicies.request[${at}]` };
      }),
    ];
    return uses.flatMap(({ use, field }) => {
      if (use.policyName !== 'respondWithExample') return [];
      document ??= JSON.parse(definition);
      const example = exampleOf(document, operation, String(use.parameters['statusCode'] ?? ''));
      return 'problem' in example ? [{ field: `${field}.parameters.statusCode`, message: example.problem }] : [];
    });
  });
}
