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
  hardLimitKey,
  limitKey,
  quotaOf,
  resetKey,
  resourceKey,
  subscriptionKey,
  userLevelKey,
  type GroupMatcher,
  type LocalQuota,
  type QuotaLevel,
  type ThrottleReason,
} from '@tollgate/throttling/domain';
import type { Filter } from '../pipeline/compile-pipeline.js';
import type { Exchange } from '../pipeline/exchange.js';
import { statusRefusal, type Refusal } from '../pipeline/verdict.js';
import { addressGroup } from './address-group.js';
import { ExchangeFacts } from './request-facts.js';
import type { CustomRules } from './custom-rules.js';
import { throttledOut } from './throttled-out.js';

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
interface Check {
  readonly level: QuotaLevel;
  readonly reason: ThrottleReason;
  readonly policyName: string;
  /** What a leased permit marks in the request's event. */
  readonly mark: string;
}

/** Longest wait of a request for a leased permit, over all answers that it waits for. */
const maxWaitMs = 1_000;

/**
 * Quotas in the field's order: API or resource, subscription, burst, application, custom rules, hard limit. All of them are looked at
 * before any is counted, so a refused request uses up nothing. Looks in local memory only; near the limit of a strict
 * policy it waits for a leased permit, at most a second.
 */
export function throttleFilter(
  api: ApiRecord,
  deployment: DeploymentRecord,
  operation: OperationRecord,
  policies: PolicyIndex,
  quota: LocalQuota,
  rules: CustomRules,
): Filter {
  const advanced = advancedOf(api, deployment, operation);

  return function throttle(x) {
    const checks: Check[] = [];
    const unknown =
      (advanced && addAdvanced(checks, x, advanced, policies, api)) ??
      (operation.authType === 'None' ? addOpenPlan(checks, x, policies, api) : addPlan(checks, x, policies, api)) ??
      addApplication(checks, x, policies);
    if (unknown) return unknown;
    const ruled = rules.isEmpty ? null : rules.refusalOf(x);
    if (ruled) checks.push({ level: ruled.level, reason: 'custom', policyName: ruled.name, mark: '' });
    addHardLimit(checks, x, deployment, api);
    if (checks.length === 0) return null;
    return judge(x, checks, ruled?.untilMs ?? 0, 0);
  };

  /** @param waitsUntilMs on the clock of the process; 0: nothing was waited for yet */
  function judge(x: Exchange, checks: readonly Check[], ruledUntilMs: number, waitsUntilMs: number): Judgement {
    const levels = checks.map((check) => check.level);
    const leased = levels.some(({ leaseKey }) => leaseKey !== undefined) ? [] : undefined;
    const over = quota.admit(levels, x.receivedAtMs, leased);
    if (over === null || over.admitted) {
      x.byteLevels = byteLevelsOf(checks);
      if (leased) x.leased = marksOf(checks, leased);
    }
    if (over === null) return null;
    if (over.asked) {
      const until = waitsUntilMs || performance.now() + maxWaitMs;
      if (performance.now() < until) return over.asked.then(() => judge(x, checks, ruledUntilMs, until));
    }
    x.isOverQuota = over.admitted;
    const { reason, policyName, level } = checks[over.level] as Check;
    const untilMs = reason === 'custom' ? ruledUntilMs : over.untilMs;
    return over.admitted ? null : throttledOut(reason, policyName, level, untilMs, x.receivedAtMs);
  }
}

type Judgement = ReturnType<Filter>;

function marksOf(checks: readonly Check[], leased: readonly QuotaLevel[]): string {
  return checks.flatMap(({ level, mark }) => (leased.includes(level) ? [mark] : [])).join(',');
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
    checks.push({ level: levelOf(reason, counterKey, limit, policy), reason, policyName: policy.name, mark });
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

function byteLevelsOf(checks: readonly Check[]): QuotaLevel[] | null {
  let levels: QuotaLevel[] | null = null;
  for (const { level } of checks) if (level.countsBytes === true) (levels ??= []).push(level);
  return levels;
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
    const level = levelOf('subscription', key, policy.limit, policy);
    checks.push({ level, reason: 'subscription', policyName: policy.name, mark: 'subscription' });
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
    const level = levelOf('application', counted, policy.limit, policy);
    checks.push({ level, reason: 'application', policyName: policy.name, mark: 'application' });
  }
  addBurst(checks, policy, key);
  return undefined;
}

function keySinceReset(key: string, x: Exchange, { quotaResets }: ApplicationRecord): string {
  const reset = quotaResets.find(({ user, untilMs }) => user === x.userId && x.receivedAtMs < untilMs);
  return reset ? resetKey(key, reset.number) : key;
}

function addHardLimit(checks: Check[], x: Exchange, deployment: DeploymentRecord, api: ApiRecord): void {
  const perSecond = x.keyType === 'SANDBOX' ? deployment.maxTps.sandbox : deployment.maxTps.production;
  if (perSecond === null) return;
  const key = hardLimitKey(api.basePath, api.version, x.keyType);
  const level: QuotaLevel = { key, quota: perSecond, unitTime: 1, timeUnit: 'sec', enforced: true, shared: false };
  checks.push({ level, reason: 'hardLimit', policyName: 'maxTps', mark: '' });
}

/** A quota that all gateways share. Only a plan may let requests pass that are over it. */
function levelOf(
  reason: 'api' | 'resource' | 'subscription' | 'application',
  counterKey: string,
  limit: ThrottleLimit,
  { degradedMode, strict, stopOnQuotaReach }: ThrottlePolicyRecord,
): QuotaLevel {
  const { unitTime, timeUnit } = limit;
  const key = limitKey(counterKey, limit);
  return {
    key,
    quota: quotaOf(limit),
    countsBytes: countsBytes(limit),
    unitTime,
    timeUnit,
    enforced: reason !== 'subscription' || stopOnQuotaReach,
    shared: true,
    degradedMode,
    ...(strict && limit.type === 'REQUESTCOUNTLIMIT' ? { leaseKey: `${reason}:${key}` } : {}),
  };
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
