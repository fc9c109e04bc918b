import { Controller } from '@nestjs/common';
import type { RequestContext } from '@tollgate/database';
import { Ctx, listOf, Operation, pageOf, pageQuery, Query } from '@tollgate/http';
import { AuditLog, auditOutcomes } from '@tollgate/identity/server';
import { z } from 'zod';
import { adminPaths } from '../surface.js';

const time = z.iso.datetime({ offset: true, message: 'Give a date and time (RFC 3339).' });
const auditQuery = pageQuery.extend({
  actor: z.string().max(190).optional(),
  action: z.string().max(255).optional(),
  outcome: z.enum(auditOutcomes).optional(),
  from: time.optional(),
  to: time.optional(),
});
type AuditQuery = z.infer<typeof auditQuery>;

const auditEvent = z.object({
  id: z.string(),
  time: z.string(),
  actor: z.string(),
  action: z.string(),
  outcome: z.enum(auditOutcomes),
  address: z.string(),
  requestId: z.string(),
  target: z.record(z.string(), z.string()),
});

/** What people did in the organization. An operation of our own: the contract has none. */
@Controller(adminPaths('/audit-events'))
export class AuditController {
  constructor(private readonly log: AuditLog) {}

  @Operation({
    method: 'GET',
    path: '/',
    scopes: ['apim:admin'],
    summary: 'List changes and sign-ins, the newest first',
    query: auditQuery,
    answer: listOf(auditEvent),
  })
  async list(@Ctx() ctx: RequestContext, @Query() query: AuditQuery): Promise<object> {
    const { actor, action, outcome, from, to, limit, offset } = query;
    const range = { fromMs: from ? Date.parse(from) : 0, toMs: to ? Date.parse(to) : Number.MAX_SAFE_INTEGER };
    const { rows, total } = await this.log.list(ctx, { actor, action, outcome, ...range, limit, offset });
    const list = rows.map((row) => ({
      id: row.uuid,
      time: new Date(row.at).toISOString(),
      actor: row.actor,
      action: row.action,
      outcome: row.outcome,
      address: row.address,
      requestId: row.correlationId,
      target: row.target,
    }));
    return pageOf(list, total, query, '/audit-events', { actor, action, outcome, from, to });
  }
}
