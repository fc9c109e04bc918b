import { Inject, Injectable } from '@nestjs/common';
import { tollgateLogger, type Logger } from '@tollgate/base';
import { Database, managerOf, type RequestContext, type Transaction } from '@tollgate/database';
import { Not } from 'typeorm';
import type { LifecycleState } from '../contract/index.js';
import { nextState, readChecklist, type LifecycleAction } from '../domain/index.js';
import { callerName } from './access.js';
import { ApiLifecycleEvent } from './api-parts.entity.js';
import { ApiRecords } from './api-records.js';
import { Api } from './api.entity.js';
import { ApiStore } from './api.store.js';
import { LifecycleListeners } from './lifecycle-listeners.js';

export interface ActionOptions {
  /** `lifecycleChecklist` as the contract has it. */
  readonly checklist?: string | undefined;
  readonly expectedVersion?: number | undefined;
}

/** Moves APIs through their lifecycle; gateways learn of it in the same transaction. */
@Injectable()
export class LifecycleService {
  constructor(
    private readonly db: Database,
    private readonly store: ApiStore,
    private readonly records: ApiRecords,
    private readonly listeners: LifecycleListeners,
    @Inject(tollgateLogger) private readonly log: Logger,
  ) {}

  /** @throws ApimError 400 when the state does not allow the action, or a published API would have no business plan */
  change(ctx: RequestContext, apiUuid: string, action: LifecycleAction, options: ActionOptions = {}): Promise<Api> {
    const checklist = readChecklist(options.checklist);
    return this.db.transaction(ctx, async (tx) => {
      const api = await this.store.get(tx, apiUuid);
      const target = nextState(
        { name: api.name, version: api.version, state: api.state, policies: api.body.policies },
        action,
      );
      await this.move(tx, api, target, options.expectedVersion);
      if (target === 'PUBLISHED' && checklist.deprecateOldVersions) await this.deprecateOthers(tx, api);
      return api;
    });
  }

  /** Oldest first. */
  async history(ctx: RequestContext, apiUuid: string): Promise<ApiLifecycleEvent[]> {
    const api = await this.store.get(ctx, apiUuid);
    return managerOf(this.db, ctx).find(ApiLifecycleEvent, { where: { apiId: api.id }, order: { id: 'ASC' } });
  }

  private async move(tx: Transaction, api: Api, target: LifecycleState, expectedVersion?: number): Promise<void> {
    const previousState = api.state;
    await this.store.change(tx, api, { state: target }, expectedVersion);
    const userName = callerName(tx);
    await tx.manager.insert(ApiLifecycleEvent, {
      apiId: api.id,
      previousState,
      postState: target,
      userName,
      at: api.updatedAt,
    });
    await this.records.refreshApi(tx, api, 'API_LIFECYCLE_CHANGE');
    await this.listeners.notify(tx, { api, previousState });
    tx.afterCommit(() =>
      this.log.info(
        {
          event: 'api.lifecycle_changed',
          apiId: api.uuid,
          previousState,
          state: target,
          by: userName,
          correlationId: tx.correlationId,
        },
        'Lifecycle state changed',
      ),
    );
  }

  private async deprecateOthers(tx: Transaction, api: Api): Promise<void> {
    const { organization, name, id } = api;
    const others = await tx.manager.findBy(Api, { organization, name, state: 'PUBLISHED', id: Not(id) });
    for (const other of others) await this.move(tx, other, 'DEPRECATED');
  }
}
