import { faultBody } from '../http/fault-body.js';
import type { Exchange } from '../pipeline/exchange.js';
import type { Refusal } from '../pipeline/verdict.js';
import { FieldList } from './field-list.js';
import type { AnswerMessage } from './message.js';

/** The refusal as the fault flow of its operation leaves it; the same one where there is no such flow. */
export function mediatedFault(x: Exchange, refusal: Refusal): Refusal {
  const flow = x.operation?.mediation?.fault ?? null;
  if (flow === null) return refusal;
  const { contentType, text } = refusal.body ?? faultBody(refusal, x.method, x.headers);
  const fields = new FieldList([...(refusal.headers ?? []), 'Content-Type', contentType]);
  const message: AnswerMessage = { status: refusal.status, fields, body: Buffer.from(text) };
  flow.run(message);
  const type = message.fields.get('content-type') ?? contentType;
  message.fields.remove('content-type');
  return {
    ...refusal,
    status: message.status,
    headers: message.fields.raw,
    body: { contentType: type, text: message.body?.toString() ?? '' },
  };
}
