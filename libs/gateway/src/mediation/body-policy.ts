import { parseStrictJson } from '@tollgate/base';
import { statusRefusal, type Refusal, type Verdict } from '../pipeline/verdict.js';
import { isJson, mediaTypeOf } from './media-type.js';
import type { Message } from './message.js';
import type { PolicyFilters } from './policy.js';

/** Why a body cannot be read or changed; safe for the client. */
export class BodyProblem extends Error {}

/**
 * A policy that changes bodies. One that it cannot read is the caller's fault in the request flow, 400, and the back end's
 * in the response flow, 502. The gateway's own faults stay as they are then.
 */
export function onBodies(
  takesBody: (message: Message) => boolean,
  change: (message: Message, body: Buffer) => void,
): PolicyFilters {
  const changed = (message: Message, refusalFor: ((description: string) => Refusal) | null): Verdict => {
    const { body } = message;
    if (body === null || body.length === 0 || !takesBody(message)) return null;
    try {
      change(message, body);
      return null;
    } catch (error) {
      if (!(error instanceof BodyProblem)) throw error;
      return refusalFor?.(error.message) ?? null;
    }
  };
  return {
    takesBody,
    request: (message) => changed(message, badBody),
    response: (message) => changed(message, badAnswer),
    fault: (message) => changed(message, null),
  };
}

export const badBody = (description: string): Refusal => statusRefusal(400, 'Bad Request', description);
export const badAnswer = (description: string): Refusal =>
  statusRefusal(502, 'Bad Gateway', `The answer of the back end: ${description}`, { code: '101506' });

/** A policy that makes other JSON of JSON bodies; others pass as they are. */
export function onJson(change: (value: unknown) => unknown): PolicyFilters {
  return onBodies(
    ({ fields }) => isJson(mediaTypeOf(fields)),
    (message, body) => void (message.body = Buffer.from(JSON.stringify(change(readJson(body))))),
  );
}

/** @throws BodyProblem */
export function readJson(body: Buffer): unknown {
  try {
    return parseStrictJson(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    throw new BodyProblem(`The body is no JSON that can be read: ${(error as Error).message}.`);
  }
}
