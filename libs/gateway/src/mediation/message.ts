import type { FieldList } from './field-list.js';

/** A message in one of the flows; policies change it in their turn. */
export interface Message {
  readonly fields: FieldList;
  /** `null` when no policy of the flow asked for it, or there is none. */
  body: Buffer | null;
}

/** On its way to the back end, without what never gets there: see `passedHeaders`. */
export interface RequestMessage extends Message {
  method: string;
  /** Path below the API's base path: `` or `/…`, in its normal form. */
  resource: string;
  /** With its `?`; empty when there is none. */
  query: string;
  readonly clientIp: string;
  /** Length of the body as it came: 0 none, null unknown. */
  readonly bodyBytes: number | null;
  /** Longest body that still comes, where its length is unknown. */
  maxBodyBytes: number;
}

/** On its way to the caller: what the back end answered, or in the fault flow what the gateway does. */
export interface AnswerMessage extends Message {
  status: number;
}
