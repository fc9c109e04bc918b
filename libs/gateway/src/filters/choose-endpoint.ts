import type { EnvironmentRecord } from '@tollgate/deployment/contract';
import type { CompiledEndpoint, EndpointSet } from '../pipeline/compiled-api.js';
import type { Filter } from '../pipeline/compile-pipeline.js';
import { endpointMissing, productionKeyAtSandbox, sandboxKeyAtProduction } from './refusals.js';

/**
 * The key's type picks the back end, in turn when there are several.
 * @param environmentType asked on each request, because the environment's record may come after the deployment
 */
export function chooseEndpointFilter(
  production: EndpointSet,
  sandbox: EndpointSet,
  environmentType: () => EnvironmentRecord['type'],
): Filter {
  return function chooseEndpoint(x) {
    const type = environmentType();
    if (type === 'production' && x.keyType === 'SANDBOX') return sandboxKeyAtProduction;
    if (type === 'sandbox' && x.keyType === 'PRODUCTION' && x.credential !== 'none') return productionKeyAtSandbox;
    // Nobody shows a key on open operations: they go to production where there is one.
    const isOpenSandbox = x.credential === 'none' && production.endpoints.length === 0;
    const endpoint = nextOf(x.keyType === 'SANDBOX' || isOpenSandbox ? sandbox : production);
    if (endpoint === null) return endpointMissing;
    x.endpoint = endpoint;
    return null;
  };
}

function nextOf(set: EndpointSet): CompiledEndpoint | null {
  const { endpoints } = set;
  if (endpoints.length <= 1) return endpoints[0] ?? null;
  set.next = (set.next + 1) % endpoints.length;
  return endpoints[set.next] as CompiledEndpoint;
}
