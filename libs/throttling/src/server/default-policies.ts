import { Injectable } from '@nestjs/common';
import { superOrganization } from '@tollgate/base';
import type { Transaction } from '@tollgate/database';
import {
  policyLevels,
  unlimitedCount,
  unlimitedPolicy,
  type PolicyLevel,
  type ThrottleLimit,
} from '../contract/index.js';
import { GivenPolicies } from './given-policies.entity.js';
import { ThrottlePolicy, type PlanDetails } from './throttle-policy.entity.js';
import { ThrottlePolicyService, unauthenticatedPolicy, type ThrottlePolicyInput } from './throttle-policy.service.js';

/** A policy without anything that only some plans have. */
export const plainPlanDetails: PlanDetails = {
  billingPlan: 'FREE',
  customAttributes: [],
  monetization: null,
  graphQLMaxComplexity: 0,
  graphQLMaxDepth: 0,
  subscriberCount: 0,
};

/** Requests per minute that every organization starts with; `null` never refuses. */
const defaults: Readonly<Record<PolicyLevel, Readonly<Record<string, number | null>>>> = {
  advanced: { '10KPerMin': 10_000, '20KPerMin': 20_000, '50KPerMin': 50_000, [unlimitedPolicy]: null },
  subscription: { Bronze: 1_000, Silver: 2_000, Gold: 5_000, [unauthenticatedPolicy]: 500, [unlimitedPolicy]: null },
  application: { '10PerMin': 10, '20PerMin': 20, '50PerMin': 50, [unlimitedPolicy]: null },
};

/** Plans for streams that every organization is given: events per day. */
const eventPlans: Readonly<Record<string, number>> = {
  AsyncBronze: 5_000,
  AsyncSilver: 25_000,
  AsyncGold: 50_000,
  AsyncUnlimited: unlimitedCount,
};

/** Gives an organization the policies of the field. */
@Injectable()
export class DefaultPolicies {
  constructor(private readonly policies: ThrottlePolicyService) {}

  /** Gives every organization what it has not been given yet; also those of databases that an older version made. */
  async seedAll(tx: Transaction): Promise<void> {
    const organizations = new Set([superOrganization]);
    const known = tx.manager.createQueryBuilder(ThrottlePolicy, 'policy').select('policy.organization', 'name');
    for (const { name } of await known.distinct(true).getRawMany<{ name: string }>()) organizations.add(name);
    for (const organization of organizations) await this.seed(tx, organization);
  }

  /** What somebody deleted stays deleted. */
  async seed(tx: Transaction, organization: string): Promise<void> {
    const inside: Transaction = { ...tx, organization };
    await this.fillEmptyLevels(inside, organization);
    await this.giveEventPlans(inside, organization);
  }

  private async fillEmptyLevels(inside: Transaction, organization: string): Promise<void> {
    for (const level of policyLevels) {
      if (await inside.manager.existsBy(ThrottlePolicy, { organization, level })) continue;
      for (const [name, perMinute] of Object.entries(defaults[level])) {
        await this.policies.insert(inside, level, requestPolicy(name, perMinute));
      }
    }
  }

  /** Once; a plan of the same name that is there already is the organization's own and stays. */
  private async giveEventPlans(inside: Transaction, organization: string): Promise<void> {
    const given = { organization, name: 'event-plans' };
    const level = 'subscription';
    if (await inside.manager.existsBy(GivenPolicies, given)) return;
    for (const [name, perDay] of Object.entries(eventPlans)) {
      if (await inside.manager.existsBy(ThrottlePolicy, { organization, level, name })) continue;
      await this.policies.insert(inside, level, eventPlan(name, perDay));
    }
    await inside.manager.insert(GivenPolicies, given);
  }
}

function requestPolicy(name: string, perMinute: number | null): ThrottlePolicyInput {
  if (perMinute === null) return defaultPolicy(name, 'Allows unlimited requests', null);
  const quota: ThrottleLimit = { type: 'REQUESTCOUNTLIMIT', requestCount: perMinute, unitTime: 1, timeUnit: 'min' };
  return defaultPolicy(name, `Allows ${perMinute} requests per minute`, quota);
}

function eventPlan(name: string, perDay: number): ThrottlePolicyInput {
  const quota: ThrottleLimit = { type: 'EVENTCOUNTLIMIT', eventCount: perDay, unitTime: 1, timeUnit: 'day' };
  return defaultPolicy(
    name,
    `Allows ${perDay === unlimitedCount ? 'unlimited events' : `${perDay} events per day`}`,
    quota,
  );
}

function defaultPolicy(name: string, description: string, quota: ThrottleLimit | null): ThrottlePolicyInput {
  return {
    name,
    displayName: name,
    description,
    quota,
    burst: null,
    stopOnQuotaReach: true,
    applicableLevel: 'apiLevel',
    conditionGroups: [],
    degradedMode: 'local-share',
    strict: false,
    permissions: null,
    details: plainPlanDetails,
  };
}
