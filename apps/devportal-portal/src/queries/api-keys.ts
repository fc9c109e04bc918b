import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ListBody } from '@tollgate/ui';
import { rest } from '../rest';
import type { ApiKey, IssuedApiKey, KeyType } from '../types';

export interface NewApiKey {
  readonly keyName: string;
  /** Seconds; -1: never ends. */
  readonly validityPeriod: number;
  readonly permittedIP: string;
  readonly permittedReferer: string;
}

export function useApiKeys(applicationId: string, keyType: KeyType) {
  return useQuery({
    queryKey: ['api-keys', applicationId, keyType],
    queryFn: () => rest.get<ListBody<ApiKey>>(`/applications/${applicationId}/api-keys/${keyType}`),
  });
}

export function useApiKeyChanges(applicationId: string, keyType: KeyType) {
  const client = useQueryClient();
  const base = `/applications/${applicationId}/api-keys/${keyType}`;
  const onSuccess = () => client.invalidateQueries({ queryKey: ['api-keys', applicationId] });
  return {
    issue: useMutation({
      meta: { shownInForm: true },
      gcTime: 0,
      mutationFn: ({ keyName, validityPeriod, permittedIP, permittedReferer }: NewApiKey) =>
        rest.send<IssuedApiKey>('POST', `${base}/generate`, {
          json: { keyName, validityPeriod, additionalProperties: { permittedIP, permittedReferer } },
        }),
      onSuccess,
    }),
    revoke: useMutation({
      mutationFn: (keyUUID: string) => rest.send('POST', `${base}/revoke`, { json: { keyUUID } }),
      onSuccess,
    }),
  };
}
