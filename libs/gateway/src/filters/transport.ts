import type { DeploymentRecord } from '@tollgate/api/contract';
import type { Filter } from '../pipeline/compile-pipeline.js';
import { statusRefusal } from '../pipeline/verdict.js';

/** Keeps an API to the transports its publisher chose; `null` when it takes both. */
export function transportFilter(transport: DeploymentRecord['transport']): Filter | null {
  if (transport.includes('http') && transport.includes('https')) return null;
  const other = statusRefusal(
    403,
    'Forbidden',
    `This API is served over ${transport.join(' and ') || 'no transport'} only.`,
  );
  return (x) => (transport.includes(x.scheme) ? null : other);
}
