import type { EnvironmentRecord } from '@tollgate/deployment/contract';
import type { Filter } from '../pipeline/compile-pipeline.js';
import type { TargetSet } from '../upstream/targets/target-set.js';
import { endpointMissing, endpointsOut, productionKeyAtSandbox, sandboxKeyAtProduction } from './refusals.js';

/**
 * The key's type picks the back end; which of its endpoints is called is decided when the call begins. A request for
 * which none would be called now is refused before it counts.
 * @param environmentType asked on each request, because the environment's record may come after the deployment
 */
export function chooseEndpointFilter(
  production: TargetSet,
  sandbox: TargetSet,
  environmentType: () => EnvironmentRecord['type'],
): Filter {
  return function chooseEndpoint(x) {
    const type = environmentType();
    if (type === 'production' && x.keyType === 'SANDBOX') return sandboxKeyAtProduction;
    if (type === 'sandbox' && x.keyType === 'PRODUCTION' && x.credential !== 'none') return productionKeyAtSandbox;
    // Nobody shows a key on open operations: they go to production where there is one.
    const isOpenSandbox = x.credential === 'none' && production.targets.length === 0;
    const set = x.keyType === 'SANDBOX' || isOpenSandbox ? sandbox : production;
    if (set.targets.length === 0) return endpointMissing;
    if (!set.hasUsable(x.receivedAtMs)) return endpointsOut;
    x.targets = set;
    return null;
  };
}
