import { qualifiedUserName, superOrganization } from '@tollgate/base';

/** As the contract's clients know owners and providers: bare in the super organization, `user@domain` in a tenant. */
export function shownUserName(userName: string, organization: string): string {
  return organization === superOrganization ? userName : qualifiedUserName(userName, organization);
}
