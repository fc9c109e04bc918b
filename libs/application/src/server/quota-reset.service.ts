import { Inject, Injectable } from '@nestjs/common';
import { ConflictError, qualifiedUserName, tollgateClock, type Clock } from '@tollgate/base';
import { Database, type RequestContext } from '@tollgate/database';
import { RecordWriter } from '@tollgate/deployment/server';
import { windowOf } from '@tollgate/throttling/domain';
import { ThrottlePolicyReader } from '@tollgate/throttling/server';
import { Application } from './application.entity.js';
import { ApplicationStore } from './application.store.js';
import { BusinessLog } from './business-log.js';
import { applicationRecord, applicationRecordKey } from './records.js';

/** They travel with the application, so there is an end to them. */
const mostResets = 1_000;

/**
 * Gives a user of an application a new quota for the rest of the window: gateways count under a new key until then, so
 * nothing has to be found and set back anywhere, and what is still on its way counts where it belonged.
 */
@Injectable()
export class QuotaResetService {
  constructor(
    private readonly db: Database,
    private readonly store: ApplicationStore,
    private readonly policies: ThrottlePolicyReader,
    private readonly records: RecordWriter,
    private readonly log: BusinessLog,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /**
   * @param userName qualified, or of the caller's organization
   * @throws NotFoundError for an application of somebody else, ConflictError when too many were reset in this window
   */
  reset(ctx: RequestContext, applicationUuid: string, userName: string): Promise<void> {
    const user = userName.includes('@') ? userName : qualifiedUserName(userName, ctx.organization);
    return this.db.transaction(ctx, async (tx) => {
      const application = await this.store.lockOwn(tx, applicationUuid);
      const policy = await this.policies.find(tx, 'application', application.tier);
      if (!policy?.quota) return; // never refuses
      const nowMs = this.clock.nowMs();
      const running = application.quotaResets.filter((one) => one.untilMs > nowMs);
      const number = 1 + running.reduce((most, one) => Math.max(most, one.number), 0);
      const others = running.filter((one) => one.user !== user);
      if (others.length >= mostResets) throw tooManyResets();
      const quotaResets = [...others, { user, number, untilMs: windowOf(policy.quota, nowMs).endMs }];
      // No new version: what its owner decides about the application stays as it is.
      await tx.manager.update(Application, { id: application.id }, { quotaResets });
      Object.assign(application, { quotaResets });
      await this.records.put(
        tx,
        applicationRecordKey(application, 'APPLICATION_UPDATE'),
        applicationRecord(application),
      );
      const { uuid: applicationId, name } = application;
      this.log.committed(tx, 'application.quota_reset', 'Quota of a user reset', { applicationId, name, user });
    });
  }
}

function tooManyResets(): ConflictError {
  return new ConflictError(
    'TOO_MANY_QUOTA_RESETS',
    `The quotas of ${mostResets} users of this application were reset in this window already.`,
    'Wait until the window ends, or raise the limit of the application policy.',
  );
}
