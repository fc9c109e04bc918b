import { Inject, Injectable } from '@nestjs/common';
import { AddressGuard, fetchGuarded, tollgateConfig } from '@tollgate/base';

/** What this class reads of the configuration. */
export interface NetworkConfig {
  readonly database: { readonly apim_db: { readonly type: string } };
  readonly tollgate: { readonly network: { readonly allow_private?: readonly string[] | undefined } };
}

const maxBytes = 5_000_000;
const timeoutMs = 10_000;

/** Gets OpenAPI definitions by URL, from addresses that the operator allows only. */
@Injectable()
export class DefinitionFetcher {
  private readonly guard: AddressGuard;

  constructor(@Inject(tollgateConfig) config: NetworkConfig) {
    const embedded = config.database.apim_db.type === 'sqlite';
    const entries = config.tollgate.network.allow_private ?? (embedded ? ['loopback'] : []);
    this.guard = AddressGuard.of(entries);
  }

  /** @throws ApimError 400 saying why the address was not read */
  fetch(url: string): Promise<string> {
    return fetchGuarded(url, { guard: this.guard, maxBytes, timeoutMs, field: 'url' });
  }
}
