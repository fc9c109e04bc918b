import { unlimitedCount, type ThrottleLimit, type TimeUnit } from '@tollgate/throttling/contract';
import type { RequestContext } from '@tollgate/database';
import { mayUse, type ThrottlePolicy } from '@tollgate/throttling/server';
import type { PolicyAnswer } from '../schemas/policy.js';

const unitMs: Readonly<Record<TimeUnit, number>> = {
  sec: 1000,
  min: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
  month: 2_592_000_000,
  year: 31_536_000_000,
};

const guest = { userName: '', roles: [], scopes: [] };

/** Whether somebody may choose the policy. A visitor is somebody without roles, not the system itself. */
export function mayChoose(policy: ThrottlePolicy, ctx: RequestContext): boolean {
  return mayUse(policy, { ...ctx, principal: ctx.principal ?? guest });
}

/** `unitTime` is in milliseconds here, unlike in the admin contract. */
export function policyAnswer(policy: ThrottlePolicy, policyLevel: 'application' | 'subscription'): PolicyAnswer {
  const { quota, burst, details } = policy;
  return {
    name: policy.name,
    description: policy.description,
    policyLevel,
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
