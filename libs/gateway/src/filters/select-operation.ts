import type { Filter } from '../pipeline/compile-pipeline.js';
import type { CompiledOperation } from '../pipeline/compiled-api.js';
import type { OperationTable } from '../pipeline/operation-table.js';
import { statusRefusal } from '../pipeline/verdict.js';

const resourceUnknown = statusRefusal(404, 'Not Found', 'No matching resource found for given API Request');

/** Finds the operation and runs its own filters. Method override fields are never looked at (requirement R-43). */
export function selectOperationFilter(operations: OperationTable<CompiledOperation>): Filter {
  return function selectOperation(x) {
    const match = operations.find(x.method, x.resource);
    if ('operation' in match) {
      x.operation = match.operation;
      return match.operation.run(x);
    }
    if (match.allowedVerbs.length === 0) return resourceUnknown;
    return statusRefusal(405, 'Method Not Allowed', 'Method not allowed for given API resource', {
      headers: ['Allow', match.allowedVerbs.join(', ')],
    });
  };
}
