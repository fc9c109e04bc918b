import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { scim } from '../rest';
import { patchOf, type ScimList } from './scim';

/** A role as SCIM shows it (RFC 7643 section 4.2). */
export interface Role {
  readonly id: string;
  readonly displayName: string;
}
export interface RoleWithMembers extends Role {
  readonly members?: readonly { readonly value: string; readonly display: string }[];
}

/** Everybody holds it: it can be neither given nor taken. */
export const everyone = 'Internal/everyone';

/** Roles that the product itself needs. */
export const isKept = ({ displayName }: Role): boolean =>
  displayName === 'admin' || displayName.startsWith('Internal/');

/** Every role, without who holds it. */
export function useRoles() {
  return useQuery({
    queryKey: ['roles'],
    queryFn: async () => {
      const list = await scim.get<ScimList<Role>>('/Groups', { count: 1000, excludedAttributes: 'members' });
      return list.Resources ?? [];
    },
  });
}

/** Names of all roles of the organization, for choices. */
export function useRoleNames() {
  const { data } = useRoles();
  return { data: data?.map(({ displayName }) => displayName) };
}

export function useRole(id: string) {
  return useQuery({ queryKey: ['roles', id], queryFn: () => scim.get<RoleWithMembers>(`/Groups/${id}`) });
}

/** Gives or takes a role: it is changed at the role, not at the user (RFC 7643 section 4.1.2). */
export function changeMember(role: string, user: string, verb: 'give' | 'take'): Promise<void> {
  const operation =
    verb === 'give'
      ? { op: 'add', path: 'members', value: [{ value: user }] }
      : { op: 'remove', path: `members[value eq "${user}"]` };
  return scim.send('PATCH', `/Groups/${role}`, { json: patchOf(operation) });
}

export function useRoleChanges() {
  const client = useQueryClient();
  const onSettled = async (): Promise<void> => {
    await client.invalidateQueries({ queryKey: ['roles'] });
    await client.invalidateQueries({ queryKey: ['users'] });
  };
  return {
    create: useMutation({
      meta: { shownInForm: true },
      onSettled,
      mutationFn: (displayName: string) =>
        scim.send<Role>('POST', '/Groups', {
          json: { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName },
        }),
    }),
    take: useMutation({
      onSettled,
      mutationFn: ({ role, user }: { role: string; user: string }) => changeMember(role, user, 'take'),
    }),
    remove: useMutation({ onSettled, mutationFn: (id: string) => scim.send('DELETE', `/Groups/${id}`) }),
  };
}
