import type { ApiRecord, DeploymentRecord, OperationRecord } from '@tollgate/api/contract';
import type { LocalQuota } from '@tollgate/throttling/domain';
import type { Exchange } from '../pipeline/exchange.js';
import type { Refusal } from '../pipeline/verdict.js';
import { checkFinder, type Check, type PolicyIndex } from './quota-checks.js';
import { throttledOut } from './throttled-out.js';

/** Synchronous: looks in local memory only. `null`: it may pass. */
export interface MessageFilter {
  /** Admits one message and counts it with the bytes of its first frame. */
  admit(x: Exchange, bytes: number): Refusal | null;
  /** Counts what else comes of a message that was admitted. */
  addBytes(x: Exchange, bytes: number): Refusal | null;
}

/**
 * Quotas of one message of a long connection: those that count events, and those that count bytes, at every level, by
 * the policies as they are now. Bursts, hard limits, custom rules and request counts concern the request that opened it.
 */
export function messageFilter(
  api: ApiRecord,
  deployment: DeploymentRecord,
  operation: OperationRecord,
  policies: PolicyIndex,
  quota: LocalQuota,
): MessageFilter {
  const addChecks = checkFinder(api, deployment, operation, policies);

  return {
    admit(x, bytes) {
      const all: Check[] = [];
      const unknown = addChecks(x, all);
      if (unknown) return unknown;
      const checks = all.filter(({ level }) => level.countsEvents === true || level.countsBytes === true);
      if (checks.length === 0) return null;
      const levels = checks.map(({ level }) => level);
      const over = quota.admitMessage(levels, bytes, x.receivedAtMs);
      if (over === null || over.admitted) return null;
      const { reason, policyName, level } = checks[over.level] as Check;
      return throttledOut(reason, policyName, level, over.untilMs, x.receivedAtMs);
    },
    addBytes(x, bytes) {
      const checks: Check[] = [];
      const unknown = addChecks(x, checks);
      if (unknown) return unknown;
      for (const { level } of checks) if (level.countsBytes === true) quota.addBytes(level, bytes, x.receivedAtMs);
      return null;
    },
  };
}
