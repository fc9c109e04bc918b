import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ListBody, ListState } from '@tollgate/ui';
import { rest, scim } from '../rest';
import { changeMember } from './roles';
import { patchOf, type ScimList } from './scim';

const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User';
const accountSchema = 'urn:scim:wso2:schema';

/** A user as SCIM shows it (RFC 7643 section 4.1), as far as the pages read it. */
export interface User {
  readonly id: string;
  readonly userName: string;
  readonly name?: { readonly givenName?: string; readonly familyName?: string };
  readonly emails?: readonly { readonly value: string; readonly primary?: boolean }[];
  readonly roles: readonly { readonly value: string; readonly display: string }[];
  readonly [accountSchema]: { readonly accountState: AccountState };
}
export type AccountState = 'ACTIVE' | 'LOCKED' | 'DISABLED' | 'PENDING';

export interface UserInput {
  readonly userName: string;
  readonly email: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly password: string;
}

export interface UserSession {
  readonly id: string;
  readonly userAgent: string;
  readonly address: string;
  readonly signedInAt: string;
  readonly lastUsedAt: string;
}

export const stateOf = (user: User): AccountState => user[accountSchema].accountState;

export function mailOf({ emails = [] }: User): string {
  return (emails.find(({ primary }) => primary) ?? emails[0])?.value ?? '';
}

/** One page, ordered by name; words are looked for in the name. */
export function useUsers({ asQuery }: ListState) {
  const { limit, offset } = asQuery;
  const words = asQuery['query'];
  const filter = words === undefined ? undefined : `userName co ${JSON.stringify(words)}`;
  return useQuery({
    queryKey: ['users', 'list', limit, offset, filter],
    queryFn: async (): Promise<ListBody<User>> => {
      const page = { count: limit, startIndex: Number(offset) + 1, filter };
      const { totalResults, Resources = [] } = await scim.get<ScimList<User>>('/Users', page);
      const pagination = { limit: Number(limit), offset: Number(offset), total: totalResults };
      return { count: Resources.length, list: Resources, pagination };
    },
    placeholderData: keepPreviousData,
  });
}

export function useUser(id: string) {
  return useQuery({ queryKey: ['users', id], queryFn: () => scim.get<User>(`/Users/${id}`) });
}

const patchUser = (id: string, value: object): Promise<void> =>
  scim.send('PATCH', `/Users/${id}`, { json: patchOf({ op: 'replace', value }) });

export function useUserChanges() {
  const client = useQueryClient();
  const onSettled = async (): Promise<void> => {
    await client.invalidateQueries({ queryKey: ['users'] });
    await client.invalidateQueries({ queryKey: ['roles'] });
  };
  const inForm = { meta: { shownInForm: true }, onSettled };
  return {
    create: useMutation({
      ...inForm,
      gcTime: 0,
      mutationFn: ({ userName, email, givenName, familyName, password }: UserInput) =>
        scim.send<User>('POST', '/Users', {
          json: {
            schemas: [userSchema],
            userName,
            password,
            name: { givenName, familyName },
            ...(email === '' ? {} : { emails: [{ value: email, primary: true }] }),
          },
        }),
    }),
    /** Gives and takes roles one after the other. */
    setRoles: useMutation({
      ...inForm,
      mutationFn: async ({ id, given, taken }: { id: string; given: readonly string[]; taken: readonly string[] }) => {
        for (const role of given) await changeMember(role, id, 'give');
        for (const role of taken) await changeMember(role, id, 'take');
      },
    }),
    setPassword: useMutation({
      ...inForm,
      gcTime: 0,
      mutationFn: ({ id, password }: { id: string; password: string }) => patchUser(id, { password }),
    }),
    setLocked: useMutation({
      onSettled,
      mutationFn: ({ id, locked }: { id: string; locked: boolean }) =>
        patchUser(id, { [accountSchema]: { accountLocked: locked } }),
    }),
    remove: useMutation({ onSettled, mutationFn: (id: string) => scim.send('DELETE', `/Users/${id}`) }),
  };
}

const pathOf = (userName: string): string => `/users/${encodeURIComponent(userName)}`;

export function useUserSessions(userName: string) {
  return useQuery({
    queryKey: ['users', 'sessions', userName],
    queryFn: () => rest.get<ListBody<UserSession>>(`${pathOf(userName)}/sessions`),
  });
}

/** Whether a user has a second factor. */
export function useSecondFactor(userName: string) {
  return useQuery({
    queryKey: ['users', 'second-factor', userName],
    queryFn: () => rest.get<{ totp: boolean; required: boolean }>(`${pathOf(userName)}/second-factor`),
  });
}

export function useAccess(userName: string) {
  const client = useQueryClient();
  const onSettled = (): Promise<void> => client.invalidateQueries({ queryKey: ['users'] });
  return {
    /** @param id of one session; null: all of them */
    end: useMutation({
      onSettled,
      mutationFn: (id: string | null) =>
        rest.send('DELETE', `${pathOf(userName)}/sessions${id === null ? '' : `/${id}`}`),
    }),
    resetFactor: useMutation({
      onSettled,
      mutationFn: () => rest.send('DELETE', `${pathOf(userName)}/second-factor`),
    }),
  };
}
