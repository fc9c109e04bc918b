import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ApiReader, type ApiView } from '@tollgate/api/server';
import {
  ConflictError,
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
  tollgateClock,
  type Clock,
} from '@tollgate/base';
import { Database, isDuplicateKey, updateVersioned, type RequestContext, type Transaction } from '@tollgate/database';
import { RecordWriter } from '@tollgate/deployment/server';
import { ThrottlePolicyReader } from '@tollgate/throttling/server';
import type { SubscriptionState } from '../contract/index.js';
import { Workflows, type DecidedTask } from '@tollgate/workflow/server';
import {
  requireOfferedPlan,
  requireOpenForSubscription,
  requireSwitchable,
  requireUsable,
  type BlockState,
} from '../domain/index.js';
import { subscriptionWorkflows } from './application-parts.js';
import { ApplicationStore } from './application.store.js';
import type { Application } from './application.entity.js';
import { BusinessLog } from './business-log.js';
import { subscriptionRecord, subscriptionRecordKey } from './records.js';
import { Subscription } from './subscription.entity.js';
import { SubscriptionReader } from './subscription.reader.js';
import { SubscriptionStore, type OwnSubscriptionFilter, type SubscriptionOfApplication } from './subscription.store.js';

export interface SubscriptionInput {
  readonly apiUuid: string;
  readonly applicationUuid: string;
  /** Name of the business plan. */
  readonly plan: string;
}

/** A wanted plan; the ids are those of the subscription itself. */
export interface PlanChange extends Pick<SubscriptionInput, 'applicationUuid' | 'plan'> {
  readonly apiUuid: string | undefined;
}

/** Subscriptions: made and given up by subscribers, blocked and moved by publishers. */
@Injectable()
export class SubscriptionService {
  constructor(
    private readonly db: Database,
    private readonly applications: ApplicationStore,
    private readonly store: SubscriptionStore,
    private readonly reader: SubscriptionReader,
    private readonly apis: ApiReader,
    private readonly policies: ThrottlePolicyReader,
    private readonly records: RecordWriter,
    private readonly workflows: Workflows,
    private readonly log: BusinessLog,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  getOwn(ctx: RequestContext, uuid: string): Promise<SubscriptionOfApplication> {
    return this.store.getOwn(ctx, uuid);
  }

  /** @throws NotFoundError for an application that is not the caller's, or an API that the caller does not see */
  async listOwn(
    ctx: RequestContext,
    filter: OwnSubscriptionFilter,
  ): Promise<{ rows: SubscriptionOfApplication[]; total: number }> {
    if (filter.applicationUuid !== undefined) await this.applications.getOwn(ctx, filter.applicationUuid);
    return this.store.listOwn(ctx, filter);
  }

  /** @throws NotFoundError, InvalidInputError, ForbiddenError, ConflictError as the contract has them */
  async create(ctx: RequestContext, input: SubscriptionInput): Promise<SubscriptionOfApplication> {
    try {
      return await this.db.transaction(ctx, (tx) => this.insert(tx, input));
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      throw new ConflictError(
        'SUBSCRIPTION_EXISTS',
        'The application is already subscribed to this API.',
        'Change the plan of that subscription, or use another application.',
      );
    }
  }

  /** All of them or none. */
  createAll(ctx: RequestContext, inputs: readonly SubscriptionInput[]): Promise<SubscriptionOfApplication[]> {
    return this.db.transaction(ctx, async (tx) => {
      const made: SubscriptionOfApplication[] = [];
      for (const input of inputs) made.push(await this.create(tx, input));
      return made;
    });
  }

  /** @returns `CREATED` when somebody has to approve that first */
  delete(ctx: RequestContext, uuid: string, expectedVersion?: number): Promise<'APPROVED' | 'CREATED'> {
    return this.db.transaction(ctx, async (tx) => {
      const subscription = await this.store.getOwn(tx, uuid);
      const wasUsed = subscription.state !== 'ON_HOLD' && subscription.state !== 'REJECTED';
      const { status } = wasUsed
        ? await this.workflows.begin(tx, subscriptionRequest('DELETION', subscription, subscription.application))
        : { status: 'APPROVED' as const };
      if (status === 'CREATED')
        await this.change(tx, subscription, waits(subscription, 'DELETE_PENDING'), expectedVersion);
      else {
        await updateVersioned(tx, Subscription, subscription, {}, this.versionOptions(expectedVersion));
        await this.remove(tx, subscription);
      }
      return status;
    });
  }

  /** What was asked is done, or not: the subscription goes on as it was. */
  async decided(tx: Transaction, kind: SubscriptionStep, approved: boolean, task: DecidedTask): Promise<void> {
    const subscription = await this.reader.get(tx, task.subject);
    if (kind === 'DELETION' && approved) return this.remove(tx, subscription);
    const plan = kind === 'UPDATE' && approved ? { tier: (task.payload as { plan: string }).plan } : {};
    const isBlocked = subscription.state === 'BLOCKED' || subscription.state === 'PROD_ONLY_BLOCKED';
    const rejected = kind === 'CREATION' && !approved;
    const state = rejected ? 'REJECTED' : isBlocked ? subscription.state : 'UNBLOCKED';
    await this.change(tx, subscription, { ...plan, state }, undefined);
  }

  /** Moves a subscription of the caller to another plan of the API. @throws InvalidInputError when it is not offered */
  changeOwnPlan(
    ctx: RequestContext,
    uuid: string,
    input: PlanChange,
    expectedVersion?: number,
  ): Promise<SubscriptionOfApplication> {
    return this.db.transaction(ctx, async (tx) => {
      const subscription = await this.store.getOwn(tx, uuid);
      requireSame('applicationId', subscription.application.uuid, input.applicationUuid);
      if (input.apiUuid !== undefined) requireSame('apiId', subscription.apiUuid, input.apiUuid);
      const api = await this.apis.getVisible(tx, subscription.apiUuid);
      await this.requirePlan(tx, api, input.plan);
      if (input.plan === subscription.tier) return this.change(tx, subscription, {}, expectedVersion);
      requireSwitchable(subscription.state);
      const wanted = { uuid, apiUuid: api.uuid, tier: input.plan };
      const request = subscriptionRequest('UPDATE', wanted, subscription.application, api);
      const { status } = await this.workflows.begin(tx, { ...request, payload: { plan: input.plan } });
      const changes = status === 'APPROVED' ? { tier: input.plan } : waits(subscription, 'TIER_UPDATE_PENDING');
      return this.change(tx, subscription, changes, expectedVersion);
    });
  }

  /** As a publisher. @throws InvalidInputError when the API does not offer the plan */
  changePlan(
    ctx: RequestContext,
    uuid: string,
    plan: string,
    expectedVersion?: number,
  ): Promise<SubscriptionOfApplication> {
    return this.db.transaction(ctx, async (tx) => {
      const subscription = await this.reader.get(tx, uuid);
      const api = await this.apis.find(tx, subscription.apiUuid);
      if (!api) throw new NotFoundError('API', subscription.apiUuid);
      requireOfferedPlan(api, plan, 'businessPlan');
      return this.change(tx, subscription, { tier: plan }, expectedVersion);
    });
  }

  /** As a publisher. @throws ApimError 409 when the subscription waits for a decision */
  block(
    ctx: RequestContext,
    uuid: string,
    state: BlockState,
    expectedVersion?: number,
  ): Promise<SubscriptionOfApplication> {
    return this.switchState(ctx, uuid, state, expectedVersion);
  }

  unblock(ctx: RequestContext, uuid: string, expectedVersion?: number): Promise<SubscriptionOfApplication> {
    return this.switchState(ctx, uuid, 'UNBLOCKED', expectedVersion);
  }

  private switchState(
    ctx: RequestContext,
    uuid: string,
    state: SubscriptionState,
    expectedVersion?: number,
  ): Promise<SubscriptionOfApplication> {
    return this.db.transaction(ctx, async (tx) => {
      const subscription = await this.reader.get(tx, uuid);
      requireSwitchable(subscription.state);
      return this.change(tx, subscription, { state }, expectedVersion);
    });
  }

  private async change(
    tx: Transaction,
    subscription: SubscriptionOfApplication,
    changes: { tier?: string; state?: SubscriptionState },
    expectedVersion: number | undefined,
  ): Promise<SubscriptionOfApplication> {
    await updateVersioned<Subscription>(tx, Subscription, subscription, changes, this.versionOptions(expectedVersion));
    await this.records.put(
      tx,
      subscriptionRecordKey(subscription, 'SUBSCRIPTIONS_UPDATE'),
      subscriptionRecord(subscription, subscription.application.uuid),
    );
    this.log.committed(tx, 'subscription.updated', 'Subscription updated', named(subscription));
    return subscription;
  }

  private async insert(tx: Transaction, input: SubscriptionInput): Promise<SubscriptionOfApplication> {
    const application = await this.applications.lockOwn(tx, input.applicationUuid);
    requireUsable(application);
    const api = await this.apis.holdVisible(tx, input.apiUuid);
    requireOpenForSubscription(api);
    await this.requirePlan(tx, api, input.plan);
    const columns = { ...this.freshColumns(application), apiUuid: api.uuid, tier: input.plan };
    const { status } = await this.workflows.begin(tx, subscriptionRequest('CREATION', columns, application, api));
    const state: SubscriptionState = status === 'APPROVED' ? 'UNBLOCKED' : 'ON_HOLD';
    const subscription = tx.manager.create(Subscription, { ...columns, state });
    await tx.manager.insert(Subscription, subscription);
    const record = subscriptionRecord(subscription, application.uuid);
    await this.records.put(tx, subscriptionRecordKey(subscription, 'SUBSCRIPTIONS_CREATE'), record);
    this.log.committed(tx, 'subscription.created', 'Subscription created', named(subscription));
    return Object.assign(subscription, { application });
  }

  private freshColumns(application: Application) {
    const now = this.clock.nowMs();
    const { id, organization } = application;
    return {
      uuid: randomUUID(),
      organization,
      applicationId: id,
      rowVersion: 1,
      createdAt: now,
      updatedAt: now,
    };
  }

  private async remove(tx: Transaction, subscription: Subscription): Promise<void> {
    await this.workflows.cancel(tx, subscriptionWorkflows, subscription.uuid);
    await tx.manager.delete(Subscription, { id: subscription.id });
    await this.records.remove(tx, subscriptionRecordKey(subscription, 'SUBSCRIPTIONS_DELETE'));
    this.log.committed(tx, 'subscription.deleted', 'Subscription deleted', named(subscription));
  }

  private async requirePlan(tx: Transaction, api: ApiView, plan: string): Promise<void> {
    requireOfferedPlan(api, plan);
    if (await this.policies.isAllowed(tx, 'subscription', plan)) return;
    throw new ForbiddenError(
      'PLAN_NOT_ALLOWED',
      `Your roles do not allow the plan "${plan}".`,
      'Choose another plan of the API.',
    );
  }

  private versionOptions(expectedVersion: number | undefined): { nowMs: number; expectedVersion?: number } {
    return { nowMs: this.clock.nowMs(), ...(expectedVersion === undefined ? {} : { expectedVersion }) };
  }
}

export type SubscriptionStep = 'CREATION' | 'UPDATE' | 'DELETION';

function subscriptionRequest(
  step: SubscriptionStep,
  { uuid, apiUuid, tier }: { uuid: string; apiUuid: string; tier: string },
  { name, owner }: Pick<Application, 'name' | 'owner'>,
  api?: Pick<ApiView, 'name' | 'version'>,
) {
  const target = api ? `${api.name} ${api.version}` : apiUuid;
  const what = { CREATION: 'to subscribe', UPDATE: 'to change the plan of', DELETION: 'to give up' }[step];
  return {
    type: `AM_SUBSCRIPTION_${step}` as const,
    subject: uuid,
    description: `${owner} asks ${what} the subscription of "${name}" to the API ${target} with the plan ${tier}.`,
    properties: { apiId: apiUuid, apiName: target, applicationName: name, subscriptionTier: tier, userName: owner },
  };
}

/** One that is blocked stays so: a request that waits opens nothing. */
function waits(subscription: Subscription, state: SubscriptionState): { state?: SubscriptionState } {
  return subscription.state === 'UNBLOCKED' ? { state } : {};
}

function named({ uuid, apiUuid, tier, state }: Subscription) {
  return { subscriptionId: uuid, apiId: apiUuid, tier, state };
}

function requireSame(field: string, kept: string, given: string): void {
  if (kept !== given)
    throw new InvalidInputError([
      { field, message: 'A subscription keeps its API and application; make another one instead.' },
    ]);
}
