import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ListBody } from '@tollgate/ui';
import { rest } from '../rest';
import type { KeyType, OAuthKeys, Token } from '../types';

export interface KeySettings {
  readonly grants: readonly string[];
  readonly callbackUrl: string;
}

export function useOAuthKeys(applicationId: string, enabled = true) {
  return useQuery({
    queryKey: ['keys', applicationId],
    queryFn: () => rest.get<ListBody<OAuthKeys>>(`/applications/${applicationId}/oauth-keys`),
    enabled,
  });
}

/** Changes of the OAuth keys of an application. Secrets are in the answers and go nowhere else. */
export function useKeyChanges(applicationId: string) {
  const client = useQueryClient();
  const base = `/applications/${applicationId}`;
  const onSuccess = () => client.invalidateQueries({ queryKey: ['keys', applicationId] });
  return {
    generate: useMutation({
      meta: { shownInForm: true },
      gcTime: 0,
      mutationFn: ({ keyType, keyManager, grants, callbackUrl }: GenerateKeys) =>
        rest.send<OAuthKeys>('POST', `${base}/generate-keys`, {
          json: { keyType, keyManager, grantTypesToBeSupported: grants, callbackUrl, scopes: ['default'] },
        }),
      onSuccess,
    }),
    update: useMutation({
      meta: { shownInForm: true },
      mutationFn: ({ id, grants, callbackUrl }: KeySettings & { readonly id: string }) =>
        rest.send('PUT', `${base}/oauth-keys/${id}`, { json: { supportedGrantTypes: grants, callbackUrl } }),
      onSuccess,
    }),
    regenerate: useMutation({
      gcTime: 0,
      mutationFn: (id: string) =>
        rest.send<{ consumerKey: string; consumerSecret: string }>(
          'POST',
          `${base}/oauth-keys/${id}/regenerate-secret`,
        ),
    }),
    remove: useMutation({
      mutationFn: (id: string) => rest.send('POST', `${base}/oauth-keys/${id}/clean-up`),
      onSuccess,
    }),
  };
}

interface GenerateKeys extends KeySettings {
  readonly keyType: KeyType;
  readonly keyManager: string;
}

/** A token of the application itself, by its keys of one type. */
export function useTestToken(applicationId: string) {
  return useMutation({
    meta: { shownInForm: true },
    gcTime: 0,
    mutationFn: ({ id, consumerSecret }: { readonly id: string; readonly consumerSecret: string }) =>
      rest.send<Token>('POST', `/applications/${applicationId}/oauth-keys/${id}/generate-token`, {
        json: { consumerSecret },
      }),
  });
}
