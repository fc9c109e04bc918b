import { unlimitedCount, type ThrottleLimit, type TimeUnit } from '@tollgate/throttling/contract';
import type { ThrottlePolicy } from '@tollgate/throttling/server';
import type { EventPlanAnswer, PolicyAnswer } from '../schemas/policy.js';

const unitMs: Readonly<Record<TimeUnit, number>> = {
  sec: 1000,
  min: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
  month: 2_592_000_000,
  year: 31_536_000_000,
};

export function policyAnswer(policy: ThrottlePolicy, level: PolicyAnswer['policyLevel']): PolicyAnswer {
  const { quota, burst, details } = policy;
  return {
    name: policy.name,
    displayName: policy.displayName,
    description: policy.description,
    policyLevel: level,
    attributes: Object.fromEntries(details.customAttributes.map(({ name, value }) => [name, value])),
    ...amountOf(quota),
    unitTime: quota ? quota.unitTime * unitMs[quota.timeUnit] : 0,
    ...(quota ? { timeUnit: quota.timeUnit } : {}),
    rateLimitCount: burst?.count ?? 0,
    ...(burst ? { rateLimitTimeUnit: burst.timeUnit } : {}),
    tierPlan: details.billingPlan,
    stopOnQuotaReach: policy.stopOnQuotaReach,
  };
}

/** `null` for a plan that limits something else than events. */
export function eventPlanAnswer(policy: ThrottlePolicy): EventPlanAnswer | null {
  const { quota, burst, details, permissions } = policy;
  if (quota?.type !== 'EVENTCOUNTLIMIT') return null;
  const { type, ...eventCount } = quota;
  return {
    policyId: policy.id,
    uuid: policy.uuid,
    policyName: policy.name,
    displayName: policy.displayName,
    description: policy.description,
    isDeployed: policy.isDeployed,
    tenantDomain: policy.organization,
    defaultLimit: { type, eventCount },
    rateLimitCount: burst?.count ?? 0,
    ...(burst ? { rateLimitTimeUnit: burst.timeUnit } : {}),
    subscriberCount: details.subscriberCount,
    customAttributes: [...details.customAttributes],
    stopOnQuotaReach: policy.stopOnQuotaReach,
    billingPlan: details.billingPlan,
    ...(permissions ? { permissions: { ...permissions, roles: [...permissions.roles] } } : {}),
  };
}

/**
 * What is limited stands in `requestCount`: requests, the amount of data in its unit, or events. For events the contract
 * knows no kind, so none is told.
 */
function amountOf(quota: ThrottleLimit | null): Pick<PolicyAnswer, 'quotaPolicyType' | 'requestCount' | 'dataUnit'> {
  switch (quota?.type) {
    case 'BANDWIDTHLIMIT':
      return { quotaPolicyType: 'BANDWIDTHVOLUME', requestCount: quota.dataAmount, dataUnit: quota.dataUnit };
    case 'EVENTCOUNTLIMIT':
      return { requestCount: quota.eventCount };
    default:
      return { quotaPolicyType: 'REQUESTCOUNT', requestCount: quota?.requestCount ?? unlimitedCount };
  }
}
