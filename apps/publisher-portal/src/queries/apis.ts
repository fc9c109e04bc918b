import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ListBody, ListState, Versioned } from '@tollgate/ui';
import { rest } from '../rest';
import type { Api, ApiInfo } from '../types';

export function useApis(state: ListState) {
  return useQuery({
    queryKey: ['apis', 'list', state.asQuery],
    queryFn: () => rest.get<ListBody<ApiInfo>>('/apis', state.asQuery),
    placeholderData: keepPreviousData,
  });
}

export function useApi(id: string) {
  return useQuery({ queryKey: ['apis', id], queryFn: () => rest.versioned<Api>(`/apis/${id}`) });
}

/** Saves the API as loaded with the changes over it, so that what the page does not know survives. */
export function useSaveApi(id: string) {
  const client = useQueryClient();
  return useMutation({
    meta: { shownInForm: true },
    mutationFn: async ({ base, changes }: { base: Versioned<Api>; changes: Partial<Api> }) => {
      await rest.send('PUT', `/apis/${id}`, { json: { ...base.body, ...changes }, ifMatch: base.etag });
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['apis'] }),
  });
}

export function useDeleteApi() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => rest.send('DELETE', `/apis/${id}`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['apis'] }),
  });
}

export function useCopyApi(id: string) {
  const client = useQueryClient();
  return useMutation({
    meta: { shownInForm: true },
    mutationFn: (input: { newVersion: string; defaultVersion: boolean }) =>
      rest.send<Api>('POST', '/apis/copy-api', { query: { apiId: id, ...input } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['apis'] }),
  });
}
