import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { InvalidInputError, NotFoundError, tollgateClock, type Clock } from '@tollgate/base';
import {
  Database,
  isDuplicateKey,
  managerOf,
  updateVersioned,
  type RequestContext,
  type Transaction,
} from '@tollgate/database';
import { RecordWriter } from '@tollgate/deployment/server';
import { unlimitedPolicy, type PolicyLevel } from '../contract/index.js';
import { FixedPolicyError, PolicyExistsError, PolicyInUseError } from './policy-errors.js';
import { PolicyUsage } from './policy-usage.js';
import { StrictPolicies } from './strict-policies.js';
import { ThrottlePolicy } from './throttle-policy.entity.js';
import { policyRecord, policyRecordKey } from './throttle-policy.records.js';

/** Everything of a policy that its owner decides. */
export type ThrottlePolicyInput = Pick<
  ThrottlePolicy,
  | 'name'
  | 'displayName'
  | 'description'
  | 'quota'
  | 'burst'
  | 'stopOnQuotaReach'
  | 'applicableLevel'
  | 'conditionGroups'
  | 'degradedMode'
  | 'strict'
  | 'permissions'
  | 'details'
>;

/** The plan of callers without a token, see the keys of throttling. */
export const unauthenticatedPolicy = 'Unauthenticated';

/** Makes, changes and deletes policies; gateways and traffic managers learn of each change by its record. */
@Injectable()
export class ThrottlePolicyService {
  constructor(
    private readonly db: Database,
    private readonly records: RecordWriter,
    private readonly usage: PolicyUsage,
    private readonly strictPolicies: StrictPolicies,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /** @throws PolicyExistsError, InvalidInputError when it cannot be strict */
  create(ctx: RequestContext, level: PolicyLevel, input: ThrottlePolicyInput): Promise<ThrottlePolicy> {
    this.strictPolicies.check(level, input);
    return this.db.transaction(ctx, async (tx) => {
      if (await tx.manager.existsBy(ThrottlePolicy, { organization: tx.organization, level, name: input.name })) {
        throw new PolicyExistsError(level, input.name);
      }
      return this.insert(tx, level, input);
    });
  }

  /** @throws NotFoundError, StaleVersionError, FixedPolicyError, InvalidInputError when the name differs or it cannot be strict */
  update(
    ctx: RequestContext,
    level: PolicyLevel,
    uuid: string,
    input: ThrottlePolicyInput,
    expectedVersion?: number,
  ): Promise<ThrottlePolicy> {
    this.strictPolicies.check(level, input);
    return this.db.transaction(ctx, async (tx) => {
      const policy = await this.get(tx, level, uuid);
      if (policy.name === unlimitedPolicy) throw new FixedPolicyError(policy.name);
      if (policy.name !== input.name) {
        throw new InvalidInputError([
          { field: 'policyName', message: `A policy keeps its name: send "${policy.name}".` },
        ]);
      }
      const changed = await updateVersioned(
        tx,
        ThrottlePolicy,
        policy,
        { ...input },
        this.versionOptions(expectedVersion),
      );
      await this.records.put(tx, policyRecordKey(changed, 'POLICY_UPDATE'), policyRecord(changed));
      return changed;
    });
  }

  /** @throws NotFoundError, StaleVersionError, FixedPolicyError, PolicyInUseError */
  delete(ctx: RequestContext, level: PolicyLevel, uuid: string, expectedVersion?: number): Promise<void> {
    return this.db.transaction(ctx, async (tx) => {
      const policy = await this.get(tx, level, uuid);
      if (policy.name === unlimitedPolicy || policy.name === unauthenticatedPolicy)
        throw new FixedPolicyError(policy.name);
      // Touched first, so that a deletion on an outdated view stops here.
      await updateVersioned(tx, ThrottlePolicy, policy, {}, this.versionOptions(expectedVersion));
      const users = await this.usage.usersOf(tx, level, policy.name);
      if (users !== '') throw new PolicyInUseError(policy.name, users);
      await tx.manager.delete(ThrottlePolicy, { id: policy.id });
      await this.records.remove(tx, policyRecordKey(policy, 'POLICY_DELETE'));
    });
  }

  /** @throws NotFoundError also for another organization's or level's policy */
  async get(ctx: RequestContext, level: PolicyLevel, uuid: string): Promise<ThrottlePolicy> {
    const where = { organization: ctx.organization, level, uuid };
    const policy = await managerOf(this.db, ctx).findOneBy(ThrottlePolicy, where);
    if (!policy) throw new NotFoundError('Policy', uuid);
    return policy;
  }

  /** Writes a new policy and its record; for seeds, which look for themselves what is there. */
  async insert(tx: Transaction, level: PolicyLevel, input: ThrottlePolicyInput): Promise<ThrottlePolicy> {
    const nowMs = this.clock.nowMs();
    const policy = Object.assign(new ThrottlePolicy(), input, {
      uuid: randomUUID(),
      organization: tx.organization,
      level,
      isDeployed: true,
      rowVersion: 1,
      createdAt: nowMs,
      updatedAt: nowMs,
    });
    try {
      await tx.manager.insert(ThrottlePolicy, policy);
    } catch (error) {
      throw isDuplicateKey(error) ? new PolicyExistsError(level, input.name) : error;
    }
    policy.strict = input.strict; // MariaDB answers a column that has a default as a number
    await this.records.put(tx, policyRecordKey(policy, 'POLICY_CREATE'), policyRecord(policy));
    return policy;
  }

  private versionOptions(expectedVersion: number | undefined): { nowMs: number; expectedVersion?: number } {
    return { nowMs: this.clock.nowMs(), ...(expectedVersion === undefined ? {} : { expectedVersion }) };
  }
}
