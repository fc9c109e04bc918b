import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ConflictError, InvalidInputError, NotFoundError, tollgateClock, type Clock } from '@tollgate/base';
import { Database, isDuplicateKey, updateVersioned, type RequestContext, type Transaction } from '@tollgate/database';
import { RecordWriter } from '@tollgate/deployment/server';
import { ThrottlePolicyReader } from '@tollgate/throttling/server';
import { Workflows, type DecidedTask } from '@tollgate/workflow/server';
import { requireSettled } from '../domain/index.js';
import { Application, type TokenType } from './application.entity.js';
import { ApplicationParts } from './application-parts.js';
import { ApplicationStore, type ApplicationFilter } from './application.store.js';
import { BusinessLog } from './business-log.js';
import { callerOf } from './caller.js';
import { applicationRecord, applicationRecordKey } from './records.js';

/** What the owner decides about an application. */
export interface ApplicationInput {
  readonly name: string;
  /** Name of an application policy. */
  readonly tier: string;
  readonly description: string;
  readonly tokenType: TokenType;
  readonly attributes: Readonly<Record<string, string>>;
  readonly groups: readonly string[];
}

/** Applications of the caller. */
@Injectable()
export class ApplicationService {
  constructor(
    private readonly db: Database,
    private readonly store: ApplicationStore,
    private readonly parts: ApplicationParts,
    private readonly policies: ThrottlePolicyReader,
    private readonly records: RecordWriter,
    private readonly workflows: Workflows,
    private readonly log: BusinessLog,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  get(ctx: RequestContext, uuid: string): Promise<Application> {
    return this.store.getOwn(ctx, uuid);
  }

  list(ctx: RequestContext, filter: ApplicationFilter): Promise<{ rows: Application[]; total: number }> {
    return this.store.listOwn(ctx, filter);
  }

  /**
   * Where the organization approves applications it is `CREATED` until somebody decides.
   * @throws InvalidInputError for an unknown policy, ConflictError when the caller has an application of this name
   */
  create(ctx: RequestContext, input: ApplicationInput): Promise<Application> {
    return this.namedOnce(input.name, () =>
      this.db.transaction(ctx, async (tx) => {
        await this.requireTier(tx, input.tier);
        const now = this.clock.nowMs();
        const [uuid, owner] = [randomUUID(), callerOf(tx).userName];
        const { status } = await this.workflows.begin(tx, applicationRequest('CREATION', { uuid, owner, ...input }));
        const application = tx.manager.create(Application, {
          ...columnsOf(input),
          uuid,
          organization: tx.organization,
          owner,
          status,
          quotaResets: [],
          rowVersion: 1,
          createdAt: now,
          updatedAt: now,
        });
        await tx.manager.insert(Application, application);
        if (status === 'APPROVED') await this.publish(tx, application, 'APPLICATION_CREATE');
        this.log.committed(tx, 'application.created', 'Application created', named(application));
        return application;
      }),
    );
  }

  /**
   * @param expectedVersion what the caller saw, when it says so
   * @throws StaleVersionError when it changed since, else as `create`
   */
  update(ctx: RequestContext, uuid: string, input: ApplicationInput, expectedVersion?: number): Promise<Application> {
    return this.namedOnce(input.name, () =>
      this.db.transaction(ctx, async (tx) => {
        const application = await this.store.lockOwn(tx, uuid);
        requireSettled(application);
        if (input.tier !== application.tier) await this.requireTier(tx, input.tier);
        const { owner, name } = application;
        const request = { ...applicationRequest('UPDATE', { uuid, owner, name, tier: input.tier }), payload: input };
        const { status } = await this.workflows.begin(tx, request);
        const columns = status === 'APPROVED' ? columnsOf(input) : { status: 'UPDATE_PENDING' as const };
        const { tokenType } = application;
        await updateVersioned(tx, Application, application, columns, this.versionOptions(expectedVersion));
        if (application.tokenType !== tokenType) await this.parts.applyTokenType(tx, application);
        await this.publish(tx, application, 'APPLICATION_UPDATE');
        this.log.committed(tx, 'application.updated', 'Application updated', named(application));
        return application;
      }),
    );
  }

  /**
   * Removes it with its clients, keys and subscriptions; what was issued for it is refused from then on.
   * @returns `CREATED` when somebody has to approve that first
   */
  delete(ctx: RequestContext, uuid: string, expectedVersion?: number): Promise<'APPROVED' | 'CREATED'> {
    return this.db.transaction(ctx, async (tx) => {
      const application = await this.store.lockOwn(tx, uuid);
      const wasUsed = application.status !== 'CREATED' && application.status !== 'REJECTED';
      const { status } = wasUsed
        ? await this.workflows.begin(tx, applicationRequest('DELETION', application))
        : { status: 'APPROVED' as const };
      // Touched first, so that a deletion on an outdated view stops before anything is taken apart.
      const columns = status === 'CREATED' ? { status: 'DELETE_PENDING' as const } : {};
      await updateVersioned(tx, Application, application, columns, this.versionOptions(expectedVersion));
      if (status === 'APPROVED') await this.remove(tx, application);
      return status;
    });
  }

  /** What was asked is done, or not: the application goes on as it was. */
  async decided(tx: Transaction, kind: ApplicationStep, approved: boolean, task: DecidedTask): Promise<void> {
    const { organization } = tx;
    const application = await tx.manager.findOneBy(Application, { organization, uuid: task.subject });
    if (!application) throw new NotFoundError('Application', task.subject);
    if (kind === 'DELETION' && approved) return this.remove(tx, application);
    const input: Partial<Application> =
      kind === 'UPDATE' && approved ? columnsOf(task.payload as ApplicationInput) : {};
    const status = kind === 'CREATION' && !approved ? ('REJECTED' as const) : ('APPROVED' as const);
    await this.namedOnce(input.name ?? application.name, () =>
      updateVersioned(tx, Application, application, { ...input, status }, this.versionOptions(undefined)),
    );
    if (status === 'REJECTED') return;
    if (kind === 'UPDATE') await this.parts.applyTokenType(tx, application);
    await this.publish(tx, application, kind === 'CREATION' ? 'APPLICATION_CREATE' : 'APPLICATION_UPDATE');
  }

  /** Removes every application of a user who is gone. */
  async deleteAllOf(
    tx: Transaction,
    user: { readonly organization: string; readonly userName: string },
  ): Promise<void> {
    const { organization, userName: owner } = user;
    for (const application of await tx.manager.findBy(Application, { organization, owner }))
      await this.remove(tx, application);
  }

  private publish(tx: Transaction, application: Application, event: 'APPLICATION_CREATE' | 'APPLICATION_UPDATE') {
    return this.records.put(tx, applicationRecordKey(application, event), applicationRecord(application));
  }

  private async remove(tx: Transaction, application: Application): Promise<void> {
    await this.parts.removeAll(tx, application);
    await tx.manager.delete(Application, { id: application.id });
    await this.records.remove(tx, applicationRecordKey(application, 'APPLICATION_DELETE'));
    this.log.committed(tx, 'application.deleted', 'Application deleted', named(application));
  }

  private versionOptions(expectedVersion: number | undefined): { nowMs: number; expectedVersion?: number } {
    return { nowMs: this.clock.nowMs(), ...(expectedVersion === undefined ? {} : { expectedVersion }) };
  }

  private async requireTier(tx: Transaction, tier: string): Promise<void> {
    if (await this.policies.exists(tx, 'application', tier)) return;
    throw new InvalidInputError([
      {
        field: 'throttlingPolicy',
        message: `There is no application policy "${tier}". List them at /throttling-policies/application.`,
      },
    ]);
  }

  private async namedOnce<T>(name: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      throw new ConflictError(
        'APPLICATION_EXISTS',
        `You already have an application "${name}".`,
        'Choose another name.',
      );
    }
  }
}

export type ApplicationStep = 'CREATION' | 'UPDATE' | 'DELETION';

function applicationRequest(
  step: ApplicationStep,
  { uuid, name, owner, tier }: { uuid: string; name: string; owner: string; tier: string },
) {
  const verb = { CREATION: 'create', UPDATE: 'change', DELETION: 'delete' }[step];
  return {
    type: `AM_APPLICATION_${step}` as const,
    subject: uuid,
    description: `${owner} asks to ${verb} the application "${name}" with the policy ${tier}.`,
    properties: { applicationName: name, applicationTier: tier, userName: owner },
  };
}

function named({ uuid, name, owner }: Application) {
  return { applicationId: uuid, name, owner };
}

function columnsOf(input: ApplicationInput) {
  const { name, tier, description, tokenType } = input;
  return { name, tier, description, tokenType, attributes: { ...input.attributes }, groups: [...input.groups] };
}
