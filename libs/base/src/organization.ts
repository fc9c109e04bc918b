/** The organization (tenant) that exists from the first start; its APIs carry no `/t/{domain}` prefix. */
export const superOrganization = 'carbon.super';

/** `admin` → `admin@carbon.super`; a name that is already qualified stays. The form used in throttle keys and deny values. */
export function qualifiedUserName(userName: string, organization: string): string {
  return userName.endsWith(`@${organization}`) ? userName : `${userName}@${organization}`;
}

/** How clients know owners and providers: bare in the super organization, `user@domain` in a tenant. */
export function shownUserName(userName: string, organization: string): string {
  return organization === superOrganization ? userName : qualifiedUserName(userName, organization);
}
