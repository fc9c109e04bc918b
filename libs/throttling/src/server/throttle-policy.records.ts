import type { Transaction } from '@tollgate/database';
import type { RecordKey, RecordWriter } from '@tollgate/deployment/server';
import { limitThatRefuses, type DenyConditionRecord, type ThrottlePolicyRecord } from '../contract/index.js';
import type { DenyCondition } from './deny-condition.entity.js';
import type { ThrottlePolicy } from './throttle-policy.entity.js';

/** What gateways and traffic managers hold of a policy. */
export function policyRecord(policy: ThrottlePolicy): ThrottlePolicyRecord {
  const { uuid, organization, level, name, displayName, stopOnQuotaReach, burst, applicableLevel } = policy;
  return {
    uuid,
    organization,
    level,
    name,
    displayName,
    limit: limitThatRefuses(policy.quota),
    stopOnQuotaReach,
    burst,
    applicableLevel,
    conditionGroups: policy.conditionGroups.map(({ conditions, limit }) => ({ conditions: [...conditions], limit })),
    degradedMode: policy.degradedMode,
    strict: policy.strict,
  };
}

export function policyRecordKey(
  policy: ThrottlePolicy,
  eventType: `POLICY_${'CREATE' | 'UPDATE' | 'DELETE'}`,
): RecordKey {
  const { organization, level, name } = policy;
  return { kind: 'throttle-policy', id: `${organization}:${level}:${name}`, organization, eventType };
}

/** Gateways hold a condition while it is switched on. */
export async function writeDenyCondition(
  records: RecordWriter,
  tx: Transaction,
  condition: DenyCondition,
): Promise<void> {
  if (!condition.status) return removeDenyCondition(records, tx, condition);
  const { id, uuid, organization, type, value } = condition;
  const record: DenyConditionRecord = { id, uuid, organization, type, value };
  await records.put(tx, denyConditionKey(condition, 'BLOCK_CONDITION_ADD'), record);
}

export async function removeDenyCondition(
  records: RecordWriter,
  tx: Transaction,
  condition: DenyCondition,
): Promise<void> {
  await records.remove(tx, denyConditionKey(condition, 'BLOCK_CONDITION_REMOVE'));
}

function denyConditionKey({ uuid, organization }: DenyCondition, eventType: string): RecordKey {
  return { kind: 'deny-condition', id: uuid, organization, eventType, topic: 'throttleData' };
}
