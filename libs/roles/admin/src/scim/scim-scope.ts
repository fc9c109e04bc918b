import { NotFoundError } from '@tollgate/base';
import type { RequestContext } from '@tollgate/database';

/**
 * Path below which the caller's organization has its SCIM resources.
 * @param tenant of `/t/{tenant}/scim2`
 * @throws NotFoundError for a tenant that is not the caller's own
 */
export function scimBase(ctx: RequestContext, tenant: string | undefined): string {
  if (tenant === undefined) return '/scim2';
  if (tenant !== ctx.organization) throw new NotFoundError('Tenant', tenant);
  return `/t/${tenant}/scim2`;
}

/** The same for what is open to everybody: it says nothing about which tenants exist. */
export function discoveryBase(tenant: string | undefined): string {
  return tenant === undefined ? '/scim2' : `/t/${tenant}/scim2`;
}
