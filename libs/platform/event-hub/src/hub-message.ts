import { JsonTextError, parseStrictJson } from '@tollgate/base';
import { z } from 'zod';
import type { HubMessage } from './transport.js';

/** Largest encoded message in bytes; bigger ones are refused by the sender and dead-lettered by a receiver. */
export const maxMessageBytes = 8 * 1024 * 1024;

const hubMessageSchema = z.object({
  id: z.string().min(1).max(512),
  seq: z.number().int().nonnegative(),
  type: z.string().min(1).max(128),
  organization: z.string().max(256),
  at: z.number().nonnegative(),
  publisher: z.string().min(1).max(256),
  data: z.unknown(),
});

/** A received text is no hub message. The reason names the field or the place; it never quotes the content. */
export class MalformedMessageError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'MalformedMessageError';
  }
}

/** The sender's own mistake: sending it again cannot help, so this is not a TransportUnavailableError. */
export class MessageTooLargeError extends Error {
  constructor(
    readonly messageId: string,
    readonly bytes: number,
  ) {
    super(`Message ${messageId} has ${bytes} bytes; at most ${maxMessageBytes} are allowed.`);
    this.name = 'MessageTooLargeError';
  }
}

/** @throws MessageTooLargeError beyond `maxMessageBytes` */
export function encodeMessage(message: HubMessage): Buffer {
  const content = Buffer.from(JSON.stringify(message));
  if (content.length > maxMessageBytes) throw new MessageTooLargeError(message.id, content.length);
  return content;
}

/** @throws MalformedMessageError when the bytes are no UTF-8 JSON of the envelope's shape */
export function decodeMessage(content: Buffer): HubMessage {
  if (content.length > maxMessageBytes) {
    throw new MalformedMessageError(`${content.length} bytes; at most ${maxMessageBytes} are allowed`);
  }
  const parsed = hubMessageSchema.safeParse(jsonOf(content));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new MalformedMessageError(`${issue?.path.join('.') || 'message'}: ${issue?.message ?? 'wrong shape'}`);
  }
  return parsed.data;
}

function jsonOf(content: Buffer): unknown {
  try {
    return parseStrictJson(new TextDecoder('utf-8', { fatal: true }).decode(content));
  } catch (error) {
    throw new MalformedMessageError(error instanceof JsonTextError ? error.message : 'not UTF-8 text');
  }
}
