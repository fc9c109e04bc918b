import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ListBody } from '@tollgate/ui';
import { rest } from '../rest';
import type { FederatedAccount, IdentityProvider } from '../types';

export type IdentityProviderInput = Omit<IdentityProvider, 'id' | 'redirectUri'>;

export function useIdentityProviders() {
  return useQuery({
    queryKey: ['identity-providers'],
    queryFn: () => rest.get<ListBody<IdentityProvider>>('/identity-providers'),
  });
}

export function useIdentityProvider(id: string) {
  return useQuery({
    queryKey: ['identity-providers', id],
    queryFn: () => rest.versioned<IdentityProvider>(`/identity-providers/${id}`),
  });
}

export function useIdentityProviderChanges() {
  const client = useQueryClient();
  const onSuccess = () => client.invalidateQueries({ queryKey: ['identity-providers'] });
  return {
    create: useMutation({
      meta: { shownInForm: true },
      mutationFn: (json: IdentityProviderInput) => rest.send<IdentityProvider>('POST', '/identity-providers', { json }),
      onSuccess,
    }),
    /** Switches one on or off; everything else of it stays. */
    toggle: useMutation({
      mutationFn: async ({ id, enabled }: { id: string; enabled: boolean }) => {
        const { body, etag } = await rest.versioned<IdentityProvider>(`/identity-providers/${id}`);
        return rest.send('PUT', `/identity-providers/${id}`, { json: { ...body, enabled }, ifMatch: etag });
      },
      onSuccess,
    }),
    remove: useMutation({ mutationFn: (id: string) => rest.send('DELETE', `/identity-providers/${id}`), onSuccess }),
  };
}

export function saveIdentityProvider({ id, ...json }: IdentityProvider, ifMatch: string | undefined) {
  return rest.send('PUT', `/identity-providers/${id}`, { json, ifMatch });
}

const accountsOf = (provider: string): string => `/identity-providers/${provider}/accounts`;

export function useFederatedAccounts(provider: string) {
  return useQuery({
    queryKey: ['identity-providers', provider, 'accounts'],
    queryFn: () => rest.get<ListBody<FederatedAccount>>(accountsOf(provider)),
  });
}

export function useFederatedAccountChanges(provider: string) {
  const client = useQueryClient();
  const onSuccess = () => client.invalidateQueries({ queryKey: ['identity-providers', provider, 'accounts'] });
  return {
    link: useMutation({
      meta: { shownInForm: true },
      mutationFn: (json: { subject: string; userName: string }) => rest.send('POST', accountsOf(provider), { json }),
      onSuccess,
    }),
    unlink: useMutation({
      mutationFn: (id: string) => rest.send('DELETE', `${accountsOf(provider)}/${id}`),
      onSuccess,
    }),
  };
}
