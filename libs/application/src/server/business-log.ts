import { Inject, Injectable } from '@nestjs/common';
import { tollgateLogger, type Logger } from '@tollgate/base';
import type { Transaction } from '@tollgate/database';

/** One line per thing that was done, written when it is committed: who did what to what. */
@Injectable()
export class BusinessLog {
  constructor(@Inject(tollgateLogger) private readonly log: Logger) {}

  /**
   * @param event stable name, for example `subscription.created`
   * @param fields ids and names; never a secret
   */
  committed(tx: Transaction, event: string, text: string, fields: Readonly<Record<string, string | number>>): void {
    const { organization, correlationId, principal } = tx;
    const by = principal?.userName ?? 'system';
    tx.afterCommit(() => this.log.info({ event, ...fields, organization, by, correlationId }, text));
  }
}
