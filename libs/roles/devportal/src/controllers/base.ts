import { parseInput } from '@tollgate/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';

/** The contract's prefix first; without version it means the current one. */
export const devportalBase: [string, string] = ['/api/am/devportal/v3', '/api/am/devportal'];

export const appScopes = ['apim:subscribe', 'apim:app_manage'] as const;
export const subscriptionScopes = ['apim:subscribe', 'apim:sub_manage'] as const;
export const apiKeyScopes = ['apim:subscribe', 'apim:app_manage', 'apim:api_key'] as const;

/** Says which version was answered (for `If-Match`) and, for a new thing, where it is. */
export function tellVersion(reply: FastifyReply, rowVersion: number, location?: string): void {
  void reply.header('etag', `"${rowVersion}"`);
  if (location !== undefined) void reply.header('location', `${devportalBase[0]}${location}`);
}

const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, 'Send 1 to 255 visible ASCII characters, for example a UUID.')
  .optional();

/** The header `Idempotency-Key`, undefined when there is none. */
export function idempotencyKeyOf(header: string | undefined): string | undefined {
  return parseInput(idempotencyKey, header, 'Idempotency-Key');
}

/** Of a removal: nothing with 200 when it is done, 202 when somebody has to approve it first. */
export function answerRemoval(
  reply: FastifyReply,
  status: 'APPROVED' | 'CREATED',
  location: string,
): object | undefined {
  if (status === 'APPROVED') return undefined;
  void reply.status(202).header('location', `${devportalBase[0]}${location}`);
  return { workflowStatus: status };
}
