import { Inject, Injectable } from '@nestjs/common';
import { NotFoundError, tollgateLogger, type Logger } from '@tollgate/base';
import { Database, managerOf, type RequestContext, type Transaction } from '@tollgate/database';
import { Not } from 'typeorm';
import type { LifecycleState } from '../contract/index.js';
import { nextState, readChecklist, type LifecycleAction } from '../domain/index.js';
import { callerName } from './access.js';
import { ApiLifecycleEvent } from './api-parts.entity.js';
import { ApiRecords } from './api-records.js';
import { Api } from './api.entity.js';
import { ApiStore } from './api.store.js';
import { Workflows, type DecidedTask } from '@tollgate/workflow/server';
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
    private readonly workflows: Workflows,
    @Inject(tollgateLogger) private readonly log: Logger,
  ) {}

  /**
   * Where the organization approves changes of state the API stays as it is until somebody decides: see `isPending`.
   * @throws ApimError 400 when the state does not allow the action, or a published API would have no business plan;
   * ConflictError while a change waits
   */
  change(ctx: RequestContext, apiUuid: string, action: LifecycleAction, options: ActionOptions = {}): Promise<Api> {
    readChecklist(options.checklist);
    return this.db.transaction(ctx, async (tx) => {
      const api = await this.store.get(tx, apiUuid);
      const target = targetOf(api, action);
      const { status } = await this.workflows.begin(tx, {
        type: stateWorkflow,
        subject: api.uuid,
        description: `${callerName(tx)} asks for "${action}" of the API ${api.name} ${api.version}, which is ${api.state}.`,
        properties: {
          apiName: api.name,
          apiVersion: api.version,
          action,
          currentState: api.state,
          requestedState: target,
        },
        payload: { action, checklist: options.checklist ?? null } satisfies WaitingChange,
      });
      // The view of who asks counts, also when somebody else decides later.
      if (status === 'APPROVED') return this.perform(tx, api, action, options);
      await this.store.change(tx, api, {}, options.expectedVersion);
      return api;
    });
  }

  /** True while a change of state waits for a decision. */
  async isPending(ctx: RequestContext, apiUuid: string): Promise<boolean> {
    return (await this.workflows.pendingOf(ctx, [stateWorkflow], [apiUuid])).length > 0;
  }

  /** Takes a change back that waits. @throws NotFoundError when none does */
  async cancelPending(ctx: RequestContext, apiUuid: string): Promise<void> {
    await this.db.transaction(ctx, async (tx) => {
      const api = await this.store.get(tx, apiUuid);
      const taken = await this.workflows.cancel(tx, [stateWorkflow], api.uuid);
      if (taken === 0) throw new NotFoundError('Pending lifecycle change of API', apiUuid);
    });
  }

  /** @throws ApimError 400 when the API has been moved meanwhile so that the action is not possible any more */
  async approved(tx: Transaction, { subject, payload }: DecidedTask): Promise<void> {
    const { action, checklist } = payload as WaitingChange;
    await this.perform(tx, await this.store.get(tx, subject), action, { checklist: checklist ?? undefined });
  }

  /** Oldest first. */
  async history(ctx: RequestContext, apiUuid: string): Promise<ApiLifecycleEvent[]> {
    const api = await this.store.get(ctx, apiUuid);
    return managerOf(this.db, ctx).find(ApiLifecycleEvent, { where: { apiId: api.id }, order: { id: 'ASC' } });
  }

  private async perform(tx: Transaction, api: Api, action: LifecycleAction, options: ActionOptions): Promise<Api> {
    const target = targetOf(api, action);
    await this.move(tx, api, target, options.expectedVersion);
    const { deprecateOldVersions } = readChecklist(options.checklist);
    if (target === 'PUBLISHED' && deprecateOldVersions) await this.deprecateOthers(tx, api);
    return api;
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

export const stateWorkflow = 'AM_API_STATE';

interface WaitingChange {
  readonly action: LifecycleAction;
  readonly checklist: string | null;
}

function targetOf({ name, version, state, body }: Api, action: LifecycleAction): LifecycleState {
  return nextState({ name, version, state, policies: body.policies }, action);
}
