import { Controller, Param, Res } from '@nestjs/common';
import { ForbiddenError, InvalidInputError, NotFoundError, superOrganization } from '@tollgate/base';
import type { RequestContext } from '@tollgate/database';
import { Body, Ctx, Operation, Query } from '@tollgate/http';
import { adminRole } from '@tollgate/identity/domain';
import { OrganizationReader, OrganizationService, UserReader, type OrganizationView } from '@tollgate/identity/server';
import type { FastifyReply } from 'fastify';
import {
  newTenantBody,
  tenantAnswer,
  tenantListAnswer,
  tenantListQuery,
  type NewTenantBody,
  type TenantAnswer,
  type TenantListAnswer,
  type TenantListQuery,
} from './tenant.schemas.js';

const auth = 'admin';
const base = '/api/server/v1';

/** Tenants, for administrators of the installation itself. */
@Controller(base)
export class TenantController {
  constructor(
    private readonly organizations: OrganizationService,
    private readonly reader: OrganizationReader,
    private readonly users: UserReader,
  ) {}

  @Operation({
    method: 'POST',
    path: '/tenants',
    auth,
    summary: 'Make a tenant with its administrator',
    body: newTenantBody,
  })
  async create(
    @Ctx() ctx: RequestContext,
    @Body() body: NewTenantBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    requireInstallationAdmin(ctx);
    const [{ username, password, email, firstname, lastname }] = body.owners;
    const suffix = `@${body.domain}`;
    const userName = username.endsWith(suffix) ? username.slice(0, -suffix.length) : username;
    const admin = { userName, password, email, givenName: firstname, familyName: lastname };
    const made = await this.organizations.create(ctx, { domain: body.domain, admin });
    void reply.header('location', `${base}/tenants/${made.uuid}`);
  }

  @Operation({
    method: 'GET',
    path: '/tenants',
    auth,
    summary: 'List tenants',
    query: tenantListQuery,
    answer: tenantListAnswer,
  })
  async list(@Ctx() ctx: RequestContext, @Query() query: TenantListQuery): Promise<TenantListAnswer> {
    requireInstallationAdmin(ctx);
    const domain = wantedDomain(query.filter);
    const all = (await this.reader.list()).filter(
      (row) => row.domain !== superOrganization && (domain === null || row.domain === domain),
    );
    const page = all.slice(query.offset, query.offset + query.limit);
    const tenants = await Promise.all(page.map((row) => this.answerOf(row)));
    return { totalResults: all.length, startIndex: query.offset + 1, count: tenants.length, tenants, links: [] };
  }

  @Operation({ method: 'GET', path: '/tenants/:id', auth, summary: 'Read a tenant', answer: tenantAnswer })
  async get(@Ctx() ctx: RequestContext, @Param('id') id: string): Promise<TenantAnswer> {
    requireInstallationAdmin(ctx);
    const found = await this.reader.findByUuid(id);
    if (!found) throw new NotFoundError('Tenant', id);
    return this.answerOf(found);
  }

  @Operation({
    method: 'GET',
    path: '/tenants/domain/:domain',
    auth,
    summary: 'Read a tenant by its domain',
    answer: tenantAnswer,
  })
  async getByDomain(@Ctx() ctx: RequestContext, @Param('domain') domain: string): Promise<TenantAnswer> {
    requireInstallationAdmin(ctx);
    const found = await this.reader.find(domain);
    if (!found) throw new NotFoundError('Tenant', domain);
    return this.answerOf(found);
  }

  private async answerOf(row: OrganizationView): Promise<TenantAnswer> {
    const admins = await this.users.withRole(row.domain, adminRole);
    return {
      id: row.uuid,
      domain: row.domain,
      owners: admins.map((user) => ({ id: user.uuid, username: user.userName })),
      createdDate: new Date(row.createdAt).toISOString(),
      lifecycleStatus: { activated: row.active },
    };
  }
}

function requireInstallationAdmin(ctx: RequestContext): void {
  if (ctx.organization !== superOrganization)
    throw new ForbiddenError(
      'NOT_THE_INSTALLATION',
      'Tenants are managed by administrators of the installation.',
      `Sign in as an administrator of ${superOrganization}.`,
    );
}

/** `domainName eq tenant1.example`; null without a filter. */
function wantedDomain(filter: string | undefined): string | null {
  if (filter === undefined || filter === '') return null;
  const domain = /^domainName eq "?([^\s"]+)"?$/i.exec(filter.trim())?.[1];
  if (domain === undefined)
    throw new InvalidInputError([{ field: 'filter', message: 'Write: domainName eq tenant1.example' }]);
  return domain;
}
