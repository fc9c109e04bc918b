/** Family of an error body: decides the XML namespace, and whether the body carries `"type":"Status report"`. */
export type FaultKind = 'status' | 'security' | 'throttling';

/** An expected refusal: a small value without a stack. The entrance turns it into JSON, XML or a SOAP fault. */
export interface Refusal {
  readonly kind: FaultKind;
  readonly status: number;
  /** Number as text, as the contract has it. */
  readonly code: string;
  readonly message: string;
  /** What is wrong and what to do; safe for the client. */
  readonly description: string;
  /** Further response headers: name, value, name, value, … */
  readonly headers?: readonly string[];
  /** `2026-Jan-05 10:33:00+0000 UTC`; only on quota refusals. */
  readonly nextAccessTime?: string;
  /** In place of the body that the kind and the request ask for. */
  readonly body?: { readonly contentType: string; readonly text: string };
  /** The connection is of no further use, for example because its bytes can be read in two ways. */
  readonly close?: boolean;
}

/** A complete answer that the gateway gives itself and that is no error: to a CORS preflight, or by a policy. */
export interface Answer {
  readonly kind: 'answer';
  readonly status: number;
  readonly headers: readonly string[];
  /** Absent: empty. */
  readonly body?: Buffer;
}

/** `null` lets the request go on. */
export type Verdict = Refusal | Answer | null;

/** A refusal with the field's `type: "Status report"` body, used where no more specific code exists. */
export function statusRefusal(
  status: number,
  message: string,
  description: string,
  extra: Partial<Refusal> = {},
): Refusal {
  return { kind: 'status', status, code: String(status), message, description, ...extra };
}
