import { Injectable } from '@nestjs/common';
import type { Transaction } from '@tollgate/database';
import { policyLevels, unlimitedPolicy, type PolicyLevel } from '../contract/index.js';
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

/** Gives an organization the policies of the field. */
@Injectable()
export class DefaultPolicies {
  constructor(private readonly policies: ThrottlePolicyService) {}

  /** Fills levels that have no policy at all, so that a default somebody deleted stays deleted. */
  async seed(tx: Transaction, organization: string): Promise<void> {
    const inside: Transaction = { ...tx, organization };
    for (const level of policyLevels) {
      if (await tx.manager.existsBy(ThrottlePolicy, { organization, level })) continue;
      for (const [name, perMinute] of Object.entries(defaults[level])) {
        await this.policies.insert(inside, level, defaultPolicy(name, perMinute));
      }
    }
  }
}

function defaultPolicy(name: string, perMinute: number | null): ThrottlePolicyInput {
  return {
    name,
    displayName: name,
    description: perMinute === null ? 'Allows unlimited requests' : `Allows ${perMinute} requests per minute`,
    quota:
      perMinute === null ? null : { type: 'REQUESTCOUNTLIMIT', requestCount: perMinute, unitTime: 1, timeUnit: 'min' },
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
