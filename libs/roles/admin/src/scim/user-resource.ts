import type { UserView } from '@tollgate/identity/server';
import { isObject, type Resource } from './protocol/schema.js';
import { accountExtension, profileTexts, userType } from './user-type.js';

/** A user as SCIM shows it. @param base `/scim2` or `/t/{tenant}/scim2` */
export function userResource(user: UserView, base: string, roleIds: ReadonlyMap<string, string>): Resource {
  const { givenName, familyName, profile } = user;
  const name = { ...(givenName ? { givenName } : {}), ...(familyName ? { familyName } : {}) };
  const texts = profileTexts.filter((key) => profile[key] !== undefined).map((key) => [key, profile[key]]);
  return {
    schemas: [userType.schema.id, accountExtension],
    id: user.uuid,
    userName: user.userName,
    ...(Object.fromEntries(texts) as object),
    name,
    ...(user.email ? { emails: emailsOf(user) } : {}),
    ...(profile['phoneNumbers'] === undefined ? {} : { phoneNumbers: profile['phoneNumbers'] }),
    active: user.status === 'ACTIVE',
    roles: user.roles.map((role) => membership(role, roleIds, `${base}/v2/Roles`)),
    groups: user.roles.map((role) => membership(role, roleIds, `${base}/Groups`)),
    [accountExtension]: { accountLocked: user.status === 'LOCKED', accountState: user.status },
    meta: {
      resourceType: 'User',
      location: `${base}/Users/${user.uuid}`,
      created: new Date(user.createdAt).toISOString(),
      lastModified: new Date(user.updatedAt).toISOString(),
      version: userVersion(user),
    },
  };
}

/** Entity tag, weak as RFC 7644 section 3.14 shows it. */
export function userVersion(user: UserView): string {
  return `W/"${user.rowVersion}"`;
}

function emailsOf({ email, profile }: UserView): unknown[] {
  const kept = Array.isArray(profile['emails']) ? (profile['emails'] as unknown[]) : [];
  // The column is what mail is sent to: a list that does not know it is not shown.
  const known = kept.some((entry) => isObject(entry) && entry['value'] === email);
  return known ? kept : [{ value: email, primary: true }];
}

function membership(role: string, roleIds: ReadonlyMap<string, string>, path: string): object {
  const id = roleIds.get(role);
  return { value: id, display: role, $ref: `${path}/${id}` };
}
