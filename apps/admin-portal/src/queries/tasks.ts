import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ListBody, Query } from '@tollgate/ui';
import { rest } from '../rest';
import type { Task } from '../types';

export function useTasks(query: Query) {
  return useQuery({
    queryKey: ['tasks', query],
    queryFn: () => rest.get<ListBody<Task>>('/workflows', query),
    placeholderData: keepPreviousData,
  });
}

export function useDecision() {
  const client = useQueryClient();
  return useMutation({
    meta: { shownInForm: true },
    mutationFn: ({ id, ...json }: { id: string; status: 'APPROVED' | 'REJECTED'; description?: string }) =>
      rest.send('POST', '/workflows/update-workflow-status', { json, query: { workflowReferenceId: id } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['tasks'] }),
  });
}
