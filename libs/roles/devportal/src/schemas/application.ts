import { listOf, pageQuery } from '@tollgate/http';
import { z } from 'zod';
import { applicationKeyAnswer } from './key.js';
import { label, line, orDefault } from './text.js';

/** `owner`, `status` and the like are not the caller's to set and are not read. */
export const applicationBody = z.object({
  name: label(100).regex(/^[^<>"'`;:%\\/&]*$/, 'Leave out < > " \' ` ; : % \\ / &.'),
  throttlingPolicy: label(190),
  description: orDefault(z.string().max(512, 'At most 512 characters.'), ''),
  tokenType: orDefault(z.enum(['JWT', 'OAUTH']), 'JWT'),
  groups: orDefault(z.array(label(190)).max(20, 'At most 20 groups.'), []),
  attributes: orDefault(
    z.record(label(100), line(1024)).refine((all) => Object.keys(all).length <= 50, 'At most 50 attributes.'),
    {},
  ),
});
export type ApplicationBody = z.output<typeof applicationBody>;

export const applicationQuery = pageQuery.extend({
  query: z.string().max(100).optional(),
  sortBy: z.enum(['name', 'throttlingPolicy', 'status']).optional(),
  sortOrder: z.enum(['asc', 'desc']).optional(),
});
export type ApplicationQuery = z.output<typeof applicationQuery>;

export const applicationInfoAnswer = z.object({
  applicationId: z.string(),
  name: z.string(),
  throttlingPolicy: z.string(),
  description: z.string(),
  status: z.string(),
  groups: z.array(z.string()),
  subscriptionCount: z.number().int(),
  attributes: z.record(z.string(), z.string()),
  owner: z.string(),
});
export type ApplicationInfoAnswer = z.output<typeof applicationInfoAnswer>;

export const applicationAnswer = applicationInfoAnswer.extend({
  tokenType: z.string(),
  keys: z.array(applicationKeyAnswer),
  subscriptionScopes: z.array(
    z.object({ key: z.string(), name: z.string(), roles: z.array(z.string()), description: z.string() }),
  ),
  hashEnabled: z.boolean(),
  visibility: z.string(),
});
export type ApplicationAnswer = z.output<typeof applicationAnswer>;

export const applicationListAnswer = listOf(applicationInfoAnswer);

export const quotaResetBody = z.object({ userName: z.string().min(1).max(255) });
export type QuotaResetBody = z.output<typeof quotaResetBody>;
