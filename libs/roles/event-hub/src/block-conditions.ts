import type { DataPlaneRecord } from '@tollgate/deployment/contract';
import { denyConditionRecordSchema, type DenyConditionRecord } from '@tollgate/throttling/contract';
import type { BlockAnswer } from './internal-data.schemas.js';

const lists = { API: 'api', APPLICATION: 'application', USER: 'user', SUBSCRIPTION: 'subscription' } as const;

/** The contract's list of deny conditions from their records. */
export function blockConditionsOf(records: readonly DataPlaneRecord[]): BlockAnswer {
  const answer: BlockAnswer = { api: [], application: [], ip: [], user: [], custom: [], subscription: [] };
  for (const record of records) {
    if (record.value !== null) add(answer, denyConditionRecordSchema.parse(JSON.parse(record.value)));
  }
  return answer;
}

function add(answer: BlockAnswer, { id, organization, type, value }: DenyConditionRecord): void {
  if (type === 'IP' || type === 'IPRANGE') {
    if (typeof value !== 'string') answer.ip.push({ id, tenantDomain: organization, type, ...value });
    return;
  }
  if (typeof value === 'string') answer[lists[type]].push(value);
}
