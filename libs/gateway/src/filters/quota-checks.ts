import type { ApiRecord, DeploymentRecord, OperationRecord } from '@tollgate/api/contract';
import type { ApplicationRecord } from '@tollgate/application/contract';
import {
  unlimitedPolicy,
  type PolicyLevel,
  type ThrottleLimit,
  type ThrottlePolicyRecord,
} from '@tollgate/throttling/contract';
import {
  apiKey,
  applicationKey,
  burstKey,
  conditionKey,
  countsBytes,
  countsEvents,
  hardLimitKey,
  limitKey,
  quotaOf,
  resetKey,
  resourceKey,
  subscriptionKey,
  userLevelKey,
  type GroupMatcher,
  type QuotaLevel,
  type ThrottleReason,
} from '@tollgate/throttling/domain';
import type { Exchange } from '../pipeline/exchange.js';
import { statusRefusal, type Refusal } from '../pipeline/verdict.js';
import { addressGroup } from './address-group.js';
import { ExchangeFacts } from './request-facts.js';

/** A policy with its conditions compiled. */
export interface DeployedPolicy extends ThrottlePolicyRecord {
  /** In the order of `conditionGroups`. */
  readonly groups: readonly { readonly matches: GroupMatcher; readonly limit: ThrottleLimit }[];
}

/** Policies as they are now, answered from memory. */
export interface PolicyIndex {
  policy(organization: string, level: PolicyLevel, name: string): DeployedPolicy | undefined;
}

/** One quota of one request, with what a refusal by it says. */
export interface Check {
  readonly level: QuotaLevel;
  readonly reason: ThrottleReason;
  readonly policyName: string;
  /** What a leased permit marks in the request's event. */
  readonly mark: string;
}

/** Finds the quotas of an operation's requests that all gateways share, and writes their keys into the exchange. */
export type CheckFinder = (x: Exchange, checks: Check[]) => Refusal | undefined;

/** Quotas in the field's order: API or resource, plan with its burst, application with its burst. */
export function checkFinder(
  api: ApiRecord,
  deployment: DeploymentRecord,
  operation: OperationRecord,
  policies: PolicyIndex,
): CheckFinder {
  const advanced = advancedOf(api, deployment, operation);
  return (x, checks) =>
    (advanced && addAdvanced(checks, x, advanced, policies, api)) ??
    (operation.authType === 'None' ? addOpenPlan(checks, x, policies, api) : addPlan(checks, x, policies, api)) ??
    addApplication(checks, x, policies);
}

interface Advanced {
  readonly name: string;
  readonly reason: 'api' | 'resource';
  readonly key: string;
}

/** A policy on the whole API replaces those of its operations. */
function advancedOf(api: ApiRecord, deployment: DeploymentRecord, operation: OperationRecord): Advanced | null {
  const whole = deployment.apiThrottlingPolicy;
  if (whole !== null && whole !== '' && whole !== unlimitedPolicy) {
    return { name: whole, reason: 'api', key: apiKey(api.basePath, api.version) };
  }
  if (operation.throttlingPolicy === unlimitedPolicy || operation.throttlingPolicy === '') return null;
  const key = resourceKey(api.basePath, api.version, operation.target, operation.verb);
  return { name: operation.throttlingPolicy, reason: 'resource', key };
}

function addAdvanced(
  checks: Check[],
  x: Exchange,
  advanced: Advanced,
  policies: PolicyIndex,
  api: ApiRecord,
): Refusal | undefined {
  const policy = policies.policy(api.organization, 'advanced', advanced.name);
  if (!policy) return policyUnknown(advanced.name);
  if (policy.limit === null && policy.groups.length === 0) return undefined;
  const key =
    policy.applicableLevel === 'userLevel' ? userLevelKey(advanced.key, x.userId || x.clientIp) : advanced.key;
  if (advanced.reason === 'api') {
    x.apiKey = key;
    x.apiTier = advanced.name;
  }
  // Traffic managers count one advanced key per request: the API's where the API has one.
  x.resourceKey = advanced.reason === 'api' ? '' : key;
  x.resourceTier = advanced.reason === 'api' ? '' : advanced.name;
  addConditions(checks, x, policy, key, advanced.reason);
  return undefined;
}

/** Each group whose conditions hold counts the request; the policy's own limit is for those that are in none. */
function addConditions(
  checks: Check[],
  x: Exchange,
  policy: DeployedPolicy,
  key: string,
  reason: Advanced['reason'],
): void {
  const add = (counterKey: string, limit: ThrottleLimit, mark: string = reason): void => {
    checks.push(sharedCheck(reason, counterKey, limit, policy, mark));
  };
  if (policy.groups.length === 0) return policy.limit === null ? undefined : add(key, policy.limit);
  const facts = new ExchangeFacts(x);
  const matched: number[] = [];
  policy.groups.forEach(({ matches, limit }, group) => {
    if (!matches(facts)) return;
    matched.push(group);
    add(conditionKey(key, group), limit, `${reason}:${group}`);
  });
  x.matchedConditions = matched.length === 0 ? 'default' : matched.join(',');
  if (matched.length === 0 && policy.limit !== null) add(conditionKey(key, 'default'), policy.limit);
}

function addPlan(checks: Check[], x: Exchange, policies: PolicyIndex, api: ApiRecord): Refusal | undefined {
  if (x.certificatePlan !== '') return addPlanOfCertificate(checks, x, policies, api);
  const { subscription, application } = x;
  if (!subscription || !application || subscription.tier === unlimitedPolicy) return undefined;
  const policy = policies.policy(api.organization, 'subscription', subscription.tier);
  if (!policy) return policyUnknown(subscription.tier);
  const key = subscriptionKey(application.id, api.basePath, api.version, subscription.tier);
  addPlanChecks(checks, x, policy, key);
  return undefined;
}

/** A caller that is known by its certificate alone has no application: it is counted for itself. */
function addPlanOfCertificate(
  checks: Check[],
  x: Exchange,
  policies: PolicyIndex,
  api: ApiRecord,
): Refusal | undefined {
  if (x.certificatePlan === unlimitedPolicy) return undefined;
  const policy = policies.policy(api.organization, 'subscription', x.certificatePlan);
  if (!policy) return policyUnknown(x.certificatePlan);
  addPlanChecks(
    checks,
    x,
    policy,
    subscriptionKey(`certificate-${x.clientCertificate}`, api.basePath, api.version, policy.name),
  );
  return undefined;
}

/** Open operations share the plan `Unauthenticated`, counted per address of the caller. */
function addOpenPlan(checks: Check[], x: Exchange, policies: PolicyIndex, api: ApiRecord): undefined {
  const policy = policies.policy(api.organization, 'subscription', unauthenticatedPlan);
  if (policy) {
    addPlanChecks(checks, x, policy, subscriptionKey(addressGroup(x.clientIp), api.basePath, api.version, policy.name));
  }
}

const unauthenticatedPlan = 'Unauthenticated';

function addPlanChecks(checks: Check[], x: Exchange, policy: ThrottlePolicyRecord, key: string): void {
  if (policy.limit !== null) {
    x.subscriptionKey = key;
    x.subscriptionTier = policy.name;
    checks.push(sharedCheck('subscription', key, policy.limit, policy));
  }
  addBurst(checks, policy, key);
}

function addBurst(checks: Check[], { burst, name }: ThrottlePolicyRecord, key: string): void {
  if (burst === null) return;
  const { count, timeUnit } = burst;
  const level = { key: burstKey(key), quota: count, unitTime: 1, timeUnit, enforced: true, shared: false };
  checks.push({ level, reason: 'burst', policyName: name, mark: '' });
}

function addApplication(checks: Check[], x: Exchange, policies: PolicyIndex): Refusal | undefined {
  const { application } = x;
  if (!application || application.tier === unlimitedPolicy) return undefined;
  const policy = policies.policy(application.organization, 'application', application.tier);
  if (!policy) return policyUnknown(application.tier);
  const key = applicationKey(application.id, x.userId);
  if (policy.limit !== null) {
    const counted = application.quotaResets.length === 0 ? key : keySinceReset(key, x, application);
    x.applicationKey = counted;
    x.applicationTier = application.tier;
    checks.push(sharedCheck('application', counted, policy.limit, policy));
  }
  addBurst(checks, policy, key);
  return undefined;
}

function keySinceReset(key: string, x: Exchange, { quotaResets }: ApplicationRecord): string {
  const reset = quotaResets.find(({ user, untilMs }) => user === x.userId && x.receivedAtMs < untilMs);
  return reset ? resetKey(key, reset.number) : key;
}

export function addHardLimit(checks: Check[], x: Exchange, deployment: DeploymentRecord, api: ApiRecord): void {
  const perSecond = x.keyType === 'SANDBOX' ? deployment.maxTps.sandbox : deployment.maxTps.production;
  if (perSecond === null) return;
  const key = hardLimitKey(api.basePath, api.version, x.keyType);
  const level: QuotaLevel = { key, quota: perSecond, unitTime: 1, timeUnit: 'sec', enforced: true, shared: false };
  checks.push({ level, reason: 'hardLimit', policyName: 'maxTps', mark: '' });
}

/** A quota that all gateways share. Only a plan may let requests pass that are over it. */
function sharedCheck(
  place: 'api' | 'resource' | 'subscription' | 'application',
  counterKey: string,
  limit: ThrottleLimit,
  { name, degradedMode, strict, stopOnQuotaReach }: ThrottlePolicyRecord,
  mark: string = place,
): Check {
  const { unitTime, timeUnit } = limit;
  const key = limitKey(counterKey, limit);
  const level = {
    key,
    quota: quotaOf(limit),
    countsBytes: countsBytes(limit),
    countsEvents: countsEvents(limit),
    unitTime,
    timeUnit,
    enforced: place !== 'subscription' || stopOnQuotaReach,
    shared: true,
    degradedMode,
    ...(strict && limit.type === 'REQUESTCOUNTLIMIT' ? { leaseKey: `${place}:${key}` } : {}),
  };
  return { level, reason: countsEvents(limit) ? 'events' : place, policyName: name, mark };
}

/** Without its policy a quota cannot be kept: nobody passes until the record arrives. */
function policyUnknown(name: string): Refusal {
  return statusRefusal(
    503,
    'Service Unavailable',
    `The throttling policy "${name}" has not reached this gateway yet. Try again.`,
    {
      headers: ['Retry-After', '5'],
    },
  );
}
