import { randomUUID } from 'node:crypto';
import { superOrganization } from '@tollgate/base';
import type { HubMessage } from '@tollgate/event-hub';
import { requestBatchSchema, type Decision, type RequestBatch } from '@tollgate/throttling/contract';
import type { ReceivedBatch } from '@tollgate/throttling/traffic-manager';

/** @throws Error for anything but a well-formed batch: the transport dead-letters and counts it */
export function batchOf(message: HubMessage): ReceivedBatch {
  const { publisher, seq, type } = message;
  if (type !== 'REQUEST_BATCH') throw new Error(`A message of type ${type} is no request batch.`);
  return { publisher, seq, data: requestBatchSchema.parse(message.data) };
}

/** Keeps publisher and number: by them the peer knows a batch that it gets twice. */
export function handedOnMessage(batch: ReceivedBatch, nowMs: number): HubMessage<RequestBatch> {
  const { publisher, seq, data } = batch;
  const id = `${publisher}/${seq}/handed-on`;
  return { id, seq, type: 'REQUEST_BATCH', organization: superOrganization, at: nowMs, publisher, data };
}

export function decisionsMessage(
  decisions: readonly Decision[],
  publisher: string,
  nowMs: number,
): HubMessage<{ decisions: readonly Decision[] }> {
  const common = { id: randomUUID(), seq: 0, organization: superOrganization, at: nowMs, publisher };
  return { ...common, type: 'THROTTLE_DECISIONS', data: { decisions } };
}
