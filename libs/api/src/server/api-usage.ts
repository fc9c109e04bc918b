import { Injectable } from '@nestjs/common';
import { ApimError } from '@tollgate/base';
import type { Transaction } from '@tollgate/database';

/** Counts what of one kind depends on an API, in the transaction that wants to delete it. */
export type CountUsage = (tx: Transaction, apiUuid: string) => Promise<number>;

/** Domains above this one say here what keeps an API from being deleted. */
@Injectable()
export class ApiUsage {
  private readonly kinds = new Map<string, CountUsage>();

  /** @param kind plural, for the message: `subscriptions` */
  register(kind: string, count: CountUsage): void {
    this.kinds.set(kind, count);
  }

  /** @throws ApimError 409 while anything depends on the API */
  async requireUnused(
    tx: Transaction,
    api: { readonly uuid: string; readonly name: string; readonly version: string },
  ): Promise<void> {
    for (const [kind, count] of this.kinds) {
      const found = await count(tx, api.uuid);
      if (found > 0) throw inUse(api, kind, found);
    }
  }
}

function inUse(api: { name: string; version: string }, kind: string, count: number): ApimError {
  return new ApimError({
    code: 'API_IN_USE',
    status: 409,
    message: `API "${api.name}" ${api.version} has ${count} ${kind}.`,
    action: `Remove the ${kind} first, or retire the API instead.`,
  });
}
