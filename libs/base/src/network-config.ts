/** What the guard against requests into private networks reads of the configuration. */
export interface NetworkConfig {
  readonly database: { readonly apim_db: { readonly type: string } };
  readonly tollgate: { readonly network: { readonly allow_private?: readonly string[] | undefined } };
}

const loopback = ['127.0.0.0/8', '::1'];

/** Private networks that may be called for somebody else: as configured, loopback in the embedded default. */
export function allowedNetworks(config: NetworkConfig): string[] {
  const embedded = config.database.apim_db.type === 'sqlite';
  const entries = config.tollgate.network.allow_private ?? (embedded ? ['loopback'] : []);
  return entries.flatMap((entry) => (entry === 'loopback' ? loopback : [entry]));
}
