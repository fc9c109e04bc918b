import type { ApiRecord, DeploymentRecord, OperationRecord } from '@tollgate/api/contract';
import type { LocalQuota, QuotaLevel } from '@tollgate/throttling/domain';
import type { Filter } from '../pipeline/compile-pipeline.js';
import { isStreaming } from '../pipeline/compiled-api.js';
import type { Exchange } from '../pipeline/exchange.js';
import type { CustomRules } from './custom-rules.js';
import { addHardLimit, checkFinder, type Check, type PolicyIndex } from './quota-checks.js';
import { throttledOut } from './throttled-out.js';

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
  const addChecks = checkFinder(api, deployment, operation, policies);
  const isStream = isStreaming(deployment); // its messages are the events, not its requests

  return function throttle(x) {
    const checks: Check[] = [];
    const unknown = addChecks(x, checks);
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
    const over = quota.admit(levels, x.receivedAtMs, leased, isStream);
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

function byteLevelsOf(checks: readonly Check[]): QuotaLevel[] | null {
  let levels: QuotaLevel[] | null = null;
  for (const { level } of checks) if (level.countsBytes === true) (levels ??= []).push(level);
  return levels;
}
