import type { OperationRecord } from '@tollgate/api/contract';
import type { Filter } from '../pipeline/compile-pipeline.js';
import { scopeMissing } from './refusals.js';

/** An access token needs one of the operation's scopes. API keys and test keys carry none and stand for the application. */
export function scopeFilter(operation: OperationRecord): Filter | null {
  if (operation.scopes.length === 0 || operation.authType === 'None') return null;
  const refusal = scopeMissing(operation.scopes);
  return function scopes(x) {
    if (x.credential !== 'oauth2') return null;
    return operation.scopes.some((scope) => x.scopes.includes(scope)) ? null : refusal;
  };
}
