import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ConflictError, InvalidInputError, tollgateClock, type Clock } from '@tollgate/base';
import { Database, isDuplicateKey, updateVersioned, type RequestContext, type Transaction } from '@tollgate/database';
import { RecordWriter } from '@tollgate/deployment/server';
import { ThrottlePolicyReader } from '@tollgate/throttling/server';
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
    private readonly log: BusinessLog,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  get(ctx: RequestContext, uuid: string): Promise<Application> {
    return this.store.getOwn(ctx, uuid);
  }

  list(ctx: RequestContext, filter: ApplicationFilter): Promise<{ rows: Application[]; total: number }> {
    return this.store.listOwn(ctx, filter);
  }

  /** @throws InvalidInputError for an unknown policy, ConflictError when the caller has an application of this name */
  create(ctx: RequestContext, input: ApplicationInput): Promise<Application> {
    return this.namedOnce(input.name, () =>
      this.db.transaction(ctx, async (tx) => {
        await this.requireTier(tx, input.tier);
        const now = this.clock.nowMs();
        const application = tx.manager.create(Application, {
          ...columnsOf(input),
          uuid: randomUUID(),
          organization: tx.organization,
          owner: callerOf(tx).userName,
          status: 'APPROVED',
          quotaResets: [],
          rowVersion: 1,
          createdAt: now,
          updatedAt: now,
        });
        await tx.manager.insert(Application, application);
        await this.records.put(
          tx,
          applicationRecordKey(application, 'APPLICATION_CREATE'),
          applicationRecord(application),
        );
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
        if (input.tier !== application.tier) await this.requireTier(tx, input.tier);
        await updateVersioned(tx, Application, application, columnsOf(input), this.versionOptions(expectedVersion));
        await this.records.put(
          tx,
          applicationRecordKey(application, 'APPLICATION_UPDATE'),
          applicationRecord(application),
        );
        this.log.committed(tx, 'application.updated', 'Application updated', named(application));
        return application;
      }),
    );
  }

  /** Removes it with its clients, keys and subscriptions; what was issued for it is refused from then on. */
  delete(ctx: RequestContext, uuid: string, expectedVersion?: number): Promise<void> {
    return this.db.transaction(ctx, async (tx) => {
      const application = await this.store.lockOwn(tx, uuid);
      // Touched first, so that a deletion on an outdated view stops before anything is taken apart.
      await updateVersioned(tx, Application, application, {}, this.versionOptions(expectedVersion));
      await this.remove(tx, application);
    });
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

function named({ uuid, name, owner }: Application) {
  return { applicationId: uuid, name, owner };
}

function columnsOf(input: ApplicationInput) {
  const { name, tier, description, tokenType } = input;
  return { name, tier, description, tokenType, attributes: { ...input.attributes }, groups: [...input.groups] };
}
