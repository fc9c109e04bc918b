import type { EnvironmentRecord } from '../contract/index.js';
import type { Environment } from './environment.entity.js';
import type { RecordKey } from './record-writer.js';

/** Names of the configuration are the installation's; the same name in two organizations is two records. */
export function environmentRecordKey(environment: Environment, eventType: string): RecordKey {
  const id = environment.isReadOnly ? environment.name : `${environment.organization}:${environment.name}`;
  return { kind: 'environment', id, organization: environment.organization, eventType };
}

export function environmentRecord(environment: Environment): EnvironmentRecord {
  const vhosts = environment.vhosts.map(({ host, httpPort, httpsPort, httpContext }) => ({
    host,
    httpPort,
    httpsPort,
    httpContext,
  }));
  return { name: environment.name, type: environment.type, gatewayType: environment.gatewayType, vhosts };
}
