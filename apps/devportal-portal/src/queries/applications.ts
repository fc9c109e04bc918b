import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ListBody, Query, Versioned } from '@tollgate/ui';
import { rest } from '../rest';
import type { Application, ApplicationInput } from '../types';

export function useApplications(query: Query) {
  return useQuery({
    queryKey: ['applications', 'list', query],
    queryFn: () => rest.get<ListBody<Application>>('/applications', query),
    placeholderData: keepPreviousData,
  });
}

/** All of them, by name. */
export function useEveryApplication() {
  return useQuery({
    queryKey: ['applications', 'list', 'every'],
    queryFn: () => rest.list<Application>('/applications', { sortBy: 'name', sortOrder: 'asc' }),
  });
}

export function useApplication(id: string) {
  return useQuery({
    queryKey: ['applications', id],
    queryFn: () => rest.versioned<Application>(`/applications/${id}`),
  });
}

export function useCreateApplication() {
  const client = useQueryClient();
  return useMutation({
    meta: { shownInForm: true },
    mutationFn: (input: ApplicationInput) =>
      rest.send<Application>('POST', '/applications', { json: { ...input, tokenType: 'JWT' } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['applications'] }),
  });
}

/** Saves the application as loaded with the changes over it, unless somebody else changed it meanwhile (412). */
export function useSaveApplication(id: string) {
  const client = useQueryClient();
  return useMutation({
    meta: { shownInForm: true },
    mutationFn: ({ base, changes }: { base: Versioned<Application>; changes: ApplicationInput }) =>
      rest.send('PUT', `/applications/${id}`, { json: { ...base.body, ...changes }, ifMatch: base.etag }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['applications'] }),
  });
}

export function useDeleteApplication(id: string) {
  const client = useQueryClient();
  return useMutation({
    /** A body is the answer to a removal that waits for approval. */
    mutationFn: () => rest.send<{ workflowStatus: string } | undefined>('DELETE', `/applications/${id}`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['applications', 'list'] }),
  });
}
