import type { ApiRecord } from '@tollgate/api/contract';
import type { Filter } from '../pipeline/compile-pipeline.js';
import { apiBlocked } from './refusals.js';

/**
 * Lifecycle states that stop requests. Retired APIs are not in the route table at all (404); of created ones
 * `authenticateFilter` takes only test keys.
 */
export function lifecycleFilter(state: ApiRecord['lifecycleState']): Filter | null {
  return state === 'BLOCKED' ? () => apiBlocked : null;
}
