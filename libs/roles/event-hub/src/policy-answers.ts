import type {
  CustomRuleRecord,
  ThrottleCondition,
  ThrottleLimit,
  ThrottlePolicyRecord,
} from '@tollgate/throttling/contract';
import type {
  ApiPolicyAnswer,
  ApplicationPolicyAnswer,
  GlobalPolicyAnswer,
  SubscriptionPolicyAnswer,
  ThrottleLimitAnswer,
} from './throttling-data.schemas.js';

/** Under which name the contract's clients know the kind of a limit. */
const quotaTypes = {
  REQUESTCOUNTLIMIT: 'requestCount',
  BANDWIDTHLIMIT: 'bandwidthVolume',
  EVENTCOUNTLIMIT: 'eventCount',
} as const;

export function subscriptionPolicyAnswer(record: ThrottlePolicyRecord): SubscriptionPolicyAnswer {
  const { stopOnQuotaReach, burst } = record;
  const rate = burst ? { rateLimitCount: burst.count, rateLimitTimeUnit: burst.timeUnit } : {};
  return { ...applicationPolicyAnswer(record), stopOnQuotaReach, ...rate };
}

export function applicationPolicyAnswer({ name, organization, limit }: ThrottlePolicyRecord): ApplicationPolicyAnswer {
  const quota = limit ? { quotaType: quotaTypes[limit.type], defaultLimit: limitAnswer(limit) } : {};
  return { name, tenantDomain: organization, ...quota };
}

export function apiPolicyAnswer(record: ThrottlePolicyRecord): ApiPolicyAnswer {
  const conditionGroups = record.conditionGroups.map(({ conditions, limit }, conditionGroupId) => ({
    conditionGroupId,
    quotaType: quotaTypes[limit.type],
    condition: conditions.map(conditionAnswer),
    defaultLimit: limitAnswer(limit),
  }));
  return { ...applicationPolicyAnswer(record), applicableLevel: record.applicableLevel, conditionGroups };
}

export function globalPolicyAnswer(record: CustomRuleRecord): GlobalPolicyAnswer {
  const { name, organization: tenantDomain, siddhiQuery, keyTemplate } = record;
  return { name, tenantDomain, siddhiQuery, keyTemplate };
}

function limitAnswer(limit: ThrottleLimit): ThrottleLimitAnswer {
  const { type, timeUnit, unitTime } = limit;
  const kind = { type, quotaType: quotaTypes[type] };
  if (limit.type === 'BANDWIDTHLIMIT') {
    const { dataAmount, dataUnit } = limit;
    return { ...kind, bandwidth: { dataAmount, dataUnit, timeUnit, unitTime } };
  }
  if (limit.type === 'EVENTCOUNTLIMIT') {
    return { ...kind, eventCount: { eventCount: limit.eventCount, timeUnit, unitTime } };
  }
  return { ...kind, requestCount: { requestCount: limit.requestCount, timeUnit, unitTime } };
}

/** Addresses have no name; a range is its two bounds. */
function conditionAnswer(
  condition: ThrottleCondition,
): ApiPolicyAnswer['conditionGroups'][number]['condition'][number] {
  const { type: conditionType, invert: isInverted } = condition;
  if (condition.type !== 'IPCONDITION') {
    return { conditionType, name: condition.name, value: condition.pattern, isInverted };
  }
  const { address } = condition;
  if ('fixedIp' in address) return { conditionType: 'IPSPECIFIC', name: '', value: address.fixedIp, isInverted };
  return { conditionType: 'IPRANGE', name: '', value: `${address.startingIp}-${address.endingIp}`, isInverted };
}
