import type { FieldProblem } from '@tollgate/base';
import type { ApiBody, ApiInput } from './api-body.js';
import { endpointProblems } from './endpoint-config.js';
import { defaultOperations, operationProblems } from './operation.js';
import { policyProblems } from './operation-policy/policy-problems.js';

/** Rules across fields that the schema of one field cannot see; empty when all are kept. */
export function bodyProblems(body: ApiBody): FieldProblem[] {
  const scopes = body.scopes.map((entry) => entry.scope.name);
  const repeated = scopes.filter((name, i) => scopes.indexOf(name) !== i);
  return [
    ...repeated.map((name) => ({ field: 'scopes', message: `Scope "${name}" is listed twice.` })),
    ...operationProblems(body.operations, new Set(scopes), body.type),
    ...endpointProblems(body.endpointConfig ?? null, body.type),
    ...policyProblems(body),
    ...roleProblems(body),
    ...sizeProblems(body),
  ];
}

function roleProblems(body: ApiBody): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (body.visibility === 'RESTRICTED' && body.visibleRoles.length === 0)
    problems.push({ field: 'visibleRoles', message: 'Name the roles that see an API of visibility RESTRICTED.' });
  if (body.accessControl === 'RESTRICTED' && body.accessControlRoles.length === 0)
    problems.push({ field: 'accessControlRoles', message: 'Name the roles that manage an API with access control.' });
  return problems;
}

const maxEndpointConfigCharacters = 65_536;

function sizeProblems(body: ApiBody): FieldProblem[] {
  const size = JSON.stringify(body.endpointConfig ?? {}).length;
  if (size <= maxEndpointConfigCharacters) return [];
  return [{ field: 'endpointConfig', message: `At most ${maxEndpointConfigCharacters} characters; this has ${size}.` }];
}

/**
 * The body that is stored.
 * @param present operations that stay when the input names none; absent for a new API, which then offers everything
 */
export function completeBody(input: ApiInput, present?: ApiBody['operations']): ApiBody {
  const { operations, ...rest } = input;
  const given = operations ?? present ?? [];
  return { ...rest, operations: given.length > 0 ? given : defaultOperations(rest.type) };
}

/** `next`, but only the named fields of it: everything else stays as it is present. */
export function changeOnly(present: ApiBody, next: ApiBody, fields: readonly (keyof ApiBody)[]): ApiBody {
  return { ...present, ...Object.fromEntries(fields.map((field) => [field, next[field]])) };
}
