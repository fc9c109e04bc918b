import { AddressGuard } from './address-guard.js';

/** What the guard against requests into private networks reads of the configuration. */
export interface NetworkConfig {
  readonly database: { readonly apim_db: { readonly type: string } };
  readonly tollgate: { readonly network: { readonly allow_private?: readonly string[] | undefined } };
}

/** Lets through the private networks that the configuration names, loopback in the embedded default. */
export function guardOf(config: NetworkConfig): AddressGuard {
  const embedded = config.database.apim_db.type === 'sqlite';
  return AddressGuard.of(config.tollgate.network.allow_private ?? (embedded ? ['loopback'] : []));
}
