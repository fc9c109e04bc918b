import { Injectable } from '@nestjs/common';
import { superOrganization } from '@tollgate/base';
import { OrganizationReader } from '@tollgate/identity/server';
import { OAuthError } from './oauth-error.js';

/** Organization that the path names. */
@Injectable()
export class TenantPath {
  constructor(private readonly organizations: OrganizationReader) {}

  /**
   * @param tenant of `/t/{tenant}/oauth2`; undefined for `/oauth2`, which serves clients of every organization
   * @throws OAuthError 404 for a tenant that does not exist
   */
  async resolve(tenant: string | undefined): Promise<string | null> {
    if (tenant === undefined) return null;
    const found = await this.organizations.find(tenant);
    if (!found?.active) throw new OAuthError('invalid_request', 'There is no such tenant.', 404);
    return found.domain;
  }

  /** As `resolve`, with the super organization for `/oauth2`. */
  async organization(tenant: string | undefined): Promise<string> {
    return (await this.resolve(tenant)) ?? superOrganization;
  }
}
