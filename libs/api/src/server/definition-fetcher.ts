import { Inject, Injectable } from '@nestjs/common';
import { fetchGuarded, guardOf, tollgateConfig, type AddressGuard, type NetworkConfig } from '@tollgate/base';

const maxBytes = 5_000_000;
const timeoutMs = 10_000;

/** Gets OpenAPI definitions by URL, from addresses that the operator allows only. */
@Injectable()
export class DefinitionFetcher {
  private readonly guard: AddressGuard;

  constructor(@Inject(tollgateConfig) config: NetworkConfig) {
    this.guard = guardOf(config);
  }

  /** @throws ApimError 400 saying why the address was not read */
  fetch(url: string): Promise<string> {
    return fetchGuarded(url, { guard: this.guard, maxBytes, timeoutMs, field: 'url' });
  }
}
