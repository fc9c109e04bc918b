import { useMutation } from '@tanstack/react-query';
import { accounts, rest } from '../rest';

export interface NewAccount {
  readonly userName: string;
  readonly email: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly password: string;
}

/** @returns whether the account is usable at once; otherwise somebody has to approve it first */
export function useSignUp() {
  return useMutation({
    meta: { shownInForm: true },
    gcTime: 0,
    mutationFn: async ({ userName, email, givenName, familyName, password }: NewAccount) => {
      const { active } = await accounts.send<{ active?: boolean }>('POST', '/Me', {
        json: {
          schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
          userName,
          password,
          name: { givenName, familyName },
          emails: [{ value: email, primary: true }],
        },
      });
      return { isActive: active !== false };
    },
  });
}

export function useChangePassword() {
  return useMutation({
    meta: { shownInForm: true },
    gcTime: 0,
    mutationFn: (json: { currentPassword: string; newPassword: string }) =>
      rest.send('POST', '/me/change-password', { json }),
  });
}
