import type { DeploymentRecord } from '@tollgate/api/contract';
import type { Filter } from '../pipeline/compile-pipeline.js';
import type { Exchange } from '../pipeline/exchange.js';
import type { OperationTable } from '../pipeline/operation-table.js';
import { statusRefusal, type Verdict } from '../pipeline/verdict.js';

type Cors = DeploymentRecord['cors'];

/** Verbs that a resource takes. */
type Verbs = Pick<OperationTable<unknown>, 'verbsFor'>;

/**
 * Cross-origin rules (Fetch standard). A preflight is answered here, before authentication, and never reaches the back
 * end; other requests get the allowing fields on whatever answer they end with. An origin is allowed by name or by `*`;
 * `*` never comes with credentials. `null` when the API has the rules switched off: OPTIONS is then an operation.
 */
export function corsFilter(cors: Cors, operations: Verbs): Filter | null {
  if (!cors.corsConfigurationEnabled) return null;
  const named = new Set(cors.accessControlAllowOrigins.filter((origin) => origin !== '*'));
  const isOpen = cors.accessControlAllowOrigins.includes('*');
  const allowedHeaders = cors.accessControlAllowHeaders.join(',');

  return function crossOrigin(x) {
    const origin = x.headers.get('origin');
    const allowing =
      origin === undefined ? [] : originFields(origin, named, isOpen, cors.accessControlAllowCredentials);
    if (x.method === 'OPTIONS') {
      const answer = preflight(x, cors, operations, allowing, allowedHeaders);
      if (answer !== null) return answer;
    }
    if (allowing.length > 0) x.responseHeaders.push(...allowing);
    return null;
  };
}

function originFields(origin: string, named: ReadonlySet<string>, isOpen: boolean, credentials: boolean): string[] {
  if (named.has(origin)) {
    const fields = ['Access-Control-Allow-Origin', origin, 'Vary', 'Origin'];
    return credentials ? [...fields, 'Access-Control-Allow-Credentials', 'true'] : fields;
  }
  return isOpen ? ['Access-Control-Allow-Origin', '*'] : ['Vary', 'Origin'];
}

function preflight(
  x: Exchange,
  cors: Cors,
  operations: Verbs,
  allowing: readonly string[],
  allowedHeaders: string,
): Verdict {
  const verbs = operations.verbsFor(x.resource);
  if (verbs.length === 0) return null; // unknown resource: refused as such
  if (x.headers.get('access-control-request-method') === undefined) {
    if (verbs.includes('OPTIONS')) return null; // an OPTIONS operation of the API's own
    return statusRefusal(405, 'Method Not Allowed', 'A preflight names its method in Access-Control-Request-Method.', {
      headers: ['Allow', verbs.join(', ')],
    });
  }
  const methods = verbs.filter(
    (verb) => cors.accessControlAllowMethods.length === 0 || cors.accessControlAllowMethods.includes(verb),
  );
  const headers = [...allowing];
  if (allowing.includes('Access-Control-Allow-Origin')) {
    headers.push('Access-Control-Allow-Methods', methods.join(','), 'Access-Control-Allow-Headers', allowedHeaders);
  }
  return { kind: 'answer', status: 200, headers };
}
